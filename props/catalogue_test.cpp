// SPDX-License-Identifier: Apache-2.0
// The shipped catalogue: every file loads and gives what it expects, and single faults that are
// planted in its right variants are found and named.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "props/fault_experiment.hpp"
#include "props/judged.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"

namespace reducecheck::props {
namespace {

const std::string directory = REDUCECHECK_SOURCE_DIR "/scenarios/catalogue";

// What the first version shipped; the catalogue only grows.
constexpr std::size_t shipped_files = 76;

TEST(Catalogue, EveryFileGivesWhatItExpects) {
  const std::vector<Scenario> scenarios = catalogue(directory);
  EXPECT_GE(scenarios.size(), shipped_files);
  for (const Scenario& scenario : scenarios) {
    const ScenarioResult result = judged(scenario);
    EXPECT_EQ(result.unexpected(), 0U) << scenario.file;
    EXPECT_EQ(result.undecided(), 0U) << scenario.file;
    EXPECT_FALSE(result.cells.empty()) << scenario.file;
  }
}

TEST(Catalogue, EveryFileSurvivesPrinting) {
  for (const Scenario& scenario : catalogue(directory)) {
    const std::string text = print_scenario(scenario);
    Diagnostics diagnostics;
    const auto again = load_scenario(text, scenario.file, diagnostics);
    ASSERT_TRUE(again) << render(diagnostics, scenario.file, text);
    EXPECT_EQ(*again, scenario) << text;
  }
}

// The whole experiment is a test of its own, labelled slow.
TEST(Catalogue, EverySeventhPlantedFaultIsNamed) {
  const FaultTotals totals = plant_all(catalogue(directory), 0, 7, false);
  fmt::print("{}", table(totals));
  for (const std::string& one : failure_texts(totals)) ADD_FAILURE() << one;
  EXPECT_EQ(totals.planted, totals.found + totals.harmless + totals.ill_formed);
}

}  // namespace
}  // namespace reducecheck::props
