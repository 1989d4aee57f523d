// SPDX-License-Identifier: Apache-2.0
// `reducecheck explain` as a developer with a wrong reduction runs it.
#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

/// The text on one line, as if nothing had been wrapped.
std::string unwrapped(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n';
    if (!space || line.empty() || line.back() != ' ') line += space ? ' ' : c;
  }
  return line;
}

/// What is printed, and that every one of `parts` is in it, as it stands or unwrapped.
std::string explained(const std::string& arguments, const std::vector<std::string>& parts) {
  const Ran ran = run("explain " + arguments);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  for (const std::string& part : parts) {
    EXPECT_TRUE(contains(ran.out, part) || contains(unwrapped(ran.out), part))
        << part << "\n  is not in\n"
        << ran.out;
  }
  return ran.out;
}

TEST(Explain, SaysWhoMissesWhatUnderAMixedGroup) {
  explained("scenarios/catalogue/sglang/fusion_mixed_ep_tp.toml",
            {"VIOLATION  buggy: wrong_group(experts)  experts[0] -> norm(residual)",
             "state: experts[0] is partial over moe_ep and moe_tp;", "over moe_ep only (line 34)",
             "so rank 0 has the shares of ranks {0,2} and misses those of {1,3}",
             "wrong for: fusion and 1 < moe_ep < tp; 3 of 20 layouts",
             "right for: not fusion | moe_ep == 1 | moe_ep == tp; 17 of 20 layouts",
             "(moe_ep == 1 and moe_ep == tp are the ends)",
             "smallest to try on GPUs: moe_ep=2 moe_tp=2 fusion=true (tp=4, 4 ranks)",
             "--variant buggy --mesh moe_ep=2,moe_tp=2\n",
             "    moe_ep \\ moe_tp  1   2   4   8\n"
             "    1                ok  ok  ok  ok\n"
             "    2                ok  X   X\n",
             "mends it in all 20 layouts", "1. all_reduce over tp (line 34)\n",
             "       -  out = all_reduce(out, moe_ep if moe_ep > 1 else moe_tp)\n"
             "       +  out = all_reduce(out, tp)\n",
             "would not mend it:\n", "fixed: holds in 20 of 20 layouts"});
}

TEST(Explain, SaysThatASumWouldAddOtherTokens) {
  explained("scenarios/catalogue/vllm/sp_moe_shared_sharded.toml",
            {"VIOLATION  buggy: missing_reduce(shared)  shared -> output y",
             "state: shared is partial over tp; nothing sums it before output y",
             "has the shares of ranks {0} and misses those of {1}",
             "the ranks of tp compute shared for different tokens",
             "wrong for: dp > 1 and tp > 1 and use_ep; 2 of 12 layouts",
             "right for: dp == 1 | tp == 1 | not use_ep; 10 of 12 layouts",
             "shared not split over tp where dp > 1 and tp > 1 and use_ep",
             "gather the rows over tp, compute shared, reduce_scatter (line 43) [as in variant "
             "fixed]",
             "- an all_reduce of shared over tp (line 43): token_layout(shared)"});
}

TEST(Explain, ShowsBothSumsOfADeferredOne) {
  explained("scenarios/catalogue/fastdeploy/glm_first_dense_layer.toml",
            {"VIOLATION  buggy: deferred_reduce(mlp_)  mlp_[0] -> norm(residual)",
             "all_reduce(out, tp) (line 42), then all_reduce(out, tp) (line 36)",
             "wrong for: fusion and not use_ep and tp > 1; 2 of 12 layouts",
             "right for: not fusion | use_ep | tp == 1", "mends it in all 12 layouts",
             "return reduce_results and tp > 1 and not fused",
             "- no all_reduce over tp here (line 36): missing_reduce(mlp_, experts)"});
}

TEST(Explain, FindsTheSamePatternInOtherFiles) {
  const std::string file = "scenarios/catalogue/vllm/sp_moe_shared_sharded.toml";
  const std::string alone = explained(file, {});
  EXPECT_FALSE(contains(alone, "same pattern"));
  const std::string beside = explained(
      file + " --variant buggy --also scenarios/catalogue/vllm",
      {"same pattern: scenarios/catalogue/vllm/qwen3_next_sequence_parallel.toml sharded (when "});
  EXPECT_FALSE(contains(beside, "aria_shared_double.toml"));
  const Ran none = run("explain " + file + " --also no/such/folder");
  EXPECT_EQ(none.status, 2);
  EXPECT_TRUE(contains(none.err, "no/such/folder: error: cannot read")) << none.err;
}

TEST(Explain, NamesConditionRepairAndSmallestLayout) {
  explained(aria, {"VIOLATION  buggy: double_reduce(shared)",
                   "coefficient of shared: 2 = tp instead of 1; group tp",
                   "wrong for: tp > 1; 2 of 3 layouts",
                   "right for: no layout of the sweep with more than one rank",
                   "smallest to try on GPUs: tp=2 (2 ranks)",
                   "1. reduce_results = False (line 36) [as in variant fixed]\n",
                   "1 collective, 128 bytes instead of 2 and 256 on the busiest rank"});
  EXPECT_EQ(run("explain no/such.toml").status, 2);
}

TEST(Explain, PrintsAClassAndTheListOfClasses) {
  const Ran one = run("explain double_reduce");
  EXPECT_EQ(one.status, 0);
  EXPECT_TRUE(one.out.starts_with("double_reduce\n")) << one.out;
  EXPECT_TRUE(contains(one.out, "Not a repair\n"));
  EXPECT_TRUE(contains(one.out, "  scenarios/catalogue/sglang/glm4_mirrored_code.toml  buggy\n"));
  const Ran all = run("explain");
  EXPECT_EQ(all.status, 0);
  EXPECT_TRUE(contains(all.out, "  once_guard_wrong\n"));
}

}  // namespace
}  // namespace reducecheck::tool
