// SPDX-License-Identifier: Apache-2.0
// Single errors planted in certificates that are accepted: each is refused.
#include <functional>
#include <iostream>

#include "sim/proof_check/proof_check_test.hpp"

namespace reducecheck::proof_check {
namespace {

/// Calls `visit` on every inner node and leaf of the tree until it returns true: it has planted.
bool anywhere(json& tree, const std::function<bool(json&)>& visit) {
  if (visit(tree)) return true;
  if (!tree.contains("answers")) return false;
  for (json& child : tree["answers"]) {
    if (anywhere(child, visit)) return true;
  }
  return false;
}

bool in_terms(json& tree, const std::function<bool(json&)>& visit) {
  return anywhere(tree, [&](json& node) {
    if (!node.contains("values")) return false;
    for (json& value : node["values"]) {
      for (json& term : value["terms"]) {
        if (visit(term)) return true;
      }
    }
    return false;
  });
}

bool in_values(json& tree, const std::function<bool(json&)>& visit) {
  return anywhere(tree, [&](json& node) { return node.contains("values") && visit(node); });
}

bool in_questions(json& tree, const std::function<bool(json&)>& visit) {
  return anywhere(tree, [&](json& node) { return node.contains("question") && visit(node); });
}

struct Plant {
  const char* name;
  std::function<bool(json&)> into;  // of a whole certificate; false: there is no place for it
};

bool swap_two(json& list) {
  for (std::size_t i = 1; i < list.size(); ++i) {
    if (list[i] == list[i - 1]) continue;
    std::swap(list[i], list[i - 1]);
    return true;
  }
  return false;
}

bool erase_last(json& list) {
  if (list.empty()) return false;
  list.erase(list.size() - 1);
  return true;
}

bool set(json& what, const json& to) {
  if (what == to) return false;
  what = to;
  return true;
}

const json two = json::array({json::array({2, 1, json::object()})});

std::vector<Plant> plants_in_terms() {
  const auto terms = [](const char* name, std::function<bool(json&)> visit) {
    return Plant{name, [visit](json& proof) { return in_terms(proof["tree"], visit); }};
  };
  return {
      terms("coefficient", [](json& t) { return set(t["coefficient"], two); }),
      terms("no coefficient", [](json& t) { return set(t["coefficient"], json::array()); }),
      terms("dropped role", [](json& t) { return erase_last(t["roles"]); }),
      terms("added role",
            [](json& t) {
              t["roles"].push_back(json::array({"tp", "once"}));
              return true;
            }),
      terms("axis of a role",
            [](json& t) { return !t["roles"].empty() && set(t["roles"][0][0], "other"); }),
      terms("kind of a role",
            [](json& t) { return !t["roles"].empty() && set(t["roles"][0][1], "once"); }),
      terms("tensor of a role",
            [](json& t) {
              return !t["roles"].empty() && t["roles"][0].size() > 2 && set(t["roles"][0][2], 0);
            }),
      terms("cut of a role",
            [](json& t) {
              return !t["roles"].empty() && t["roles"][0].size() > 3 &&
                     set(t["roles"][0][3], t["roles"][0][3] == "inner" ? "owner" : "inner");
            }),
      terms("atom", [](json& t) { return set(t["atom"], t["atom"].get<int>() + 1); }),
      terms("row layout", [](json& t) { return erase_last(t["rows"]); }),
      terms("added cut",
            [](json& t) {
              t["rows"].push_back("tp");
              return true;
            }),
      terms("feature layout", [](json& t) { return set(t["cols"], json::array({"tp"})); }),
  };
}

std::vector<Plant> plants_in_values() {
  const auto values = [](const char* name, std::function<bool(json&)> visit) {
    return Plant{name, [visit](json& proof) { return in_values(proof["tree"], visit); }};
  };
  return {
      values("missing term", [](json& n) { return erase_last(n["values"].back()["terms"]); }),
      values("repeated term",
             [](json& n) {
               json& terms = n["values"].back()["terms"];
               if (terms.empty()) return false;
               terms.push_back(terms.back());
               return true;
             }),
      values("missing value", [](json& n) { return erase_last(n["values"]); }),
      values("repeated value",
             [](json& n) {
               n["values"].push_back(n["values"].back());
               return true;
             }),
      values("swapped values", [](json& n) { return swap_two(n["values"]); }),
      values("no values", [](json& n) { return set(n["values"], nullptr); }),
      values("rows", [](json& n) { return set(n["values"][0]["rows"], two); }),
      values("features", [](json& n) { return set(n["values"][0]["cols"], two); }),
      values("uneven", [](json& n) { return set(n["values"][0]["uneven"], true); }),
      values("output", [](json& n) { return set(n["outputs"]["y"]["rows"], two); }),
      values("missing output", [](json& n) { return set(n["outputs"], json::object()); }),
      values("added output", [](json& n) { return set(n["outputs"]["z"], n["outputs"]["y"]); }),
      values("false empty",
             [](json& n) {
               return set(n, {{"claim", "empty"}});
             }),
      values("claim", [](json& n) { return set(n["claim"], "probably"); }),
      values("claims empty with values", [](json& n) { return set(n["claim"], "empty"); }),
      values("swapped atoms", [](json& n) { return swap_two(n["atoms"]); }),
      values("atom twice",
             [](json& n) {
               n["atoms"].push_back(n["atoms"][0]);
               return true;
             }),
      values("missing atom", [](json& n) { return erase_last(n["atoms"]); }),
      values("name of an atom",
             [](json& n) {
               for (json& atom : n["atoms"]) {
                 if (atom.contains("name")) return set(atom["name"], "other");
               }
               return false;
             }),
  };
}

/// The tree below one more question, which no rule asks and which is no proposition.
Plant wrapped(const char* name, const json& term) {
  return {name, [term](json& proof) {
            const json tree = proof["tree"];
            const json question = json::array({"less", two, json::array({term})});
            proof["tree"] = {{"question", question}, {"answers", json::array({tree, tree})}};
            return true;
          }};
}

std::vector<Plant> plants_in_the_tree() {
  const auto questions = [](const char* name, std::function<bool(json&)> visit) {
    return Plant{name, [visit](json& proof) { return in_questions(proof["tree"], visit); }};
  };
  return {
      questions("missing case", [](json& n) { return erase_last(n["answers"]); }),
      questions("added case",
                [](json& n) {
                  n["answers"].push_back(n["answers"][0]);
                  return true;
                }),
      questions("switched answers", [](json& n) { return swap_two(n["answers"]); }),
      questions("one case for all", [](json& n) { return set(n["answers"][0], n["answers"][1]); }),
      questions("no split", [](json& n) { return set(n, json(n["answers"][1])); }),
      questions("axis of a question", [](json& n) { return set(n["question"][1], "other"); }),
      questions("kind of a question", [](json& n) { return set(n["question"][0], "dead"); }),
      questions("false proposition",
                [](json& n) {
                  return set(n["question"], json::array({"less", two, json(-1)}));
                }),
      questions("fractional power",
                [](json& n) {
                  const json odd = json::array({json::array({1, 1, {{"tp", -1}}})});
                  return set(n["question"], json::array({"less", two, odd}));
                }),
      wrapped("negative power", json::array({1, 1, {{"tp", -1}}})),
      wrapped("fraction", json::array({1, 2, {{"tp", 1}}})),
      wrapped("negative number", json::array({-1, 1, json::object()})),
      wrapped("what is no size", json::array({1, 1, {{"gate", 1}}})),
      wrapped("no canonical form", json::array({1, 1, {{"tp", 1}}, 0})),
      {"file", [](json& proof) { return set(proof["file"], "other.toml"); }},
      {"variant", [](json& proof) { return set(proof["variant"], "other"); }},
      {"tree", [](json& proof) { return set(proof["tree"], json::object()); }},
  };
}

#if defined(__SANITIZE_ADDRESS__)
constexpr int most_of_a_kind = 1;  // each starts the checker, ten times as slow here
#else
constexpr int most_of_a_kind = 1000;
#endif

TEST(Planted, SingleErrorsAreRefused) {
  const std::vector<std::string> files = {
      merge, catalogue + "tpu_inference/merge_shared_reference.toml",
      catalogue + "sglang/glm_mhc_dense_double.toml", catalogue + "atlas/gate_on_world.toml"};
  std::vector<Plant> plants = plants_in_terms();
  for (const auto& more : {plants_in_values(), plants_in_the_tree()}) {
    plants.insert(plants.end(), more.begin(), more.end());
  }
  std::vector<int> planted(plants.size());
  for (const std::string& file : files) {
    for (const Certified& one : certified(file)) {
      if (!one.proof || check(file, one.variant, *one.proof).status != 0) continue;
      for (std::size_t i = 0; i < plants.size(); ++i) {
        json proof = json::parse(*one.proof);
        if (planted[i] >= most_of_a_kind || !plants[i].into(proof)) continue;
        const Answer answer = check(file, one.variant, proof.dump());
        EXPECT_EQ(answer.status, 1) << plants[i].name << ", " << file << ": " << answer.text;
        ++planted[i];
      }
    }
  }
  int all = 0;
  for (std::size_t i = 0; i < plants.size(); ++i) {
    EXPECT_GE(planted[i], 1) << plants[i].name;
    all += planted[i];
  }
  std::cout << all << " errors of " << plants.size() << " kinds\n";
}

}  // namespace
}  // namespace reducecheck::proof_check
