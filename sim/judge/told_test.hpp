// SPDX-License-Identifier: Apache-2.0
// What the judge says of a scenario, in one line for each cell.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/unroll/tiny_scenario_test.hpp"
#include "sim/judge/check.hpp"

namespace reducecheck {

/// The check of a scenario in which nothing is wrong with the text.
inline ScenarioResult checked(const Scenario& scenario, const CheckOptions& options = {}) {
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(scenario, options, diagnostics);
  EXPECT_EQ(render(diagnostics, "tiny.toml", ""), "");
  return result;
}

inline ScenarioResult checked(const TinyScenario& tiny, const CheckOptions& options = {}) {
  return checked(loaded(tiny), options);
}

/// `holds`, or `double_reduce(shared) over tp: 2 = tp`.
inline std::string line_of(const Cell& cell) {
  if (!cell.finding) return spelling(cell.verdict);
  const Finding& f = *cell.finding;
  std::string text = f.defect_class;
  if (!f.branches.empty()) text += fmt::format("({})", fmt::join(f.branches, ", "));
  if (!f.group.empty()) text += " over " + f.group;
  if (!f.coefficient.empty()) text += ": " + f.coefficient;
  return text;
}

inline std::vector<std::string> lines_of(const ScenarioResult& result) {
  std::vector<std::string> lines;
  for (const Cell& cell : result.cells) lines.push_back(line_of(cell));
  return lines;
}

/// What is told of every cell, in their order.
inline std::vector<std::string> told_of_all(const TinyScenario& tiny) {
  return lines_of(checked(tiny));
}

/// What is told of a scenario that has one cell.
inline std::string told(const TinyScenario& tiny) {
  const std::vector<std::string> lines = told_of_all(tiny);
  EXPECT_EQ(lines.size(), 1U);
  return lines.empty() ? "" : lines[0];
}

}  // namespace reducecheck
