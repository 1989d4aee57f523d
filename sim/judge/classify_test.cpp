// SPDX-License-Identifier: Apache-2.0
// One small wrong program for each class of defect and each of its causes.
#include <gtest/gtest.h>

#include "sim/judge/branches_test.hpp"
#include "sim/judge/told_test.hpp"

namespace reducecheck {
namespace {

const std::string two_by_two = "axes = ['dp', 'tp'], dp = 2, tp = 2";
const std::string route = "p, ids = topk(gate(x), k)\n";

TEST(Classify, RightProgramsHold) {
  EXPECT_EQ(told({shared, "y = shared(x)", "y = all_reduce(shared(x), tp)"}), "holds");
  EXPECT_EQ(told({shared, "y = x + shared(x)", "y = all_reduce(shared(x) + x / tp, tp)"}), "holds");
}

TEST(Classify, SumThatIsNotThereIsMissingReduce) {
  EXPECT_EQ(told({shared, "y = shared(x)", "y = shared(x)"}), "missing_reduce(shared) over tp: 0");
  EXPECT_EQ(told({shared, "y = shared(x)", "y = shared(x) / tp"}),
            "missing_reduce(shared) over tp: 1/2 = 1/tp");
}

TEST(Classify, SumOfASumIsDoubleReduce) {
  EXPECT_EQ(told({shared, "y = shared(x)", "y = all_reduce(all_reduce(shared(x), tp), tp)"}),
            "double_reduce(shared) over tp: 2 = tp");
}

TEST(Classify, BranchReducedOnItsOwnAndAgainIsDoubleReduceOfThatBranch) {
  EXPECT_EQ(told({shared + "\n" + routed, route + "y = shared(x) + experts(x, ids, p)",
                  route + "y = all_reduce(all_reduce(shared(x), tp) + experts(x, ids, p), tp)"}),
            "double_reduce(shared) over tp: 2 = tp");
}

TEST(Classify, TermAddedTwiceWithoutASumIsDoubleReduceOfNoGroup) {
  EXPECT_EQ(told({shared, "y = shared(x)", "z = all_reduce(shared(x), tp)\ny = z + z"}),
            "double_reduce(shared): 2 = tp");
}

TEST(Classify, SumOverAnAxisThatNothingIsSplitOverIsWrongGroup) {
  EXPECT_EQ(told({shared, "y = shared(x)", "y = all_reduce(shared(x), dp * tp)", two_by_two}),
            "wrong_group(shared) over dp * tp: 2 = dp");
}

TEST(Classify, SumOverPartOfTheSplitIsWrongGroup) {
  EXPECT_EQ(told({"shared = 'mlp(inter / (dp * tp))'", "y = shared(x)",
                  "y = all_reduce(shared(x), dp)", two_by_two}),
            "wrong_group(shared) over dp: 0");
}

TEST(Classify, SumOverRowsOfOtherOwnersIsWrongGroup) {
  TinyScenario t{shared, "y = shared(x)", "y = all_reduce(shared(x), dp * tp)", two_by_two};
  t.input = "x = 'tokens / dp, hidden'";
  t.output = "y = 'tokens / dp, hidden'";
  EXPECT_EQ(told(t), "wrong_group(shared) over dp * tp");
}

TEST(Classify, WholeBranchBesideASplitOneIsReplicatedBranchInSum) {
  EXPECT_EQ(told({"shared = 'mlp(inter)'"
                  "\n" +
                      routed,
                  route + "y = shared(x) + experts(x, ids, p)",
                  route + "y = all_reduce(shared(x) + experts(x, ids, p), tp)"}),
            "replicated_branch_in_sum(shared) over tp: 2 = tp");
}

TEST(Classify, ResidualInsideTheSumIsAddendInSum) {
  EXPECT_EQ(told({shared, "y = x + shared(x)", "y = all_reduce(x + shared(x), tp)"}),
            "addend_in_sum(x) over tp: 2 = tp");
  EXPECT_EQ(told({shared + "\nbias = 'vector(hidden)'", "y = shared(x) + bias",
                  "y = all_reduce(shared(x) + bias, tp)"}),
            "addend_in_sum(bias) over tp: 2 = tp");
}

TEST(Classify, AddendThatOnlyOneRankKeepsIsOnceGuardWrong) {
  EXPECT_EQ(told({shared, "y = x + shared(x)",
                  "y = all_reduce(shared(x), tp)\nif rank(tp) == 0: y += x"}),
            "once_guard_wrong(x): 0");
  EXPECT_EQ(told({shared, "y = x + shared(x)",
                  "y = all_reduce(shared(x), tp) + (x if rank(tp) == 0 else 0)"}),
            "once_guard_wrong(x): 0");
  for (const char* guard : {"rank(tp) == 0 and tp > 1", "tp > 1 and rank(tp) == 0",
                            "rank(tp) == 0 or tp == 1", "not (tp == 1 or rank(tp) > 0)"}) {
    EXPECT_EQ(told({shared, "y = x + shared(x)",
                    fmt::format("y = all_reduce(shared(x), tp)\nif {}: y += x", guard)}),
              "once_guard_wrong(x): 0")
        << guard;
  }
}

TEST(Classify, PartsOfTablesAndOfSingleExpertsWithoutTheirSumAreMissingReduce) {
  const std::string routed = "gate = 'linear(hidden, E)'\nexperts = 'experts(E / tp, inter)'";
  for (const char* k : {"1", "2"}) {
    const std::string program =
        fmt::format("p, ids = topk(gate(x), {})\ny = experts(x, ids, p)", k);
    EXPECT_EQ(told({routed, program, program}), "missing_reduce(experts) over tp: 0") << k;
  }
  EXPECT_EQ(told({"embed = 'table(vocab / tp, hidden)'", "y = embed(ids)", "y = embed(ids)",
                  "axes = ['tp'], tp = 2", "ids = 'tokens, index(vocab)'"}),
            "missing_reduce(embed) over tp: 0");
}

TEST(Classify, AnotherNumberOfFeaturesIsTokenLayout) {
  const std::string weight = "head = 'linear(hidden, hidden / tp)'";
  for (const char* program : {"y = head(x)", "y = all_reduce(head(x), tp)"}) {
    EXPECT_EQ(told({weight, "y = head(x)", program}), "token_layout") << program;
  }
}

TEST(Classify, ShareOfAnAddendWithoutItsSumIsOnceGuardWrong) {
  EXPECT_EQ(told({shared, "y = x + shared(x)", "y = all_reduce(shared(x), tp) + x / tp"}),
            "once_guard_wrong(x): 1/2 = 1/tp");
}

TEST(Classify, RowsInAnotherOrderAreTokenLayout) {
  EXPECT_EQ(told({"shared = 'mlp(inter)'", "y = shared(x)",
                  "y = all_gather(chunk(shared(x), dp * tp), tp * dp)", two_by_two}),
            "token_layout");
}

TEST(Classify, SumOfRowsThatEachRankCutsForItselfIsTokenLayout) {
  EXPECT_EQ(
      told({shared, "y = shared(x)", "y = all_gather(all_reduce(shared(chunk(x, tp)), tp), tp)"}),
      "token_layout(shared) over tp");
}

TEST(Classify, RowsThatDoNotFitTogetherAreTokenLayout) {
  TinyScenario t{shared, "y = shared(x)",
                 "y = all_gather(chunk(all_reduce(shared(x), tp), tp), tp)"};
  t.more = "sizes = { tokens = 5 }";
  EXPECT_EQ(told(t), "token_layout over tp");
}

TEST(Classify, PaddingLeftOnAnOutputIsTokenLayout) {
  EXPECT_EQ(told({shared, "y = shared(x)", "y = pad(all_reduce(shared(x), tp), tokens + 1)"}),
            "token_layout");
}

TEST(Classify, UninitialisedMemoryIsTokenLayoutOfThatName) {
  TinyScenario t{"w = 'linear(hidden, hidden)'", "y = w(quant(x, amax(x)))",
                 "z = pad(x, tokens + 2, garbage)\ny = w(quant(x, amax(z)))"};
  EXPECT_EQ(told(t), "token_layout(uninitialised)");
}

TEST(Classify, EveryRankThatHoldsAWrongValueIsNamed) {
  const TinyScenario layer{shared, "y = act(shared(x))", "y = act(shared(x))"};
  const Cell cell = checked(layer).cells[0];
  EXPECT_EQ(line_of(cell), "missing_reduce(shared) over tp: 0");
  EXPECT_EQ(cell.finding->ranks, (std::vector<int>{0, 1}));
}

TEST(Classify, UninitialisedMemoryInAnOutputIsNamed) {
  EXPECT_EQ(told({"", "y = x + sum(x, rows)", "y = x + sum(pad(x, tokens + 2, garbage), rows)"}),
            "token_layout(uninitialised)");
}

TEST(Classify, UninitialisedMemoryIsFollowedThroughWeights) {
  for (const std::string through : {"w(z)", "m(z)", "experts(z, ids, p)", "m(w(z)) * 2"}) {
    const std::string route_z = "p, ids = topk(gate(z), k)\n";
    TinyScenario t{
        "w = 'linear(hidden, hidden)'\nm = 'mlp(inter)'\ngate = 'linear(hidden, E)'\n"
        "experts = 'experts(E, inter)'",
        "z = x\n" + route_z + "y = quant(x, amax(" + through + "))",
        "z = pad(x, tokens + 2, garbage)\n" + route_z + "y = quant(x, amax(" + through + "))"};
    EXPECT_EQ(told(t), "token_layout(uninitialised)") << through;
  }
}

TEST(Classify, ScalarOnTheSumInsteadOfOneBranchIsScalePlacement) {
  EXPECT_EQ(told({shared + "\n" + routed + "\ns = 'scalar'",
                  route + "y = shared(x) + s * experts(x, ids, p)",
                  route + "y = s * all_reduce(shared(x) + experts(x, ids, p), tp)"}),
            "scale_placement(shared): s");
  EXPECT_EQ(told({shared + "\n" + routed + "\ns = 'scalar'",
                  route + "y = shared(x) + s * experts(x, ids, p)",
                  route + "y = all_reduce(shared(x) + experts(x, ids, p), tp)"}),
            "scale_placement(experts): s^-1");
}

TEST(Classify, ExpertOnTwoRanksOfTheSumIsOwnershipCount) {
  TinyScenario t{
      "gate = 'linear(hidden, E)'\n"
      "experts = 'experts(block(E, tp) + ([0] if rank(tp) == 1 else []), inter)'",
      route + "y = experts(x, ids, p)", route + "y = all_reduce(experts(x, ids, p), tp)",
      "axes = ['tp'], tp = 4"};
  EXPECT_EQ(told(t), "ownership_count(experts) over tp: 2");
}

TEST(Classify, ExpertOnNoRankIsOwnershipCount) {
  EXPECT_EQ(
      told({"gate = 'linear(hidden, E)'\nexperts = 'experts([2 * rank(tp)], inter)'",
            route + "y = experts(x, ids, p)", route + "y = all_reduce(experts(x, ids, p), tp)"}),
      "ownership_count(experts) over tp: 0");
}

TEST(Classify, ExpertsThatAllRanksHoldAreReplicatedBranchInSum) {
  TinyScenario t{
      "gate = 'linear(hidden, E)'\n"
      "experts = 'experts(E, inter)'",
      route + "y = experts(x, ids, p)", route + "y = all_reduce(experts(x, ids, p), tp)"};
  EXPECT_EQ(told(t), "replicated_branch_in_sum(experts) over tp: 2 = tp");
}

TEST(Classify, NormOverTheFeaturesOfOneRankIsNonlinearOnUnreduced) {
  EXPECT_EQ(told({"up = 'linear(hidden, inter / tp)'\ndown = 'linear(inter / tp, hidden)'",
                  "y = down(norm(up(x)))", "y = all_reduce(down(norm(up(x))), tp)"}),
            "nonlinear_on_unreduced");
}

TEST(Classify, CallThatSomeRankSkipsIsMismatchedCollective) {
  EXPECT_EQ(
      told({shared, "y = shared(x)", "y = shared(x)\nif rank(tp) == 0: y = all_reduce(y, tp)"}),
      "mismatched_collective over tp");
}

TEST(Classify, TermThatNobodyComputesIsMissingBranch) {
  EXPECT_EQ(told({shared + "\n" + routed, route + "y = shared(x) + experts(x, ids, p)",
                  "y = all_reduce(shared(x), tp)"}),
            "missing_branch(experts): 0");
}

const TinyScenario deferring{shared,
                             "y = x + shared(x)",
                             "a = shared(x)\n"
                             "if not fuse: a = all_reduce(a, tp)\n"
                             "section 'next layer'\n"
                             "y = x + all_reduce(a, tp)",
                             "axes = ['tp'], tp = 2",
                             "x = 'tokens, hidden'",
                             "y = 'tokens, hidden'",
                             "switch = { fuse = [false, true] }"};

using Lines = std::vector<std::string>;

TEST(Classify, DebtOfAnotherSectionPaidTwiceIsDeferredReduce) {
  EXPECT_EQ(told_of_all(deferring), (Lines{"deferred_reduce(shared) over tp: 2 = tp", "holds"}));
}

TEST(Classify, DebtThatIsPaidElsewhereInTheSweepButNotHereIsDeferredReduce) {
  TinyScenario t = deferring;
  t.distributed = "a = shared(x)\nsection 'next layer'\nif fuse: a = all_reduce(a, tp)\ny = x + a";
  EXPECT_EQ(told_of_all(t), (Lines{"deferred_reduce(shared) over tp: 0", "holds"}));
}

TEST(Classify, TwoSumsOfOneSectionAreNoDeferral) {
  TinyScenario t = deferring;
  t.distributed = "a = shared(x)\nif not fuse: a = all_reduce(a, tp)\ny = x + all_reduce(a, tp)";
  EXPECT_EQ(told_of_all(t), (Lines{"double_reduce(shared) over tp: 2 = tp", "holds"}));
}

TEST(Classify, DeferralTakesTheWholeSweep) {
  TinyScenario t = deferring;
  t.more = "switch = { fuse = [false] }";
  EXPECT_EQ(told_of_all(t), Lines{"double_reduce(shared) over tp: 2 = tp"});
}

}  // namespace
}  // namespace reducecheck
