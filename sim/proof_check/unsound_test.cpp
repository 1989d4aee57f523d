// SPDX-License-Identifier: Apache-2.0
// Programs that are wrong at some sizes, each through a gap between the prover's rules and the
// language. Whatever the prover says of them, the checker must not accept it.
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

}  // namespace
}  // namespace reducecheck::proof_check
