// SPDX-License-Identifier: Apache-2.0
// Which faults a file's own layouts would notice.
#include "sim/mutate/mutate.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "sim/mutate/mutation_report.hpp"

namespace reducecheck {
namespace {

constexpr const char* merged = "y = all_reduce(a(x) + b(x), tp)";

Scenario layer(const std::string& mesh, const std::string& distributed = merged,
               const std::string& variants = "v = ''") {
  return loaded({.weights = "a = 'mlp(inter / tp)'\nb = 'mlp(shared_inter / tp)'",
                 .reference = "y = a(x) + b(x)",
                 .distributed = distributed,
                 .mesh = mesh,
                 .variants = variants});
}

MutationResult mutated(const Scenario& scenario, const CheckOptions& options = {}) {
  Diagnostics diagnostics;
  MutationResult result = mutate_scenario(scenario, options, false, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics, scenario.file, "");
  return result;
}

std::size_t count(const MutationResult& result, MutantOutcome outcome) {
  return counts_of(result)[static_cast<std::size_t>(outcome)];
}

/// The outcome of one edit.
const JudgedMutant& of(const MutationResult& result, const std::string& after) {
  for (const JudgedMutant& one : result.variants.at(0).mutants) {
    if (one.mutant.after == after) return one;
  }
  throw std::runtime_error("no edit to " + after);
}

TEST(Mutate, ALayoutOfOneRankMissesEveryReduction) {
  const MutationResult weak = mutated(layer("axes = ['tp'], ranks = 1"));
  const JudgedMutant& dropped = of(weak, "a(x) + b(x)");
  EXPECT_EQ(dropped.outcome, MutantOutcome::missed);
  EXPECT_EQ(dropped.layout.value().mesh, (std::vector<NamedSize>{{"tp", 2}}));
  EXPECT_EQ(dropped.defect_class, "missing_reduce");
  EXPECT_EQ(dropped.addition, "ranks = 2");
  EXPECT_GT(count(weak, MutantOutcome::missed), 10U);
  // A branch that is lost shows on one rank too.
  EXPECT_EQ(of(weak, "a(x)").outcome, MutantOutcome::caught);
}

TEST(Mutate, ItsStrongTwinCatchesAllOfThem) {
  const MutationResult strong = mutated(layer("axes = ['tp'], ranks = 2"));
  EXPECT_EQ(count(strong, MutantOutcome::missed), 0U) << mutation_text(strong, true);
  EXPECT_EQ(count(strong, MutantOutcome::undecided), 0U) << mutation_text(strong, true);
  EXPECT_EQ(of(strong, "a(x) + b(x)").outcome, MutantOutcome::caught);
}

TEST(Mutate, SizesThatTheListsLackAreNamed) {
  const Scenario ends =
      layer("axes = ['ep', 'tp'], ep = [1, 2], tp = [1, 2], where = 'ep == 1 or tp == 1'");
  const Scenario few = layer("axes = ['ep', 'tp'], ep = [1, 2], tp = [1, 2], ranks = 2");
  EXPECT_EQ(mesh_addition(few, {{2, 2}, {}}), "ranks = 4");
  EXPECT_EQ(mesh_addition(few, {{4, 1}, {}}), "ep = [1, 2, 4], ranks = 4");
  EXPECT_EQ(mesh_addition(few, {{2, 1}, {}}), "");
  EXPECT_EQ(mesh_addition(ends, {{2, 2}, {}}),
            "where = \"ep == 1 or tp == 1 or ep == 2 and tp == 2\"");
  const Scenario bounded =
      layer("axes = ['ep', 'tp'], ranks = 16, where = 'ep == 1 and tp in (1, 2) and ep < 2'");
  EXPECT_EQ(mesh_addition(bounded, {{3, 4}, {}}),
            "where = \"ep in (1, 3) and tp in (1, 2, 4) and ep < 4\"");
}

TEST(Mutate, WhereTheProgramIsWrongWithoutAnEditTooNothingIsMissed) {
  const MutationResult result = mutated(layer(
      "axes = ['tp'], tp = [1, 2]", "y = all_reduce(a(x) + b(x), tp)\nif tp == 4: y = y * 2"));
  const JudgedMutant& twice = of(result, "y * 2 * 2");
  EXPECT_EQ(twice.outcome, MutantOutcome::undecided);
  EXPECT_TRUE(twice.reason.starts_with("wrong beyond the sweep, ")) << twice.reason;
}

TEST(Mutate, AFileThatTriesTheEndsOnlyMissesWhatTheMiddleShows) {
  const std::string text =
      "y = a(x)\nif ep > 1 and tp > 1: y = all_reduce(y, both)\n"
      "if ep > 1 and tp == 1: y = all_reduce(y, ep)\nif ep == 1 and tp > 1: y = all_reduce(y, tp)";
  const auto swept = [&](const std::string& sizes) {
    return mutated(loaded({.weights = "a = 'mlp(inter / both)'",
                           .reference = "y = a(x)",
                           .distributed = text,
                           .mesh = "axes = ['ep', 'tp'], both = 'ep * tp', " + sizes}));
  };
  const JudgedMutant missed = of(swept("ranks = 3"), "all_reduce(y, both) / both");
  EXPECT_EQ(missed.outcome, MutantOutcome::missed) << missed.reason;
  EXPECT_EQ(missed.layout.value().mesh, (std::vector<NamedSize>{{"ep", 2}, {"tp", 2}}));
  EXPECT_EQ(missed.addition, "ranks = 4");
  const JudgedMutant bound = of(swept("ranks = 8, where = 'tp < 2'"), "all_reduce(y, both) / both");
  EXPECT_EQ(bound.addition, "where = \"tp < 3\"") << bound.reason;
  EXPECT_EQ(of(swept("ranks = 4"), "all_reduce(y, both) / both").outcome, MutantOutcome::caught);
}

TEST(Mutate, WhatIsTheSameForAllSizesIsProvedSo) {
  // A sum over an axis that has one rank in every layout.
  const MutationResult fixed = mutated(layer("axes = ['tp', 'pp'], tp = [1, 2], pp = 1",
                                             "y = all_reduce(all_reduce(a(x) + b(x), tp), pp)"));
  const JudgedMutant& dropped = of(fixed, "all_reduce(a(x) + b(x), tp)");
  EXPECT_EQ(dropped.outcome, MutantOutcome::equivalent);
  EXPECT_FALSE(dropped.layout);
  const MutationResult again = mutated(layer(
      "axes = ['tp'], tp = [1, 2]", "y = all_reduce(all_reduce(a(x) + b(x), tp), tp, op=\"max\")"));
  EXPECT_EQ(of(again, "all_reduce(a(x) + b(x), tp)").outcome, MutantOutcome::equivalent);
}

TEST(Mutate, TextsWithoutAMeaningAreCountedApart) {
  const MutationResult result =
      mutated(layer("axes = ['tp'], tp = [1, 2]", "y = a(x) + b(x)\ny = all_reduce(y, tp)"));
  const JudgedMutant& early = of(result, "y = all_reduce(y, tp); y = a(x) + b(x)");
  EXPECT_EQ(early.outcome, MutantOutcome::invalid);
  EXPECT_EQ(early.reason, "`y` has no value here");
}

TEST(Mutate, ARestrictedSweepIsNotTheFilesFault) {
  CheckOptions one_rank;
  one_rank.mesh["tp"] = 1;
  const JudgedMutant dropped =
      of(mutated(layer("axes = ['tp'], tp = [1, 2]"), one_rank), "a(x) + b(x)");
  EXPECT_EQ(dropped.outcome, MutantOutcome::missed);
  EXPECT_EQ(dropped.addition, "");
  EXPECT_TRUE(dropped.reason.starts_with("the file has this layout, ")) << dropped.reason;
}

TEST(Mutate, OnlyProgramsThatHoldAreMutated) {
  const MutationResult result = mutated(layer("axes = ['tp'], tp = [1, 2]",
                                              "if sums: y = all_reduce(a(x) + b(x), tp)\n"
                                              "if not sums: y = a(x) + b(x)",
                                              "bad = 'sums = False'\ngood = 'sums = True'"));
  ASSERT_EQ(result.variants.size(), 2U);
  EXPECT_EQ(result.variants[0].wrong, 1U);
  EXPECT_TRUE(result.variants[0].mutants.empty());
  EXPECT_EQ(result.variants[1].wrong, 0U);
  EXPECT_FALSE(result.variants[1].mutants.empty());
}

TEST(Mutate, ThreadsChangeNothing) {
  const Scenario scenario = layer("axes = ['tp', 'ep'], ranks = 4");
  std::vector<std::string> reports;
  for (const int threads : {1, 3}) {
    CheckOptions options;
    options.threads = threads;
    reports.push_back(mutation_json({mutated(scenario, options)}, false, "v", 1));
  }
  EXPECT_EQ(reports[0], reports[1]);
}

TEST(MutationText, NamesEachMissedEditItsLayoutAndWhatToAdd) {
  const std::string text = mutation_text(mutated(layer("axes = ['tp'], ranks = 1")), false);
  EXPECT_NE(text.find("tiny.toml:15:5: missed: all_reduce(a(x) + b(x), tp) -> a(x) + b(x)  "
                      "[drop_collective]\n"
                      "  wrong at tp=2: missing_reduce(a, b); to catch it, in mesh: ranks = 2\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace reducecheck
