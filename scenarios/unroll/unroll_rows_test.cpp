// SPDX-License-Identifier: Apache-2.0
// Which token each row of a value is, through operations that move rows.
#include <gtest/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

using Rows = std::vector<std::string>;

const std::string routed = "gate = 'linear(hidden, E)'\nexperts = 'experts(E / tp, inter)'";

Rows rows_after(const std::string& program, const std::string& input = "tokens, hidden",
                const std::string& mesh = "axes = ['dp', 'tp'], dp = 2, tp = 2", int tokens = 4) {
  return output_rows({routed, "y = x", program, mesh, "x = '" + input + "'", "y = '" + input + "'",
                      "sizes = { tokens = " + std::to_string(tokens) + " }"});
}

const std::string pair = "axes = ['tp'], tp = 2";

TEST(Rows, ChunkCutsInGroupOrderAndGatherRestores) {
  EXPECT_EQ(rows_after("y = chunk(x, dp * tp)"), (Rows{"0.0", "0.1", "0.2", "0.3"}));
  EXPECT_EQ(rows_after("y = chunk(x, tp * dp)"), (Rows{"0.0", "0.2", "0.1", "0.3"}));
  EXPECT_EQ(rows_after("y = all_gather(chunk(x, dp * tp), dp * tp)"), Rows(4, "0.0 0.1 0.2 0.3"));
  EXPECT_EQ(rows_after("y = all_gather(chunk(x, dp * tp), tp * dp)"), Rows(4, "0.0 0.2 0.1 0.3"));
}

TEST(Rows, NestedGathersRestoreInTheInverseOrderOnly) {
  EXPECT_EQ(rows_after("y = all_gather(all_gather(chunk(chunk(x, dp), tp), tp), dp)"),
            Rows(4, "0.0 0.1 0.2 0.3"));
  EXPECT_EQ(rows_after("y = all_gather(all_gather(chunk(chunk(x, dp), tp), dp), tp)"),
            Rows(4, "0.0 0.2 0.1 0.3"));
}

TEST(Rows, UnevenChunksNeedTheGatherThatAllowsThem) {
  EXPECT_EQ(rows_after("y = chunk(x, tp)", "tokens, hidden", pair, 5),
            (Rows{"0.0 0.1 0.2", "0.3 0.4"}));
  EXPECT_EQ(rows_after("y = all_gatherv(chunk(x, tp), tp)", "tokens, hidden", pair, 5),
            Rows(2, "0.0 0.1 0.2 0.3 0.4"));
  EXPECT_EQ(rows_after("y = all_gather(chunk(x, tp), tp)", "tokens, hidden", pair, 5),
            Rows(2, "none"));
}

TEST(Rows, OwnersGatherInGroupOrder) {
  EXPECT_EQ(rows_after("y = all_gather(x, dp)", "tokens / dp, hidden",
                       "axes = ['dp', 'tp'], dp = 2, tp = 1", 2),
            Rows(2, "0.0 0.1 1.0 1.1"));
}

TEST(Rows, ReduceScatterGivesEachMemberItsShare) {
  EXPECT_EQ(rows_after("y = reduce_scatter(x, tp)", "tokens, hidden", pair),
            (Rows{"0.0 0.1", "0.2 0.3"}));
  EXPECT_EQ(rows_after("y = reduce_scatterv(x, tp, 1 + 2 * rank(tp))", "tokens, hidden", pair),
            (Rows{"0.0", "0.1 0.2 0.3"}));
  EXPECT_EQ(rows_after("y = reduce_scatter(x, tp, dim=cols)", "tokens, hidden", pair),
            Rows(2, "0.0 0.1 0.2 0.3"));
}

TEST(Rows, SumOfOtherTokensIsMixedAndStaysSo) {
  EXPECT_EQ(rows_after("y = all_reduce(chunk(x, tp), tp) + chunk(x, tp)", "tokens, hidden", pair),
            Rows(2, "mixed mixed"));
  EXPECT_EQ(rows_after("y = x[0:2] + x[1:3]", "tokens, hidden", pair), Rows(2, "mixed mixed"));
}

TEST(Rows, PaddingGivesWayInSumsAndNotInProducts) {
  EXPECT_EQ(rows_after("y = pad(x[0:1], 2)", "tokens, hidden", pair), Rows(2, "0.0 pad"));
  EXPECT_EQ(rows_after("y = pad(x[0:1], 2) + x[0:2]", "tokens, hidden", pair), Rows(2, "0.0 0.1"));
  EXPECT_EQ(rows_after("y = pad(x[0:1], 2) * x[0:2]", "tokens, hidden", pair),
            Rows(2, "0.0 mixed"));
  EXPECT_EQ(rows_after("y = pad(x[0:1], 2, garbage)", "tokens, hidden", pair),
            Rows(2, "0.0 garbage"));
}

TEST(Rows, PaddingIsStainedByWhatMovesItFromZero) {
  EXPECT_EQ(rows_after("y = silu(pad(x[0:1], 2))", "tokens, hidden", pair), Rows(2, "0.0 pad"));
  EXPECT_EQ(rows_after("y = sigmoid(pad(x[0:1], 2))", "tokens, hidden", pair),
            Rows(2, "0.0 stained"));
  EXPECT_EQ(rows_after("y = pad(x[0:1], 2) + 1", "tokens, hidden", pair), Rows(2, "0.0 stained"));
  EXPECT_EQ(rows_after("y = 2 * pad(x[0:1], 2)", "tokens, hidden", pair), Rows(2, "0.0 pad"));
}

TEST(Rows, SlicesFollowPython) {
  EXPECT_EQ(rows_after("y = x[1:]", "tokens, hidden", pair)[0], "0.1 0.2 0.3");
  EXPECT_EQ(rows_after("y = x[:-1]", "tokens, hidden", pair)[0], "0.0 0.1 0.2");
  EXPECT_EQ(rows_after("y = x[2:100]", "tokens, hidden", pair)[0], "0.2 0.3");
  EXPECT_EQ(rows_after("y = x[3:1]", "tokens, hidden", pair)[0], "");
}

TEST(Rows, StatisticOverRowsBelongsToAllOfThem) {
  EXPECT_EQ(rows_after("y = amax(x)", "tokens, hidden", pair)[0], "any");
  EXPECT_EQ(rows_after("y = sum(x, rows)", "tokens, hidden", pair)[0], "any");
  EXPECT_EQ(rows_after("y = x / amax(x)", "tokens, hidden", pair)[0], "0.0 0.1 0.2 0.3");
  EXPECT_EQ(rows_after("y = sum(x)", "tokens, hidden", pair)[0], "0.0 0.1 0.2 0.3");
}

TEST(Rows, DispatchDeliversEachSourceInOrderAndCombineTakesBack) {
  const std::string send =
      "mine = chunk(x, tp)\np, ids = topk(gate(mine), k)\nrx, rids, rp = dispatch(mine, ids, p, "
      "experts, tp)\n";
  EXPECT_EQ(rows_after(send + "y = rx", "tokens, hidden", pair), Rows(2, "0.0 0.1 0.2 0.3"));
  EXPECT_EQ(rows_after(send + "y = combine(experts(rx, rids, rp), ids, experts, tp)",
                       "tokens, hidden", pair),
            (Rows{"0.0 0.1", "0.2 0.3"}));
}

TEST(Rows, CombineOfRowsThatWereNotSentIsAnError) {
  TinyScenario t{routed, "y = x", "p, ids = topk(gate(x), k)\ny = combine(x, ids, experts, tp)"};
  EXPECT_EQ(
      error_of(t),
      "combine(x, ids, experts, tp) -> `combine` returns rows that one `dispatch` over the same "
      "group delivered; these rows come from elsewhere");
}

}  // namespace
}  // namespace reducecheck
