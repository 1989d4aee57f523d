// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/verdict.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

const std::string half_mlp = "w = 'mlp(inter / tp)'";

std::vector<WrongOutput> wrong_of(const TinyScenario& tiny, std::uint64_t seed = 1) {
  const Plan plan = unrolled(tiny);
  Interpreter<Prime> values;
  values.load(plan);
  values.run(seed);
  const OutputJudge judge(plan, plan.variants[0]);
  const auto wrong = judge.wrong(values);
  EXPECT_EQ(judge.holds(values), wrong.empty());
  return wrong;
}

TEST(Verdict, HoldsWhenEveryElementIsRight) {
  EXPECT_TRUE(wrong_of({half_mlp, "y = w(x)", "y = all_reduce(w(x), tp)"}).empty());
}

TEST(Verdict, NamesTheWrongRowsOfEachRank) {
  const auto wrong = wrong_of(
      {half_mlp, "y = w(x)", "z = all_reduce(w(x), tp)\ny = cat(z[0:1], z[1:3] * 2, z[3:])"});
  ASSERT_EQ(wrong.size(), 2U);
  EXPECT_EQ(wrong[1].rank, 1);
  EXPECT_EQ(wrong[1].rows, (std::vector{1, 2}));
}

TEST(Verdict, NamesTheRanksThatAreWrong) {
  const auto wrong = wrong_of({"", "y = x", "y = x if rank(tp) == 0 else 2 * x"});
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0].rank, 1);
}

TEST(Verdict, WrongShapeIsToldAndAllRowsAreWrong) {
  const auto rows = wrong_of({"", "y = x", "y = x[1:]"});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].detail, "3 rows where 4 are required");
  EXPECT_EQ(rows[0].rows, (std::vector{0, 1, 2}));
  const auto more = wrong_of({"", "y = x", "y = cat(x, x[:1])"});
  EXPECT_EQ(more[0].detail, "5 rows where 4 are required");
  EXPECT_EQ(more[0].rows, (std::vector{0, 1, 2, 3, 4}));
  const auto features = wrong_of({"", "y = x", "y = take(x, 0)"});
  EXPECT_EQ(features[0].detail, "1 features where 4 are required");
}

TEST(Verdict, RowsInAnotherOrderAreToldByTheirTokens) {
  const auto wrong = wrong_of({"", "y = x", "y = cat(x[1:], x[:1])"});
  EXPECT_EQ(wrong[0].detail, "row 0: token (0, 1) where token (0, 0) is required");
}

TEST(Verdict, WhatStandsInARowIsDescribed) {
  const auto detail = [](const std::string& distributed) {
    const auto wrong = wrong_of({"", "y = x", distributed});
    return wrong.empty() ? "" : wrong[0].detail;
  };
  EXPECT_EQ(detail("y = pad(x[:3], tokens, garbage)"),
            "row 3: uninitialised memory where token (0, 3) is required");
  EXPECT_EQ(detail("y = pad(x[:3], tokens)"), "row 3: padding where token (0, 3) is required");
  EXPECT_EQ(detail("y = cat(x[:3], x[:1] + x[1:2])"),
            "row 3: a mix of tokens where token (0, 3) is required");
}

TEST(Verdict, IdentityIsNotRead) {
  // The rows are mixed by name, and right by value.
  EXPECT_TRUE(
      wrong_of({"", "y = x", "y = x + (x[0:4] - x) + (cat(x[1:], x[:1]) - cat(x[1:], x[:1]))"})
          .empty());
}

TEST(Verdict, OutputsAreJudgedOneByOne) {
  TinyScenario t{half_mlp, "y = w(x)\nz = act(x)", "y = w(x)\nz = act(x)"};
  t.output = "y = 'tokens, hidden', z = 'tokens, hidden'";
  for (const WrongOutput& wrong : wrong_of(t)) EXPECT_EQ(wrong.output, 0);
}

TEST(Verdict, RequirementMayBeASliceOfRowsAndFeatures) {
  TinyScenario t{half_mlp, "y = w(x)", "y = reduce_scatter(w(x), tp)"};
  t.output = "y = 'tokens // tp, hidden'";
  EXPECT_TRUE(wrong_of(t).empty());
  t.distributed = "y = reduce_scatter(w(x), tp, dim=cols)";
  t.output = "y = 'tokens, hidden / tp'";
  EXPECT_TRUE(wrong_of(t).empty());
  t.distributed =
      "z = reduce_scatter(w(x), tp, dim=cols)\ny = z if rank(tp) == 1 else broadcast(z, tp)";
  t.distributed = "y = broadcast(reduce_scatter(w(x), tp, dim=cols), tp)";
  const auto wrong = wrong_of(t);
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_EQ(wrong[0].rank, 1);
}

RC_GTEST_PROP(Verdict, DoesNotDependOnTheSeed, (std::uint64_t seed)) {
  static const TinyScenario right{half_mlp, "y = w(x)", "y = all_reduce(w(x), tp)"};
  static const TinyScenario wrong{half_mlp, "y = w(x)", "y = w(x)"};
  RC_ASSERT(wrong_of(right, seed).empty());
  RC_ASSERT(wrong_of(wrong, seed).size() == 2U);
}

}  // namespace
}  // namespace reducecheck
