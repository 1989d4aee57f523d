// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/plan.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/plan/program_text.hpp"

namespace reducecheck::planning {
namespace {

std::vector<std::string> names(const Problem& problem, Value value) {
  std::vector<std::string> found;
  for (std::size_t b = 0; b < problem.branches.size(); ++b) {
    if ((value.branches() >> b & 1U) != 0) found.push_back(problem.branches[b].name);
  }
  return found;
}

/// Appends the moves that make the value, operands first.
void append_moves(const Problem& problem, const Instance& instance, const Found& found, int index,
                  std::vector<Move>& moves) {
  const Derivation& made = found.derivations[static_cast<std::size_t>(index)];
  if (made.first < 0) return;
  append_moves(problem, instance, found, made.first, moves);
  if (made.second >= 0) append_moves(problem, instance, found, made.second, moves);
  const Value operand = found.derivations[static_cast<std::size_t>(made.first)].value;
  const auto ranks = static_cast<double>(instance.ranks());
  Move move{.operation = made.step.operation,
            .operands = {names(problem, operand)},
            .group = group_of(instance, made.step.group),
            .dimension = made.step.dimension,
            .gathered = made.step.gathered};
  if (made.second >= 0) {
    const Value second = found.derivations[static_cast<std::size_t>(made.second)].value;
    move.operands.push_back(names(problem, second));
  }
  move.local_bytes = static_cast<double>(instance.local_units(operand)) * (problem.bytes / ranks);
  move.cost = cost_of({.operation = move.operation,
                       .group_size = instance.size(made.step.group.mask()),
                       .local_bytes = move.local_bytes});
  moves.push_back(std::move(move));
}

CollectivePlan plan_of(const Problem& problem, const CostModel& model, const Instance& instance,
                       const Found& found, int goal, const std::string& output) {
  CollectivePlan plan;
  append_moves(problem, instance, found, goal, plan.moves);
  for (const Move& move : plan.moves) plan.cost += move.cost;
  plan.seconds = seconds(plan.cost, model);
  plan.program = program_text(problem, instance, found, goal, output);
  return plan;
}

void check(const SearchOptions& options) {
  if (options.plans < 1) throw std::invalid_argument("at least one plan must be asked for");
  if (options.output.empty()) throw std::invalid_argument("the output of a plan has a name");
}

}  // namespace

Group BranchState::axes_with(AxisRole role) const {
  Group found;
  for (std::size_t axis = 0; axis < roles.size(); ++axis) {
    if (roles[axis] == role) found.axes.push_back(static_cast<int>(axis));
  }
  return found;
}

PlanResult find_plans(const Problem& problem, const CostModel& model,
                      const SearchOptions& options) {
  check(options);
  PlanResult result;
  result.bound = lower_bound(problem, model);
  const Instance instance = instance_of(problem);
  if (!instance.divides(instance.goal)) {
    throw std::invalid_argument("the required shards do not divide the dimensions");
  }
  // The search counts bytes in shares of one rank, which are integers.
  CostModel in_units = model;
  in_units.beta *= problem.bytes / static_cast<double>(instance.ranks());
  const int kept = options.plans == 1 ? 1 : 2 * options.plans;
  const Found found = search(instance, in_units, options.plans, kept, options.limit);
  for (const int goal : found.goals) {
    result.plans.push_back(plan_of(problem, model, instance, found, goal, options.output));
  }
  result.candidates = found.candidates;
  result.limit_reached = found.limit_reached;
  return result;
}

std::vector<SizeRange> plans_by_size(const Problem& problem, const std::vector<double>& sizes,
                                     const CostModel& model, const SearchOptions& options) {
  if (!std::ranges::is_sorted(sizes)) throw std::invalid_argument("sizes must ascend");
  SearchOptions cheapest = options;
  cheapest.plans = 1;
  std::vector<SizeRange> ranges;
  for (const double bytes : sizes) {
    Problem sized = problem;
    sized.bytes = bytes;
    PlanResult result = find_plans(sized, model, cheapest);
    if (result.plans.empty()) return {};
    CollectivePlan& plan = result.plans.front();
    if (ranges.empty() || ranges.back().plan.program != plan.program) {
      ranges.push_back({bytes, bytes, std::move(plan)});
    }
    ranges.back().last_bytes = bytes;
  }
  return ranges;
}

}  // namespace reducecheck::planning
