// SPDX-License-Identifier: Apache-2.0
// What `[expect]` says of a cell.
#include <fmt/format.h>

#include <set>

#include "sim/judge/cell.hpp"

namespace reducecheck {

std::string spelled(const ExpectedVerdict* expected) {
  if (expected == nullptr || expected->verdict == "holds") return "holds";
  std::string branches;
  for (const std::string& branch : expected->branches) {
    branches += (branches.empty() ? "" : ", ") + branch;
  }
  return branches.empty() ? expected->verdict : fmt::format("{}({})", expected->verdict, branches);
}

bool matches(const Cell& cell, const ExpectedVerdict* expected) {
  if (expected == nullptr || expected->verdict == "holds") return cell.verdict == Verdict::holds;
  if (cell.verdict != Verdict::defect || cell.finding->defect_class != expected->verdict) {
    return false;
  }
  if (expected->branches.empty()) return true;
  const std::set<std::string> wanted(expected->branches.begin(), expected->branches.end());
  return wanted ==
         std::set<std::string>(cell.finding->branches.begin(), cell.finding->branches.end());
}

const ExpectedVerdict* expected_verdict(const Scope& scope, const std::string& variant) {
  for (const Expectation& expectation : scope.scenario().expectations) {
    if (expectation.variant != variant) continue;
    for (const ExpectedVerdict& verdict : expectation.verdicts) {
      if (verdict.when.kind == ExprKind::absent ||
          as_condition(scope.evaluate(verdict.when), verdict.when.at)) {
        return &verdict;
      }
    }
  }
  return nullptr;
}

}  // namespace reducecheck
