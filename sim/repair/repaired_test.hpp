// SPDX-License-Identifier: Apache-2.0
// Scenarios of the catalogue and of a few lines, checked and repaired.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"
#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "sim/judge/check.hpp"
#include "sim/repair/repair.hpp"

namespace reducecheck::repair {

inline Scenario from_text(const std::string& text, const std::string& file) {
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(text, file, diagnostics);
  EXPECT_TRUE(scenario) << render(diagnostics, file, text) << text;
  return scenario.value_or(Scenario{});
}

inline Scenario from_catalogue(const std::string& name) {
  const std::string file = "scenarios/catalogue/" + name + ".toml";
  std::ifstream stream(file);
  std::stringstream text;
  text << stream.rdbuf();
  return from_text(text.str(), file);
}

inline ScenarioResult sweep_of(const Scenario& scenario) {
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(scenario, {}, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics, scenario.file, "");
  return result;
}

/// The variants that are wrong somewhere.
inline std::vector<std::string> failing_variants(const ScenarioResult& result) {
  std::vector<std::string> names;
  for (const Condition& one : result.conditions) {
    if (std::ranges::find(names, one.variant) == names.end()) names.push_back(one.variant);
  }
  return names;
}

inline RepairReport repaired(const Scenario& scenario, const std::string& variant = "buggy",
                             const RepairOptions& options = {}) {
  return find_repairs(scenario, sweep_of(scenario), variant, options);
}

/// Whether every layout holds with the text of the repair, read as a file.
inline bool holds_everywhere(const Repair& repair) {
  const ScenarioResult result = sweep_of(from_text(print_scenario(repair.scenario), "repair.toml"));
  return !result.cells.empty() && std::ranges::all_of(result.cells, [](const Cell& cell) {
    return cell.verdict == Verdict::holds;
  });
}

inline std::vector<std::string> words_of(const std::vector<Repair>& repairs) {
  std::vector<std::string> words;
  for (const Repair& one : repairs) words.push_back(one.words);
  return words;
}

}  // namespace reducecheck::repair
