// SPDX-License-Identifier: Apache-2.0
// Results made by hand for the tests of the reports: one variant that doubles a branch for tp > 1,
// and one that holds.
#pragma once

#include <string>
#include <utility>

#include "sim/report/result.hpp"

namespace reducecheck::sample {

inline Configured layout(std::int64_t tp) {
  Configured configured;
  configured.mesh = {{"tp", tp}};
  configured.ranks = tp;
  return configured;
}

inline Finding doubled(std::int64_t tp) {
  Finding finding;
  finding.defect_class = "double_reduce";
  finding.branches = {"shared"};
  finding.coefficient = std::to_string(tp) + " = tp";
  finding.group = "tp";
  for (int rank = 0; rank < tp; ++rank) finding.ranks.push_back(rank);
  finding.operation = "all_reduce(y, tp)";
  finding.at = {28, 16};
  finding.output = "y";
  finding.detail = "`shared` is complete over tp when it is summed again.";
  return finding;
}

inline Cell cell(std::string variant, Configured configuration) {
  Cell made;
  made.configuration = std::move(configuration);
  made.variant = std::move(variant);
  made.verdict = Verdict::holds;
  made.expected = "holds";
  made.as_expected = true;
  made.collectives = 2;
  made.bytes = 4096;
  return made;
}

/// `buggy` fails for tp=2 and tp=4, as the file expects; `fixed` holds.
inline ScenarioResult aria() {
  ScenarioResult result;
  result.file = "aria.toml";
  result.title = "Aria: summed twice";
  result.source = "https://example.org/49366";
  result.seed = 7;
  result.shape = "toy";
  result.layouts = 3;
  for (const std::int64_t tp : {1, 2, 4}) {
    Cell buggy = cell("buggy", layout(tp));
    if (tp > 1) {
      buggy.verdict = Verdict::defect;
      buggy.finding = doubled(tp);
      buggy.expected = "double_reduce(shared)";
    }
    result.cells.push_back(std::move(buggy));
  }
  for (const std::int64_t tp : {1, 2, 4}) result.cells.push_back(cell("fixed", layout(tp)));
  result.conditions = {{"buggy", "double_reduce", {"shared"}, "tp > 1", 2, 3, 1}};
  return result;
}

/// As aria(), but the file expects nothing of `buggy`.
inline ScenarioResult surprising_aria() {
  ScenarioResult result = aria();
  for (Cell& one : result.cells) {
    one.expected = "holds";
    one.as_expected = one.verdict == Verdict::holds;
  }
  return result;
}

/// `variant` fails where 1 < ep < tp, in a sweep of two axes.
inline ScenarioResult middle_layouts() {
  ScenarioResult result;
  result.file = "middle.toml";
  result.title = "The end points hide the middle";
  result.layouts = 6;
  for (const auto& [ep, moe_tp] : {std::pair{1, 1}, {1, 2}, {2, 1}, {1, 4}, {2, 2}, {4, 1}}) {
    Configured configured;
    configured.mesh = {{"ep", ep}, {"moe_tp", moe_tp}};
    configured.ranks = ep * moe_tp;
    Cell made = cell("fused", configured);
    if (ep > 1 && moe_tp > 1) {
      made.verdict = Verdict::defect;
      made.finding = Finding{};
      made.finding->defect_class = "wrong_group";
      made.finding->branches = {"experts"};
      made.finding->coefficient = "partly";
      made.finding->group = "ep";
      made.finding->ranks = {0, 1, 2, 3};
      made.expected = "wrong_group(experts)";
    }
    result.cells.push_back(std::move(made));
  }
  result.conditions = {{"fused", "wrong_group", {"experts"}, "ep > 1 and moe_tp > 1", 1, 6, 4}};
  return result;
}

inline Report report_of(ScenarioResult result) {
  Report report;
  report.version = "0.1.0 (1a2b3c4)";
  report.seed = 7;
  report.scenarios.push_back(std::move(result));
  return report;
}

}  // namespace reducecheck::sample
