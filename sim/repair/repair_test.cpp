// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/repair.hpp"

#include "sim/repair/repaired_test.hpp"

namespace reducecheck::repair {
namespace {

using Words = std::vector<std::string>;

/// The first sum is for every layout, the second one too many with fusion. Without the first sum
/// fusion is right, and all else is wrong.
Scenario either_sum() {
  return loaded({.weights = "m = 'mlp(inter / tp)'",
                 .reference = "y = m(x)",
                 .distributed = "y = all_reduce(m(x), tp)\nif fusion: y = all_reduce(y, tp)",
                 .mesh = "axes = ['tp'], tp = [1, 2, 4]",
                 .more = "switch = { fusion = [false, true] }"});
}

/// Wrong where no switch is on; the second sum is owed where all three are, which is far from
/// there.
Scenario far_away() {
  return loaded({.weights = "m = 'mlp(inter / tp)'",
                 .reference = "y = m(x)",
                 .distributed = "y = m(x)\nif not (a and b and c): y = all_reduce(y, tp)\n"
                                "if a == b and b == c: y = all_reduce(y, tp)",
                 .mesh = "axes = ['tp'], tp = [1, 2, 4]",
                 .more = "switch = { a = [false, true], b = [false, true], c = [false, true] }"});
}

TEST(Repair, HoldsInAFreshSweepOfItsOwnText) {
  for (const char* name :
       {"vllm/aria_shared_double", "vllm/sp_moe_shared_sharded", "sglang/fusion_mixed_ep_tp",
        "fastdeploy/glm_first_dense_layer", "fastdeploy/merge_allreduce",
        "mirage/partial_residual_dropped", "tt_metal/shared_scale_inverse_mesh"}) {
    const Scenario scenario = from_catalogue(name);
    const ScenarioResult result = sweep_of(scenario);
    for (const std::string& variant : failing_variants(result)) {
      const RepairReport report = find_repairs(scenario, result, variant, {});
      EXPECT_FALSE(report.works.empty()) << name << ": " << variant;
      for (const Repair& one : report.works) {
        EXPECT_TRUE(holds_everywhere(one)) << name << ": " << variant << ": " << one.words;
      }
      for (const Repair& one : report.not_works) {
        EXPECT_FALSE(holds_everywhere(one)) << name << ": " << variant << ": " << one.words;
      }
    }
  }
}

TEST(Repair, OfTheFailingLayoutsAloneIsNone) {
  const RepairReport report = repaired(either_sum(), "v");
  ASSERT_FALSE(report.works.empty());
  for (const Repair& one : report.works) EXPECT_TRUE(holds_everywhere(one)) << one.words;
  ASSERT_FALSE(report.not_works.empty());
  const Repair& tempting = report.not_works[0];
  EXPECT_EQ(tempting.words, "no all_reduce over tp here");
  EXPECT_EQ(tempting.before, "y = all_reduce(m(x), tp)");
  EXPECT_EQ(tempting.outcome, RepairOutcome::moves_the_fault);
  EXPECT_EQ(tempting.defect_class, "missing_reduce");
  EXPECT_EQ(tempting.condition, "not fusion and tp > 1");
  EXPECT_EQ(tempting.layout.ranks, 2);
}

TEST(Repair, IsTriedInLayoutsFarFromTheFailingOnesToo) {
  const RepairReport report = repaired(far_away(), "v");
  ASSERT_FALSE(report.works.empty());
  for (const Repair& one : report.works) EXPECT_TRUE(holds_everywhere(one)) << one.words;
  const auto dropped = [](const Repair& one) { return one.after.empty(); };
  EXPECT_TRUE(std::ranges::none_of(report.works, dropped)) << "it is owed where a, b and c";
}

TEST(Repair, IsFoundWhereTheOtherVariantHasIt) {
  const RepairReport report = repaired(from_catalogue("vllm/aria_shared_double"));
  ASSERT_FALSE(report.works.empty());
  EXPECT_EQ(report.works[0].words, "reduce_results = False");
  EXPECT_EQ(report.works[0].same_as, "fixed");
  EXPECT_EQ(report.works[0].after, "reduce_results = False");
  EXPECT_EQ(report.works[0].collectives, 1);
  EXPECT_EQ(report.collectives, 2);
}

TEST(Repair, OfAWrongGroupIsTheProductOfWhatTheWeightIsSplitOver) {
  const RepairReport report = repaired(from_catalogue("sglang/fusion_mixed_ep_tp"));
  ASSERT_FALSE(report.works.empty());
  EXPECT_EQ(report.works[0].after, "out = all_reduce(out, tp)");
  EXPECT_TRUE(std::ranges::any_of(report.works, [](const Repair& one) {
    return one.after == "fused = fusion and tp > 1 and not (moe_ep > 1 and moe_ep < tp)";
  }));
}

TEST(Repair, OfScatteredRowsIsNoSum) {
  const RepairReport report = repaired(from_catalogue("vllm/sp_moe_shared_sharded"));
  ASSERT_EQ(report.works.size(), 2U);
  const Repair& gathered = report.works[0].same_as.empty() ? report.works[1] : report.works[0];
  EXPECT_EQ(gathered.after, "return reduce_scatter(shared(all_gather(h, tp)), tp)");
  ASSERT_FALSE(report.not_works.empty());
  EXPECT_EQ(report.not_works[0].words, "an all_reduce of shared over tp");
  EXPECT_EQ(report.not_works[0].defect_class, "token_layout");
}

TEST(Repair, TakesTwoEditsWhereOneIsNotEnough) {
  const RepairReport report = repaired(from_catalogue("aiconfigurator/missing_row_reductions"));
  ASSERT_FALSE(report.works.empty());
  EXPECT_EQ(report.works[0].words, "reduces_attention = True, and reduces_mlp = True");
  EXPECT_EQ(report.works[0].same_as, "fixed");
  RepairOptions single;
  single.pairs = false;
  EXPECT_TRUE(repaired(from_catalogue("aiconfigurator/missing_row_reductions"), "buggy", single)
                  .works.empty());
}

TEST(Repair, IsTheSameEveryTimeAndForEveryNumberOfThreads) {
  const Scenario scenario = from_catalogue("fastdeploy/glm_first_dense_layer");
  RepairOptions one_thread;
  one_thread.check.threads = 1;
  const RepairReport a = repaired(scenario, "buggy", one_thread);
  const RepairReport b = repaired(scenario, "buggy");
  EXPECT_EQ(words_of(a.works), words_of(b.works));
  EXPECT_EQ(words_of(a.not_works), words_of(b.not_works));
  EXPECT_EQ(a.candidates, b.candidates);
}

TEST(Repair, StopsAtTheLimitAndSaysSo) {
  RepairOptions few;
  few.most_candidates = 5;
  few.pairs = false;
  const RepairReport report =
      repaired(from_catalogue("fastdeploy/glm_first_dense_layer"), "buggy", few);
  EXPECT_TRUE(report.limited);
  EXPECT_LE(report.candidates, few.most_candidates + few.most_guarded);
}

TEST(Repair, IsShownToTheProverWhenItWorks) {
  Words asked;
  RepairOptions options;
  options.prove = [&](const Scenario& scenario, const std::string& variant) {
    asked.push_back(variant);
    EXPECT_EQ(scenario.variants.size(), 1U);
    return std::string(asked.size() == 1 ? "proved for all sizes" : "");
  };
  const RepairReport report = repaired(from_catalogue("vllm/aria_shared_double"), "buggy", options);
  EXPECT_EQ(asked.size(), report.works.size());
  EXPECT_EQ(report.works[0].proof, "proved for all sizes");
  EXPECT_EQ(report.works[1].proof, "");
}

TEST(Repair, OfWhatHoldsIsNotSought) {
  const RepairReport report = repaired(from_catalogue("vllm/aria_shared_double"), "fixed");
  EXPECT_EQ(report.candidates, 0U);
  EXPECT_TRUE(report.works.empty());
}

}  // namespace
}  // namespace reducecheck::repair
