// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "sim/plan/instance.hpp"
#include "sim/plan/plan.hpp"

namespace reducecheck::planning {
namespace {

Mask sharded(Value value, Dimension dimension) {
  return value.shards(dimension).mask();
}

bool has(Mask axes, int axis) {
  return (axes >> static_cast<unsigned>(axis) & 1U) != 0;
}

/// How often collectives run over the axis, a sum counted twice: it scatters and gathers.
int passes(const Instance& instance, Value branch, int axis) {
  const bool in_goal = has(sharded(instance.goal, Dimension::rows), axis) ||
                       has(sharded(instance.goal, Dimension::features), axis);
  switch (branch.role(axis)) {
    case AxisRole::pending: return in_goal ? 1 : 2;
    case AxisRole::once: return 1;
    case AxisRole::replicated: break;
  }
  for (const Dimension dimension : {Dimension::rows, Dimension::features}) {
    if (has(sharded(branch, dimension), axis) && !has(sharded(instance.goal, dimension), axis)) {
      return 1;
    }
  }
  return 0;
}

/// The messages that one element takes, summed over all ranks, as the branch that needs most says.
struct Messages {
  std::int64_t count = 0;
  std::int64_t parts = 1;    // of that branch
  std::int64_t holders = 1;  // ranks that need the element in the end
  std::int64_t before = 1;   // ranks that have the branch's element at the start, if it is whole
};

Messages messages(const Instance& instance, Value branch) {
  Messages found;
  Mask pending = 0;
  Mask once = 0;
  for (int axis = 0; axis < instance.live(); ++axis) {
    const Mask bit = Mask{1} << static_cast<unsigned>(axis);
    if (branch.role(axis) == AxisRole::pending) pending |= bit;
    if (branch.role(axis) == AxisRole::once) once |= bit;
  }
  found.parts = instance.size(pending);
  found.holders = instance.local_units(instance.goal);
  found.before = instance.local_units(branch) / instance.size(once);
  found.count = found.parts > 1 ? found.parts - 1 + found.holders - 1
                                : std::max(std::int64_t{0}, found.holders - found.before);
  return found;
}

std::string reason(const LowerBound& bound, const Messages& most) {
  if (bound.cost.launches == 0) return "Nothing need be sent.";
  std::string text = fmt::format(
      "Some axis needs a launch, and each axis its hops ({} in all: size - 1 to sum and as many to "
      "have the sum on every rank)",
      bound.cost.hops);
  if (most.count == 0) return text + ".";
  if (most.parts > 1) {
    return text + fmt::format(
                      "; an element in {} parts takes {} messages until one rank has the whole, "
                      "and one more for each other of the {} ranks that need it.",
                      most.parts, most.parts - 1, most.holders);
  }
  return text + fmt::format(
                    "; an element is needed on {} ranks and can be made on {} of them, so "
                    "each other one receives it.",
                    most.holders, most.before);
}

}  // namespace

LowerBound lower_bound(const Problem& problem, const CostModel& model) {
  check(model);
  const Instance instance = instance_of(problem);
  LowerBound bound;
  for (int axis = 0; axis < instance.live(); ++axis) {
    int most = 0;
    for (const Value branch : instance.branches) {
      most = std::max(most, passes(instance, branch, axis));
    }
    // A launch over a product of axes has at least the hops of launches over each of them.
    bound.cost.hops += most * (instance.sizes[static_cast<std::size_t>(axis)] - 1);
  }
  bound.cost.launches = bound.cost.hops > 0 ? 1 : 0;
  bound.cost.local_steps = static_cast<int>(problem.branches.size()) - 1;
  Messages most;
  for (const Value branch : instance.branches) {
    const Messages found = messages(instance, branch);
    if (found.count > most.count) most = found;
  }
  // A message carries one element; the busiest rank sends no less than the average.
  const auto ranks = static_cast<double>(instance.ranks());
  bound.cost.bytes = static_cast<double>(most.count) * (problem.bytes / ranks);
  bound.seconds = seconds(bound.cost, model);
  bound.reason = reason(bound, most);
  return bound;
}

}  // namespace reducecheck::planning
