// SPDX-License-Identifier: Apache-2.0
// Random programs: right ones are right, interpreters agree, and a verdict that is wrong is found,
// made small, saved and found again in what was saved.
#include "sim/fuzz/fuzz.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"
#include "scenarios/program/printer.hpp"
#include "sim/fuzz/random_layer.hpp"
#include "sim/fuzz/shrink_program.hpp"

namespace reducecheck {
namespace {

Scenario saved_and_loaded(const Scenario& scenario) {
  Diagnostics diagnostics;
  const std::string text = print_scenario(scenario);
  const auto loaded = load_scenario(text, "saved.toml", diagnostics);
  EXPECT_TRUE(loaded) << render(diagnostics, "saved.toml", text);
  return loaded.value_or(Scenario{});
}

TEST(RandomLayer, IsRightInEveryLayout) {
  for (std::uint64_t index = 0; index < 60; ++index) {
    FuzzDraw draw(7, index);
    const Scenario scenario = right_layer(draw);
    const ProgramComparison one = compare_program(scenario, 1, 4, proved_verdicts);
    EXPECT_EQ(one.wrong + one.meaningless, 0U) << print_scenario(scenario);
    EXPECT_GT(one.right, 0U);
    EXPECT_FALSE(one.disagreement) << one.disagreement->sentence << print_scenario(scenario);
  }
}

TEST(RandomProgram, IsTheSameForTheSameNumbers) {
  EXPECT_EQ(random_program(3, 5), random_program(3, 5));
  EXPECT_NE(print_scenario(random_program(3, 5)), print_scenario(random_program(3, 6)));
  EXPECT_NE(print_scenario(random_program(3, 5)), print_scenario(random_program(4, 5)));
}

TEST(Fuzz, InterpretersAgreeOnRightAndWrongPrograms) {
  FuzzOptions options;
  options.programs = 80;
  const FuzzResult result = fuzz_programs(options);
  EXPECT_EQ(result.programs, 80U);
  for (const FuzzFinding& one : result.findings) {
    ADD_FAILURE() << one.sentence << '\n' << print_scenario(one.scenario);
  }
  const ProgramComparison& cells = result.cells;
  EXPECT_EQ(cells.right + cells.wrong, cells.cells);
  EXPECT_GT(5 * cells.right, cells.cells);
  EXPECT_GT(10 * cells.wrong, cells.cells);
  EXPECT_GT(10 * cells.modulo_64, cells.cells);
  EXPECT_LT(10 * cells.undecided, cells.cells);
}

TEST(Fuzz, ThreadsChangeNothing) {
  FuzzOptions options;
  options.programs = 15;
  options.seed = 9;
  options.threads = 1;
  const FuzzResult one = fuzz_programs(options);
  options.threads = 3;
  const FuzzResult three = fuzz_programs(options);
  EXPECT_EQ(one.cells.right, three.cells.right);
  EXPECT_EQ(one.cells.wrong, three.cells.wrong);
  EXPECT_EQ(one.cells.undecided, three.cells.undecided);
  EXPECT_EQ(one.right_programs, three.right_programs);
}

/// A prover that overlooks every defect of three or more ranks.
std::vector<Verdict> hasty_verdicts(const Scenario& scenario,
                                    const std::vector<Configuration>& configurations) {
  std::vector<Verdict> verdicts = proved_verdicts(scenario, configurations);
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    std::int64_t ranks = 1;
    for (const std::int64_t size : configurations[i].axes) ranks *= size;
    if (ranks > 2 && verdicts[i] == Verdict::defect) verdicts[i] = Verdict::holds;
  }
  return verdicts;
}

TEST(Fuzz, AWrongVerdictIsFoundMadeSmallSavedAndFoundAgain) {
  FuzzOptions options;
  options.programs = 20;
  options.ranks = 4;
  options.prover = hasty_verdicts;
  options.shrunk = 1;
  const FuzzResult result = fuzz_programs(options);
  EXPECT_GT(result.disagreements, 2U);
  ASSERT_EQ(result.findings.size(), 1U);
  const FuzzFinding& found = result.findings.front();
  EXPECT_NE(found.sentence.find("wrong in the exact run, right says the prover"), std::string::npos)
      << found.sentence;
  // Small: one statement on either side says it.
  EXPECT_LE(found.scenario.distributed.size() + found.scenario.reference.size(), 3U)
      << print_scenario(found.scenario);
  const Scenario again = saved_and_loaded(found.scenario);
  EXPECT_EQ(again, found.scenario);
  const ProgramComparison replayed =
      compare_program(again, options.seed, options.ranks, hasty_verdicts);
  ASSERT_TRUE(replayed.disagreement);
  EXPECT_EQ(replayed.disagreement->sentence, found.sentence);
  EXPECT_FALSE(compare_program(again, options.seed, options.ranks, proved_verdicts).disagreement);
}

TEST(Shrink, KeepsWhatIsAskedForAndDropsTheRest) {
  const Scenario scenario = random_program(1, 2);
  const Configuration at{std::vector<std::int64_t>(scenario.axes.size(), 1), {}};
  const auto sums = [](const Scenario& one) {
    return print(one.distributed).find("all_reduce") != std::string::npos;
  };
  const Scenario small = shrunk_program(scenario, at, sums);
  EXPECT_TRUE(sums(small));
  EXPECT_LE(small.distributed.size(), 2U) << print_scenario(small);
}

}  // namespace
}  // namespace reducecheck
