// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/branch_state.hpp"

#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "sim/repair/repaired_test.hpp"
#include "sim/report/groups.hpp"

namespace reducecheck::repair {
namespace {

using Ranks = std::vector<int>;
using Names = std::vector<std::string>;

/// The state of the first defect of the variant, at its smallest layout.
BranchState state_of(const Scenario& scenario, const std::string& variant = "buggy") {
  const ScenarioResult result = sweep_of(scenario);
  for (const CellGroup& group : group_cells(result)) {
    if (group.variant != variant || group.verdict != Verdict::defect) continue;
    const auto state = branch_state(scenario, *group.smallest, {});
    EXPECT_TRUE(state);
    return state.value_or(BranchState{});
  }
  ADD_FAILURE() << "no defect";
  return {};
}

TEST(BranchState, NamesTheRanksWhoseSharesASmallGroupMisses) {
  const BranchState state = state_of(from_catalogue("sglang/fusion_mixed_ep_tp"));
  EXPECT_EQ(state.branch, "experts[0]");
  EXPECT_EQ(state.split, (Names{"moe_ep", "moe_tp"}));
  ASSERT_EQ(state.passed.size(), 1U);
  EXPECT_EQ(state.passed[0].group, "moe_ep");
  EXPECT_EQ(state.rank, 0);
  EXPECT_EQ(state.has, (Ranks{0, 2}));
  EXPECT_EQ(state.misses, (Ranks{1, 3}));
  EXPECT_FALSE(state.one_row);
  EXPECT_FALSE(state.other_tokens);
  EXPECT_EQ(state.used_by, "norm(residual)");
}

TEST(BranchState, ReadsOneRowWhereRanksComputeDifferentTokens) {
  const BranchState state = state_of(from_catalogue("vllm/sp_moe_shared_sharded"));
  EXPECT_EQ(state.branch, "shared");
  EXPECT_EQ(state.split, (Names{"tp"}));
  EXPECT_TRUE(state.passed.empty());
  EXPECT_EQ(state.has, (Ranks{0}));
  EXPECT_EQ(state.misses, (Ranks{1}));
  EXPECT_TRUE(state.one_row);
  EXPECT_TRUE(state.other_tokens);
  EXPECT_EQ(state.used_by, "output y");
}

TEST(BranchState, ARankThatDoesNotCallTheWeightComputesNoOtherTokens) {
  const TinyScenario guarded{.weights = "shared = 'mlp(inter / tp)'",
                             .reference = "y = x + shared(x)",
                             .distributed = "y = x\nif rank(tp) == 0: y += shared(x)",
                             .variants = "buggy = ''"};
  const BranchState state = state_of(loaded(guarded));
  EXPECT_EQ(state.branch, "shared");
  EXPECT_FALSE(state.other_tokens);
}

TEST(BranchState, ListsEverySumOnTheWay) {
  const BranchState state = state_of(from_catalogue("vllm/aria_shared_double"));
  ASSERT_EQ(state.passed.size(), 2U);
  EXPECT_EQ(state.passed[0].text, "all_reduce(out, tp)");
  EXPECT_EQ(state.passed[1].text, "all_reduce(y, tp)");
  EXPECT_EQ(state.has, (Ranks{0, 1}));
  EXPECT_TRUE(state.misses.empty());
}

TEST(BranchState, LeavesOutWhoHasWhatOfAMissingSumWithoutASplit) {
  const BranchState state = state_of(loaded({.weights = "m = 'mlp(inter)'",
                                             .reference = "y = m(x)",
                                             .distributed = "y = all_reduce(m(x), tp)",
                                             .variants = "buggy = ''"}));
  EXPECT_TRUE(state.split.empty());
  EXPECT_TRUE(state.has.empty());
  EXPECT_EQ(state.passed.size(), 1U);
}

TEST(BranchState, IsUnknownForARunThatEndsInACall) {
  const Scenario scenario = from_catalogue("synthetic/guarded_collective");
  const ScenarioResult result = sweep_of(scenario);
  for (const Cell& cell : result.cells) {
    if (cell.verdict != Verdict::defect) continue;
    EXPECT_FALSE(branch_state(scenario, cell, {}));
  }
}

}  // namespace
}  // namespace reducecheck::repair
