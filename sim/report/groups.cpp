// SPDX-License-Identifier: Apache-2.0
#include "sim/report/groups.hpp"

#include <algorithm>
#include <tuple>

namespace reducecheck {
namespace {

std::string class_of(const Cell& cell) {
  if (cell.verdict != Verdict::defect) return "";
  return cell.finding ? cell.finding->defect_class : "unclassified";
}

std::vector<std::string> branches_of(const Cell& cell) {
  return cell.verdict == Verdict::defect && cell.finding ? cell.finding->branches
                                                         : std::vector<std::string>{};
}

/// Defects first, in the order of the conditions, and what holds last.
std::size_t order_of(const CellGroup& group, const ScenarioResult& result) {
  const std::size_t last = result.conditions.size();
  switch (group.verdict) {
    case Verdict::defect:
      return group.condition == nullptr
                 ? last
                 : static_cast<std::size_t>(group.condition - result.conditions.data());
    case Verdict::wasteful: return last + 1;
    case Verdict::undecided: return last + 2;
    case Verdict::holds: break;
  }
  return last + 3;
}

const Condition* condition_of(const CellGroup& group, const ScenarioResult& result) {
  if (group.verdict != Verdict::defect) return nullptr;
  const auto found = std::ranges::find_if(result.conditions, [&](const Condition& condition) {
    return condition.variant == group.variant && condition.defect_class == group.defect_class &&
           condition.branches == group.branches;
  });
  return found == result.conditions.end() ? nullptr : &*found;
}

void complete(CellGroup& group, const ScenarioResult& result) {
  const auto fewer_ranks = [](const Cell* a, const Cell* b) {
    return a->configuration.ranks < b->configuration.ranks;
  };
  group.condition = condition_of(group, result);
  group.smallest = *std::ranges::min_element(group.cells, fewer_ranks);
  if (group.condition != nullptr && group.condition->smallest < result.cells.size()) {
    group.smallest = &result.cells[group.condition->smallest];
  }
  for (const Cell* cell : group.cells) {
    if (cell->as_expected) continue;
    ++group.unexpected;
    if (group.smallest_unexpected == nullptr || fewer_ranks(cell, group.smallest_unexpected)) {
      group.smallest_unexpected = cell;
    }
  }
}

std::vector<CellGroup> groups_of(const std::string& variant, const ScenarioResult& result) {
  std::vector<CellGroup> groups;
  std::size_t layouts = 0;
  for (const Cell& cell : result.cells) {
    if (cell.variant != variant) continue;
    ++layouts;
    const std::string defect_class = class_of(cell);
    const std::vector<std::string> branches = branches_of(cell);
    auto group = std::ranges::find_if(groups, [&](const CellGroup& candidate) {
      return candidate.verdict == cell.verdict && candidate.defect_class == defect_class &&
             candidate.branches == branches;
    });
    if (group == groups.end()) {
      CellGroup fresh;
      fresh.variant = variant;
      fresh.verdict = cell.verdict;
      fresh.defect_class = defect_class;
      fresh.branches = branches;
      group = groups.insert(groups.end(), std::move(fresh));
    }
    group->cells.push_back(&cell);
  }
  for (CellGroup& group : groups) {
    complete(group, result);
    group.layouts = layouts;
    group.alone = groups.size() == 1;
  }
  std::ranges::stable_sort(groups, {},
                           [&](const CellGroup& group) { return order_of(group, result); });
  return groups;
}

}  // namespace

bool CellGroup::worth_a_line() const {
  return verdict != Verdict::holds || alone || unexpected > 0;
}

std::vector<std::string> variant_names(const ScenarioResult& result) {
  std::vector<std::string> names;
  for (const Cell& cell : result.cells) {
    if (std::ranges::find(names, cell.variant) == names.end()) names.push_back(cell.variant);
  }
  return names;
}

std::vector<CellGroup> group_cells(const ScenarioResult& result) {
  std::vector<CellGroup> all;
  for (const std::string& variant : variant_names(result)) {
    for (CellGroup& group : groups_of(variant, result)) all.push_back(std::move(group));
  }
  return all;
}

Totals totals(const Report& report) {
  Totals sum;
  sum.scenarios = report.scenarios.size();
  for (const ScenarioResult& result : report.scenarios) {
    sum.variants += variant_names(result).size();
    sum.cells += result.cells.size();
    sum.unexpected += result.unexpected();
    sum.undecided += result.undecided();
    sum.not_run += result.not_run;
    sum.skipped += result.skipped;
    sum.beyond_rounding += static_cast<std::size_t>(
        std::ranges::count(result.bits, RoundingVerdict::defect,
                           [](const BitComparison& bits) { return bits.rounding.verdict; }));
  }
  sum.as_expected = sum.cells - sum.unexpected - sum.undecided;
  return sum;
}

}  // namespace reducecheck
