// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/trial.hpp"

#include <algorithm>
#include <utility>

#include "scenarios/program/printer.hpp"
#include "sim/repair/facts.hpp"
#include "sim/report/minimal.hpp"

namespace reducecheck::repair {
namespace {

/// Layouts that are looked at before a whole sweep is paid for.
constexpr std::size_t probes_of_each = 4;

bool holds(const Cell& cell) {
  return cell.verdict == Verdict::holds || cell.verdict == Verdict::wasteful;
}

std::int64_t ranks_of(const Cell* cell) {
  return cell->configuration.ranks;
}

/// In how many axes and switches two layouts differ.
std::size_t differences(const Cell& a, const Cell& b) {
  std::size_t count = 0;
  const Configured& left = a.configuration;
  const Configured& right = b.configuration;
  for (std::size_t i = 0; i < left.mesh.size(); ++i) count += left.mesh[i] != right.mesh[i];
  for (std::size_t i = 0; i < left.switches.size(); ++i) {
    count += left.switches[i] != right.switches[i];
  }
  return count;
}

void fail(Repair& repair, const Cell& cell, RepairOutcome outcome) {
  repair.outcome = outcome;
  repair.layout = cell.configuration;
  if (!cell.finding) return;
  repair.defect_class = cell.finding->defect_class;
  repair.branches = cell.finding->branches;
  repair.detail = cell.finding->detail;
}

}  // namespace

Trial::Trial(std::vector<const Cell*> cells, CheckOptions options)
    : cells_(std::move(cells)), options_(std::move(options)) {
  options_.shape = Shape::toy;
  options_.model_sizes.clear();
  options_.dtypes.clear();
  options_.progress = nullptr;
  std::vector<const Cell*> failing;
  std::vector<const Cell*> holding;
  for (const Cell* cell : cells_) (holds(*cell) ? holding : failing).push_back(cell);
  smallest_ = *std::ranges::min_element(failing, {}, ranks_of);
  std::erase(failing, smallest_);
  // Layouts beside the smallest failing one tell most: an edit that is too coarse shows there.
  const auto distance = [this](const Cell* cell) {
    return std::pair{differences(*cell, *smallest_), ranks_of(cell)};
  };
  std::ranges::stable_sort(failing, {}, distance);
  std::ranges::stable_sort(holding, {}, distance);
  failing.resize(std::min(failing.size(), probes_of_each));
  holding.resize(std::min(holding.size(), 2 * probes_of_each));
  probes_ = failing;
  probes_.insert(probes_.end(), holding.begin(), holding.end());
}

std::optional<Cell> Trial::at(const Scenario& scenario, const Cell& layout) const {
  CheckOptions options = options_;
  options.threads = 1;
  options.variants.clear();
  options.up_to_ranks.reset();
  options.mesh.clear();
  Diagnostics diagnostics;
  ScenarioResult result =
      check_scenario(minimal_scenario(scenario, layout, options_.seed), options, diagnostics);
  if (!diagnostics.empty() || result.cells.size() != 1) return std::nullopt;
  return std::move(result.cells[0]);
}

std::optional<ScenarioResult> Trial::everywhere(const Scenario& scenario) const {
  CheckOptions options = options_;
  options.variants.clear();
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(scenario, options, diagnostics);
  if (!diagnostics.empty() || result.cells.size() != cells_.size()) return std::nullopt;
  return result;
}

bool Trial::judge(Repair& repair) const {
  const std::optional<Cell> first = at(repair.scenario, *smallest_);
  if (!first) return false;
  if (!holds(*first)) {
    fail(repair, *first, RepairOutcome::does_not_help);
    return true;
  }
  for (const Cell* probe : probes_) {
    const std::optional<Cell> cell = at(repair.scenario, *probe);
    if (!cell) return false;
    if (holds(*cell)) continue;
    fail(repair, *cell, RepairOutcome::moves_the_fault);
    return true;
  }
  repair.outcome = RepairOutcome::works;
  repair.collectives = first->collectives;
  repair.bytes = first->bytes;
  return true;
}

bool Trial::confirm(Repair& repair) const {
  const std::optional<ScenarioResult> all = everywhere(repair.scenario);
  if (!all) return false;
  const auto wrong = std::ranges::find_if_not(all->cells, holds);
  if (wrong == all->cells.end()) return true;
  fail(repair, *wrong, RepairOutcome::moves_the_fault);
  return false;
}

void Trial::complete(Repair& repair) const {
  const std::optional<ScenarioResult> all = everywhere(repair.scenario);
  if (!all) return;
  std::vector<const Cell*> cells;
  const Cell* smallest = nullptr;
  for (const Cell& cell : all->cells) {
    cells.push_back(&cell);
    if (holds(cell)) continue;
    const bool same = cell.finding && cell.finding->defect_class == repair.defect_class;
    if (!same) continue;
    if (smallest == nullptr || cell.configuration.ranks < smallest->configuration.ranks) {
      smallest = &cell;
    }
  }
  if (smallest != nullptr) fail(repair, *smallest, repair.outcome);
  const Expr condition = failing_condition_of(cells);
  if (condition.kind != ExprKind::absent) repair.condition = print(condition);
}

}  // namespace reducecheck::repair
