// SPDX-License-Identifier: Apache-2.0
// What the rules of classification learnt from bugs that they were not shaped on.
#include <gtest/gtest.h>

#include "sim/judge/branches_test.hpp"
#include "sim/judge/told_test.hpp"

namespace reducecheck {
namespace {

TEST(ClassifyRefined, GuardThroughAParameterIsARankGuard) {
  EXPECT_EQ(told({shared, "y = x + shared(x)",
                  "def apply(a, r):\n"
                  "    if r == 0: a += x\n"
                  "    return a\n"
                  "y = apply(all_reduce(shared(x), tp), rank(tp))"}),
            "once_guard_wrong(x): 0");
}

TEST(ClassifyRefined, GuardThroughAListAndADefaultIsARankGuard) {
  EXPECT_EQ(told({shared, "y = x + shared(x)",
                  "first = [rank(tp) == 0]\n"
                  "def apply(a, r=first[0]):\n"
                  "    return a + x if r else a\n"
                  "y = apply(all_reduce(shared(x), tp))"}),
            "once_guard_wrong(x): 0");
}

TEST(ClassifyRefined, EveryScaledBranchIsNamedInProgramOrder) {
  EXPECT_EQ(told({"b = 'mlp(inter / tp)'\na = 'mlp(inter / tp)'\ns = 'scalar'", "y = b(x) + a(x)",
                  "y = s * all_reduce(b(x) + a(x), tp)"}),
            "scale_placement(b, a): s");
}

TEST(ClassifyRefined, EveryExpertIsChosenByDefaultAndAGapIsTold) {
  TinyScenario t{routed, "p, ids = topk(gate(x), k)\ny = experts(x, ids, p)",
                 "p, ids = topk(gate(x), k)\ny = all_reduce(experts(x, ids, p), tp)"};
  EXPECT_TRUE(checked(t).cells[0].uncovered.empty());
  t.more = "sizes = { tokens = 1, E = 4 }";
  const Cell gap = checked(t).cells[0];
  EXPECT_EQ(gap.verdict, Verdict::holds);
  EXPECT_EQ(gap.uncovered.size(), 2U);
}

TEST(ClassifyRefined, SumBeforeTheRouterIsBlamedOnWhatIsSummed) {
  EXPECT_EQ(told({routed, "p, ids = topk(gate(x), k)\ny = experts(x, ids, p)",
                  "h = all_reduce(x, tp)\n"
                  "p, ids = topk(gate(h), k)\n"
                  "y = all_reduce(experts(x, ids, p), tp)"}),
            "addend_in_sum(x) over tp: 2 = tp");
  EXPECT_EQ(told({shared + "\n" + routed,
                  "h = shared(x)\np, ids = topk(gate(h), k)\ny = experts(h, ids, p)",
                  "h = all_reduce(all_reduce(shared(x), tp), tp)\n"
                  "p, ids = topk(gate(h), k)\n"
                  "y = all_reduce(experts(h, ids, p), tp)"}),
            "double_reduce(shared) over tp: 2 = tp");
}

TEST(ClassifyRefined, NumberOfTheTextIsScalePlacementWithItsName) {
  EXPECT_EQ(told({shared, "y = shared(x)", "y = all_reduce(shared(x), tp) * tp"}),
            "scale_placement(shared): 2 = tp");
  EXPECT_EQ(told({routed, "p, ids = topk(gate(x), k)\ny = experts(x, ids, p)",
                  "p, ids = topk(gate(x), k)\ny = all_reduce(experts(x, ids, p), tp) * tp"}),
            "scale_placement(experts): 2 = tp");
}

TEST(ClassifyRefined, QuotientByAStatisticOfOneRankIsNonlinearOnUnreduced) {
  TinyScenario t{"w = 'linear(hidden / tp, hidden)'", "y = w(quant(x / amax(x)))",
                 "y = all_reduce(w(quant(x / amax(x))), tp)"};
  t.input = "x = 'tokens, hidden / tp'";
  EXPECT_EQ(told(t), "nonlinear_on_unreduced");
  t.distributed = "y = all_reduce(w(quant(x / all_reduce(amax(x), tp, op=max))), tp)";
  EXPECT_EQ(told(t), "holds");
}

TEST(ClassifyRefined, NormOfAsManyOtherFeaturesIsNonlinearOnUnreduced) {
  const std::string columns =
      "def columns(x, c):\n    return cat(take(x, c), take(x, c + 1), dim=cols)\n";
  TinyScenario t{"w = 'linear(hidden, hidden)'",
                 columns + "y = w(cat(norm(columns(x, 0)), norm(columns(x, 2)), dim=cols))",
                 columns + "y = w(cat(take(x, 0), norm(columns(x, 1)), take(x, 3), dim=cols))"};
  t.more = "sizes = { hidden = 4 }";
  EXPECT_EQ(told(t), "nonlinear_on_unreduced");
}

TEST(ClassifyRefined, NormOfAPartialThatIsSummedLaterIsNonlinearOfThePartialOnly) {
  EXPECT_EQ(told({shared + "\nafter = 'mlp(inter)'", "h = x + shared(x)\ny = h + after(norm(h))",
                  "h = shared(x)\n"
                  "if rank(tp) == 0: h += x\n"
                  "n = norm(h)\n"
                  "h = all_reduce(h, tp)\n"
                  "y = h + after(n)"}),
            "nonlinear_on_unreduced(shared) over tp: 0");
}

TEST(ClassifyRefined, LastAddendLostBeforeANormIsMissingBranchAndNoOtherOwners) {
  TinyScenario t{routed,
                 "h = x\n"
                 "for i in range(2):\n"
                 "    n = norm(h)\n"
                 "    p, ids = topk(gate(n), k)\n"
                 "    h += experts[i](n, ids, p)\n"
                 "y = norm(h)",
                 ""};
  const std::string layers =
      "h = x\n"
      "out = 0\n"
      "for i in range(2):\n"
      "    h += out\n"
      "    n = norm(h)\n"
      "    p, ids = topk(gate(n), k)\n"
      "    out = all_reduce(experts[i](n, ids, p), tp)\n";
  t.distributed = layers + "y = norm(h)";
  EXPECT_EQ(told(t), "missing_branch(experts) over tp: 0");
  t.distributed = layers + "y = norm(h + out)";
  EXPECT_EQ(told(t), "holds");
}

TEST(ClassifyRefined, OtherSignIsScalePlacement) {
  TinyScenario t{shared + "\nbias = 'vector(hidden)'", "y = shared(x) + bias",
                 "y = all_reduce(shared(x), tp) - bias"};
  EXPECT_EQ(told(t), "scale_placement(bias): -1");
  t.reference = "y = shared(x) - bias";
  EXPECT_EQ(told(t), "holds");
}

TEST(ClassifyRefined, ShareOfAMatrixIsThatOfTheRankThatHoldsIt) {
  TinyScenario t{"w = 'linear(hidden / tp, hidden)'", "y = x @ w", "y = x @ w"};
  t.input = "x = 'tokens, hidden / tp'";
  EXPECT_EQ(checked(t).cells.at(0).finding.value().detail,
            "on rank 1 w, share 0 counts 0 instead of 1");
}

TEST(ClassifyRefined, DispatchedExpertOnNoRankIsTheFaultOfNoCall) {
  TinyScenario t{"gate = 'linear(hidden, E)'\nexperts = 'experts([2 * rank(tp)], inter)'",
                 "p, ids = topk(gate(x), k)\ny = experts(x, ids, p)",
                 "p, ids = topk(gate(x), k)\n"
                 "rx, rids, rp = dispatch(x, ids, p, experts, tp)\n"
                 "y = combine(experts(rx, rids, rp), ids, experts, tp)"};
  t.input = "x = 'tokens / tp, hidden'";
  t.output = "y = 'tokens / tp, hidden'";
  const Finding finding = checked(t).cells.at(0).finding.value();
  EXPECT_EQ(finding.defect_class, "ownership_count");
  EXPECT_EQ(finding.operation, "output y");
}

TEST(ClassifyRefined, BranchThatIsMissingIsToldBeforeExpertsOnNoRank) {
  EXPECT_EQ(
      told({shared + "\ngate = 'linear(hidden, E)'\nexperts = 'experts([2 * rank(tp)], inter)'",
            "p, ids = topk(gate(x), k)\ny = experts(x, ids, p) + shared(x)",
            "p, ids = topk(gate(x), k)\ny = all_reduce(experts(x, ids, p), tp)"}),
      "missing_branch(shared): 0");
}

}  // namespace
}  // namespace reducecheck
