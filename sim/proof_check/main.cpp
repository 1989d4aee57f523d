// SPDX-License-Identifier: Apache-2.0
// reducecheck-proof-check FILE VARIANT CERTIFICATE: whether the certificate proves that the variant
// of the scenario equals its reference for all sizes. Status 0 accepted, 1 refused, 2 unusable.
#include <fstream>
#include <iostream>

#include "scenarios/frame/load.hpp"
#include "sim/proof_check/walk.hpp"

namespace reducecheck::proof_check {
namespace {

constexpr std::size_t certificate_bytes = std::size_t{64} << 20;
constexpr int depth_limit = 64;

struct Checker {
  const Scenario& scenario;
  const Variant& variant;
  int cases = 0;
  std::string where;

  void leaf(const Facts& facts, const Json& claimed) const {
    Rules rules(facts, claimed.at("atoms"));
    require(claimed.at("claim") == "empty" || claimed.at("values").is_array(), "no values");
    Walk reference(scenario, nullptr, facts, rules);
    reference.check_frame();
    reference.run({&scenario.reference}, nullptr);
    Walk walk(scenario, &variant, facts, rules);
    walk.check_frame();
    walk.run({&variant.program, &scenario.distributed}, &claimed.at("values"));
    for (const Layout& layout : scenario.outputs) {
      const Tensor held = walk.output(layout);
      Tensor wanted = walk.laid(layout);
      const Addend place = wanted.terms.begin()->first;
      wanted.terms.clear();
      const Tensor computed = reference.output(layout);
      for (const auto& [addend, by] : computed.terms) {
        within_rules(addend.rows.empty() && addend.cols.empty() && addend.roles.empty(),
                     "the reference");
        Addend laid = addend;
        if (rules.has(addend.atom, 'r')) laid.rows = place.rows;
        if (rules.has(addend.atom, 'f')) laid.cols = place.cols;
        wanted.add(laid, by);
      }
      require(claimed.at("outputs").at(layout.name) == to_json(held), "an output not as claimed");
      require(held.terms == wanted.terms && facts.equal(held.rows, wanted.rows) &&
                  facts.equal(held.cols, wanted.cols),
              layout.name + " is not the reference's");
    }
    require(claimed.at("outputs").size() == scenario.outputs.size(), "an output that is none");
  }

  void node(const Facts& facts, const Json& tree, int depth, const std::string& said) {
    where = said;
    require(depth < depth_limit && tree.is_object(), "a tree too deep, or none");
    if (!tree.contains("question")) {
      ++cases;
      const std::string claim = tree.at("claim").get<std::string>();
      require(claim == "holds" || claim == "empty", "a claim that is none");
      bool empty = false;
      try {
        const Json none = {{"claim", "empty"}, {"atoms", Json::array()}, {"values", nullptr}};
        leaf(facts, claim == "holds" ? tree : none);
      } catch (const Empty&) {
        empty = true;
      } catch (const Refusal& refusal) {
        require(claim == "holds", std::string("the case is not empty: ") + refusal.what());
        throw;
      }
      return require(empty == (claim == "empty"), "the case is empty, or claimed to be");
    }
    const Json& question = tree.at("question");
    const Json& answers = tree.at("answers");
    const auto count = static_cast<std::size_t>(facts.answers(question));
    require(tree.size() == 2 && answers.is_array() && answers.size() == count,
            "a question without each of its answers");
    int i = 0;
    for (const Json& child : answers) {
      const std::string all = said + (said.empty() ? "" : ", ") + facts.said(question, i);
      Facts more = facts;
      try {
        more.learn(question, i++);
      } catch (const Empty&) {
        where = all;
        ++cases;
        require(child == Json{{"claim", "empty"}}, "a case that is empty claims more");
        continue;
      }
      node(more, child, depth + 1, all);
    }
  }
};

std::string contents(const std::string& file, std::size_t limit) {
  std::ifstream stream(file, std::ios::binary);
  std::string text;
  for (char part[1 << 16]; stream && text.size() <= limit;) {
    stream.read(part, sizeof part);
    text.append(part, static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.eof() || text.size() > limit) throw Unusable{file + " is unreadable or too large"};
  return text;
}

bool accepts(const std::string& file, const std::string& name, const std::string& certificate) {
  const std::string text = contents(file, FrameLimits::file_bytes);
  Diagnostics diagnostics;
  const auto scenario = load_scenario(text, file, diagnostics);
  if (!scenario) throw Unusable{render(diagnostics, file, text)};
  Variant variant{"program", {}, {}, {}};
  for (const Variant& one : scenario->variants) {
    if (one.name == name) variant = one;
  }
  if (variant.name != name) throw Unusable{file + " has no variant " + name};
  const std::string proof = contents(certificate, certificate_bytes);
  const auto [accepted, said] = verdict(*scenario, variant, file, proof);
  std::cout << (accepted ? "accepted: " : "refused: ") << said << "\n";
  return accepted;
}

}  // namespace

std::pair<bool, std::string> verdict(const Scenario& scenario, const Variant& variant,
                                     const std::string& file, const std::string& certificate) {
  int depth = 0;
  const auto shallow = [&depth](int at, Json::parse_event_t, Json&) {
    depth = std::max(depth, at);
    return depth <= 4 * depth_limit ? true : throw Unusable{"the certificate is nested too deeply"};
  };
  const Json proof = Json::parse(certificate, shallow, false);
  if (!proof.is_object() || proof.value("format", Json()) != "reducecheck.proof/1") {
    throw Unusable{"the certificate is no reducecheck.proof/1"};
  }
  Checker checker{scenario, variant};
  std::string why;
  try {
    require(proof.value("variant", Json()) == variant.name, "a certificate of another variant");
    require(proof.value("file", Json()) == file.substr(file.find_last_of('/') + 1),
            "a certificate of another file");
    checker.node(Facts(scenario), proof.at("tree"), 0, "");
    return {true, variant.name + " of " + file + ", " + std::to_string(checker.cases) + " cases"};
  } catch (const Refusal& refusal) {
    why = refusal.what();
  } catch (const FractionError&) {
    why = "outside the checker's rules: a number too large";
  } catch (const Json::exception&) {
    why = "a claim that is not written as the format says";
  }
  return {false, (checker.where.empty() ? "" : "case " + checker.where + ": ") + why};
}

}  // namespace reducecheck::proof_check

int main(int count, char** arguments) {
  try {
    if (count != 4) throw reducecheck::proof_check::Unusable{"expected FILE VARIANT CERTIFICATE"};
    return reducecheck::proof_check::accepts(arguments[1], arguments[2], arguments[3]) ? 0 : 1;
  } catch (const reducecheck::proof_check::Unusable& unusable) {
    std::cerr << "reducecheck-proof-check: " << unusable.why << "\n";
    return 2;
  }
}
