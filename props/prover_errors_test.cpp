// SPDX-License-Identifier: Apache-2.0
// Errors of earlier drafts of the prover, each as a small program with what is right to say of it.
// Two of the twelve cannot be said in this language: that a constant 1 / dp of the reference keeps
// its size (a reference knows no mesh), and that one input does not tell piecewise linear functions
// apart (an exact run takes three, whatever the program).
#include <gtest/gtest.h>

#include <map>

#include "props/prover_agreement.hpp"
#include "props/prover_small.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck::props {
namespace {

/// What must be said of a configuration, by the sizes of a and b.
using Sizes = std::pair<std::int64_t, std::int64_t>;
using Verdicts = std::map<Sizes, Verdict>;

constexpr Verdict holds = Verdict::holds;
constexpr Verdict defect = Verdict::defect;
constexpr Verdict undecided = Verdict::undecided;

void expect(const Small& small, const Verdicts& wanted) {
  const Scenario scenario = scenario_of(small);
  std::vector<Configuration> at;
  for (const auto& [sizes, verdict] : wanted) {
    at.push_back({{sizes.first, sizes.second}, {}});
    if (!scenario.switches.empty()) at.back().switches = {true};
  }
  const std::vector<Verdict> said = prove_beside(scenario, 0, at).verdicts;
  std::size_t i = 0;
  for (const auto& [sizes, verdict] : wanted) {
    EXPECT_STREQ(spelling(said[i]), spelling(verdict))
        << small.name << " at " << text_of(scenario, at[i]);
    ++i;
  }
  const Variant& variant = *prove::variants_of(scenario).front();
  const Agreement one = compared(scenario, variant, configurations(scenario, 8));
  EXPECT_TRUE(one.disagreements.empty()) << one.disagreements.front();
}

TEST(ProverErrors, TheRowsOfAGroupOfOneRankExist) {
  expect({"group of one", "y = x", "y = all_gather(chunk(all_gather(chunk(x, a), b), b), a)"},
         {{{1, 1}, holds}, {{1, 2}, holds}, {{2, 2}, holds}});
}

TEST(ProverErrors, AMaximumOfOneFeatureIsThatFeature) {
  // Right, and beyond the rules: no defect, and not proved.
  expect({"one feature", "y = max(x) + x", "y = 2 * max(x)", "",
          "input = { x = \"tokens, 1\" }\noutput = { y = \"tokens, 1\" }"},
         {{{1, 1}, undecided}, {{2, 1}, undecided}});
}

TEST(ProverErrors, ThePartOfTheFirstRankOfAProductIsThatPartTimesTheRest) {
  const Small small{"first part", "y = x",
                    "h = m(x)\ny = x + broadcast(h * g, a) - broadcast(h, a) * g",
                    "m = \"mlp(inter / a)\"\ng = \"vector(hidden)\""};
  const Scenario scenario = scenario_of(small);
  const auto said = prove_beside(scenario, 0, {{{2, 1}, {}}, {{1, 1}, {}}}).verdicts;
  EXPECT_NE(said[0], defect);
  EXPECT_EQ(said[1], holds);
}

TEST(ProverErrors, ZeroOfTheOtherRanksIsAnOperandOfAMaximum) {
  const Small small{"zero in a maximum", "y = x",
                    "y = all_reduce(-x if rank(a) == 0 else 0 * x, a, op=\"max\")"};
  expect(small, {{{1, 1}, defect}, {{2, 1}, defect}});
}

TEST(ProverErrors, CopiesOfAGatherHaveNoOrder) {
  expect({"copies", "y = x",
          "h = all_gather(all_gather(x, a), b)\ng = all_gather(all_gather(x, b), a)\n"
          "y = x + chunk(chunk(h - g, b), a)"},
         {{{1, 1}, holds}, {{2, 2}, holds}, {{2, 3}, holds}});
}

TEST(ProverErrors, ALinearOfAPendingMaximumIsNone) {
  expect({"linear of a maximum", "y = w(max(x))", "y = all_reduce(w(max(x)), a, op=\"max\")",
          "w = \"linear(1, hidden)\"", "input = { x = \"tokens, hidden / a\" }"},
         {{{1, 1}, holds}, {{2, 1}, defect}, {{3, 1}, defect}});
}

TEST(ProverErrors, ADifferenceThatVanishesWhereverTheConditionLetsIt) {
  expect({"finite region", "y = x", "y = x * a / 2 if a > 1 and a < 3 else x"},
         {{{1, 1}, holds}, {{2, 1}, holds}, {{5, 1}, holds}});
  expect({"two roots", "y = x", "y = x + (a - 2) * x * (a - 3) if a > 1 and a < 4 else x"},
         {{{1, 1}, holds}, {{2, 1}, holds}, {{3, 1}, holds}, {{4, 1}, holds}});
}

TEST(ProverErrors, AFactorOfARowStandsOutsideALinear) {
  expect(
      {"factor of a row", "y = w(x) * g", "y = all_reduce(w(x * g), a)",
       "w = \"linear(hidden, hidden)\"", "input = { x = \"tokens, hidden\", g = \"tokens, 1\" }"},
      {{{1, 1}, holds}, {{2, 1}, defect}});
}

TEST(ProverErrors, WhatACaseDoesNotRunIsNotBlamed) {
  expect({"unused operation", "y = m(x)",
          "h = all_reduce(m(x), a)\ny = all_reduce(h, b)\nif flag: y = h", "m = \"mlp(inter / a)\"",
          "switch = { flag = [true, false] }"},
         {{{1, 1}, holds}, {{2, 2}, holds}});
}

TEST(ProverErrors, MergedSizesMayContradictAnEarlierComparison) {
  expect({"merged sizes", "y = x",
          "y = x\nif a > b:\n    if a == b: y = 2 * x\nif a == b and a < 3:\n"
          "    if b > 3: y = 2 * x"},
         {{{1, 1}, holds}, {{2, 2}, holds}, {{3, 2}, holds}, {{4, 4}, holds}});
}

}  // namespace
}  // namespace reducecheck::props
