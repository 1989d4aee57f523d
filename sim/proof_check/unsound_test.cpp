// SPDX-License-Identifier: Apache-2.0
// Programs that are wrong at some sizes, each through a gap between the prover's rules and the
// language. Whatever the prover says of them, the checker must not accept it.
#include <functional>

#include "sim/proof_check/proof_check_test.hpp"

namespace reducecheck::proof_check {
namespace {

struct Wrong {
  std::string name;
  std::string axis;
  std::string rows;     // of input and output
  std::string weights;  // lines of [weights]
  std::string reference;
  std::string distributed;
  std::string variant = "";  // the text after it, if any
};

const std::string routed =
    "p, ids = topk(gate(x), k)\nrx, rids, rp = dispatch(x, ids, p, experts, a)\n";
const std::string routed_weights =
    "gate = \"linear(hidden, E)\"\nexperts = \"experts(E / a, inter)\"\nm = \"mlp(inter)\"\n"
    "t = \"table(E, hidden)\"\n";

const std::vector<Wrong> programs = {
    {"floor_of_sizes", "b = [1, 2, 3], a", "tokens", "", "y = x\n",
     "y = x\nif a // b == 0: y = x + x\n"},
    {"floor_by_a_number", "a", "tokens", "", "y = x\n", "y = x\nif hidden // 64 == 0: y = x + x\n"},
    {"k_is_divided_by_no_axis", "a", "tokens", "", "y = x\n", "y = x\nif k % a != 0: y = x + x\n"},
    {"tokens_and_their_owners", "a", "tokens / a", "", "y = x\n",
     "y = x\nif tokens % a != 0: y = x + x\n"},
    {"a_width_that_nothing_splits", "a", "tokens", "", "y = x\n",
     "y = x\nif hidden % a != 0: y = x + x\n"},
    {"combine_of_what_no_id_names", "a", "tokens / a", routed_weights, "y = m(x)\n",
     routed + "y = combine(m(rx) if rank(a) == 0 else m(rx) * 0, ids, experts, a)\n"},
    {"combine_of_a_fixed_expert", "a", "tokens / a", routed_weights, "y = experts(x, 0, 1)\n",
     routed + "y = combine(experts(rx, 0, 1), ids, experts, a)\n"},
    {"a_table_read_by_delivered_ids", "a", "tokens", routed_weights,
     "p, ids = topk(gate(x), k)\ny = experts(x * sum(t(ids, p)), ids, p)\n",
     routed + "y = combine(experts(rx * sum(t(rids, rp)), rids, rp), ids, experts, a)\n"},
    {"another_width_under_the_same_name", "a", "tokens", "m = \"mlp(inter)\"\n", "y = m(x)\n",
     "y = all_reduce(m(x), a)\n",
     "[variant.whole]\nprogram = \"pass\"\nweights = { m = \"mlp(shared_inter / a)\" }\n"},
    {"a_rank_taken_for_its_test", "a", "tokens", "", "y = x\n",
     "y = all_reduce(x if rank(a) else x * 0, a)\n"},
};

TEST(ProofCheck, AcceptsNoProgramThatTheLanguageMakesWrong) {
  for (const Wrong& one : programs) {
    const std::string axes = one.name == "floor_of_sizes" ? "\"a\", \"b\"" : "\"a\"";
    const std::string text =
        "title = \"" + one.name + "\"\nsource = \"none\"\nmesh = { axes = [" + axes +
        "] }\ninput = { x = \"" + one.rows + ", hidden\" }\noutput = { y = \"" + one.rows +
        ", hidden\" }\n[weights]\n" + one.weights + "[program]\nreference = '''\n" + one.reference +
        "'''\ndistributed = '''\n" + one.distributed + "'''\n" + one.variant;
    const std::string file = scratch(one.name + ".toml").string();
    save(file, text);
    for (const Certified& each : certified(file)) {
      if (!each.proof) continue;
      const Answer answer = check(file, each.variant, *each.proof);
      EXPECT_EQ(answer.status, 1) << answer.text;
    }
  }
}

/// Of this certificate every claim is right, but for another reference.
TEST(ProofCheck, ComparesWithTheReferenceOfTheFile) {
  const auto text = [](const std::string& reference) {
    return "title = \"twice\"\nsource = \"none\"\nmesh = { axes = [\"tp\"] }\n"
           "input = { x = \"tokens, hidden\" }\noutput = { y = \"tokens, hidden\" }\n"
           "[weights]\nm = \"mlp(inter / tp)\"\n[program]\nreference = '''\ny = " +
           reference + "\n'''\ndistributed = '''\ny = all_reduce(m(x) + m(x), tp)\n'''\n";
  };
  const std::string file = scratch("twice.toml").string();
  save(file, text("m(x) + m(x)"));
  const std::optional<std::string> proof = certified(file).front().proof;
  ASSERT_TRUE(proof.has_value());
  EXPECT_EQ(check(file, "program", *proof).status, 0);
  save(file, text("m(x)"));
  const Answer answer = check(file, "program", *proof);
  EXPECT_EQ(answer.status, 1);
  EXPECT_NE(answer.text.find("y is not the reference's"), std::string::npos) << answer.text;
}

/// What a file assumes is no claim of the certificate: the checker reads it in the file it is
/// given.
TEST(ProofCheck, AssumesOnlyWhatTheFileAssumes) {
  const auto text = [](const std::string& assume, const std::string& factor) {
    return "title = \"scale\"\nsource = \"none\"\nmesh = { axes = [\"tp\"] }\n"
           "input = { x = \"tokens, hidden\" }\noutput = { y = \"tokens, hidden\" }\n" +
           assume +
           "[weights]\nm = \"mlp(inter / tp)\"\ns = \"scalar\"\n[program]\nreference = '''\n"
           "y = norm(x + m(x))\n'''\ndistributed = '''\n"
           "y = norm(x * " +
           factor + " + all_reduce(m(x), tp) * " + factor + ")\n'''\n";
  };
  const std::string scale_free = "assume = { scale_free = [\"norm\"] }\n";
  const std::string both = "assume = { scale_free = [\"norm\"], positive = [\"s\"] }\n";
  const std::string file = scratch("scale.toml").string();
  const auto answer = [&](const std::string& proved, const std::string& of) {
    save(file, proved);
    const std::optional<std::string> proof = certified(file).front().proof;
    EXPECT_TRUE(proof.has_value());
    save(file, of);
    return check(file, "program", proof.value_or("")).status;
  };
  EXPECT_EQ(answer(text(both, "s"), text(both, "s")), 0);
  EXPECT_EQ(answer(text(both, "s"), text(scale_free, "s")), 1);
  EXPECT_EQ(answer(text(both, "s"), text("", "s")), 1);
  EXPECT_EQ(answer(text(both, "s"), text(both, "s * -1")), 1);
  EXPECT_EQ(answer(text(scale_free, "2"), text(scale_free, "2")), 0);
  EXPECT_EQ(answer(text(scale_free, "2"), text("", "2")), 1);
}

/// The certificate with the second cut over a and b, and any after it, claimed as one over b and a.
std::string with_second_cut_swapped(const std::string& proof) {
  const json straight = json::array({"a", "b"});
  const std::function<void(json&)> swap_in = [&](json& tree) {
    if (tree.contains("answers")) {
      for (json& answer : tree["answers"]) swap_in(answer);
    }
    bool seen = false;
    if (!tree.contains("values") || !tree["values"].is_array()) return;
    for (json& value : tree["values"]) {
      bool cut = false;
      for (json& term : value["terms"]) {
        for (const char* dimension : {"rows", "cols"}) {
          if (term[dimension] != straight) continue;
          cut = true;
          if (seen) term[dimension] = json::array({"b", "a"});
        }
      }
      seen = seen || cut;
    }
  };
  json all = json::parse(proof);
  swap_in(all["tree"]);
  return all.dump();
}

/// What a rank holds of a tensor that was cut over two axes depends on the order of the cuts. The
/// certificate claims what a checker would find that names parts of sums and maxima by axes alone.
TEST(ProofCheck, NamesPartsByTheOrderOfTheCuts) {
  const auto text = [](const std::string& program) {
    return "title = \"cuts\"\nsource = \"none\"\nmesh = { axes = [\"a\", \"b\"] }\n"
           "sizes = { tokens = \"4 * a * b\", hidden = \"4 * a * b\" }\n"
           "input = { x = \"tokens, hidden\" }\noutput = { y = \"tokens, hidden\" }\n"
           "[program]\nreference = '''\ny = x\n'''\ndistributed = '''\n" +
           program + "'''\n";
  };
  const std::vector<std::string> swaps = {
      "y = x + (sum(chunk(x, a * b, dim=cols)) - sum(chunk(x, SWAP, dim=cols)))\n",
      "y = x + max(chunk(x, a * b, dim=cols)) - max(chunk(x, SWAP, dim=cols))\n",
      "y = x + amax(chunk(x, a * b)) - amax(chunk(x, SWAP))\n",
      "s = sum(chunk(x, a * b, dim=cols))\nt = sum(chunk(x, SWAP, dim=cols))\n"
      "y = x + (all_reduce(s, a) - all_reduce(t, a))\n",
      "u = all_gather(chunk(x, a * b, dim=cols), SWAP, dim=cols)\ny = u\n",
      "u = all_gather(chunk(x, a * b), SWAP)\ny = u\n",
  };
  int certificates = 0;
  for (const std::string& program : swaps) {
    const auto with = [&](const std::string& order) {
      std::string result = program;
      return text(result.replace(result.find("SWAP"), 4, order));
    };
    const std::string file = scratch("cuts.toml").string();
    save(file, with("a * b"));
    const std::optional<std::string> proof = certified(file).front().proof;
    if (!proof || check(file, "program", *proof).status != 0) {
      ADD_FAILURE() << "no certificate of " << program;
      continue;
    }
    ++certificates;
    save(file, with("b * a"));
    for (const std::string& claimed : {*proof, with_second_cut_swapped(*proof)}) {
      const Answer answer = check(file, "program", claimed);
      EXPECT_EQ(answer.status, 1) << program << answer.text;
    }
  }
  EXPECT_EQ(certificates, 6);
}

}  // namespace
}  // namespace reducecheck::proof_check
