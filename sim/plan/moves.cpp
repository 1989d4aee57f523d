// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/moves.hpp"

namespace reducecheck::planning {
namespace {

constexpr Dimension dimensions[] = {Dimension::rows, Dimension::features};

Dimension other(Dimension dimension) {
  return dimension == Dimension::rows ? Dimension::features : Dimension::rows;
}

}  // namespace

Moves::Moves(const Instance& instance) : instance_(instance) {
  const Mask sets = Mask{1} << static_cast<unsigned>(instance.live());
  orders_.resize(sets);
  orders_[0].emplace_back();
  // The orders of a set end with each of its axes in turn, behind the orders of the rest. The last
  // axis goes first, so that the first order is the one of the mesh.
  for (Mask set = 1; set < sets; ++set) {
    for (int axis = instance.live() - 1; axis >= 0; --axis) {
      const Mask bit = Mask{1} << static_cast<unsigned>(axis);
      if ((set & bit) == 0) continue;
      for (const AxisList order : orders_[set ^ bit]) orders_[set].push_back(order.then(axis));
    }
  }
}

Value Moves::with_role(Value value, Mask axes, AxisRole role) const {
  for (int axis = 0; axis < instance_.live(); ++axis) {
    if ((axes >> static_cast<unsigned>(axis) & 1U) != 0) value.set_role(axis, role);
  }
  return value;
}

void Moves::push(const Step& step, Value value, std::vector<Successor>& found) const {
  if (instance_.divides(value)) found.push_back({step, value});
}

void Moves::reductions(Value value, Mask pending, std::vector<Successor>& found) const {
  for (Mask set = 1; set < orders_.size(); ++set) {
    if ((set & ~pending) != 0) continue;
    const Value summed = with_role(value, set, AxisRole::replicated);
    push({.operation = Operation::all_reduce, .group = orders_[set].front()}, summed, found);
    for (const Dimension dimension : dimensions) {
      for (const AxisList order : orders_[set]) {
        Value next = summed;
        next.set_shards(dimension, value.shards(dimension).then(order));
        push({.operation = Operation::reduce_scatter, .group = order, .dimension = dimension}, next,
             found);
      }
    }
  }
}

void Moves::regroupings(Value value, Dimension dimension, std::vector<Successor>& found) const {
  const AxisList shards = value.shards(dimension);
  for (int kept = shards.size() - 1; kept >= 0; --kept) {
    const AxisList group = shards.from(kept);
    Value next = value;
    next.set_shards(dimension, shards.first(kept));
    push({.operation = Operation::all_gather, .group = group, .dimension = dimension}, next, found);
    next.set_shards(other(dimension), value.shards(other(dimension)).then(group));
    push({.operation = Operation::all_to_all,
          .group = group,
          .dimension = other(dimension),
          .gathered = dimension},
         next, found);
  }
}

void Moves::local(Value value, Mask replicated, std::vector<Successor>& found) const {
  for (Mask set = 1; set < orders_.size(); ++set) {
    if ((set & ~replicated) != 0) continue;
    push({.operation = Operation::once, .group = orders_[set].front()},
         with_role(value, set, AxisRole::once), found);
    for (const Dimension dimension : dimensions) {
      for (const AxisList order : orders_[set]) {
        Value next = value;
        next.set_shards(dimension, value.shards(dimension).then(order));
        push({.operation = Operation::chunk, .group = order, .dimension = dimension}, next, found);
      }
    }
  }
}

std::vector<Successor> Moves::from(Value value) const {
  const Mask shards =
      value.shards(Dimension::rows).mask() | value.shards(Dimension::features).mask();
  Mask roles[4] = {};
  for (int axis = 0; axis < instance_.live(); ++axis) {
    const Mask bit = Mask{1} << static_cast<unsigned>(axis);
    if ((shards & bit) == 0) roles[static_cast<std::size_t>(value.role(axis))] |= bit;
  }
  const auto [replicated, pending, once, first] = roles;
  std::vector<Successor> found;
  local(value, replicated, found);
  reductions(value, pending | once, found);
  for (Mask set = 1; set < orders_.size(); ++set) {
    if ((set & ~(once | first)) != 0) continue;
    push({.operation = Operation::broadcast, .group = orders_[set].front()},
         with_role(value, set, AxisRole::replicated), found);
  }
  for (const Dimension dimension : dimensions) regroupings(value, dimension, found);
  return found;
}

bool Moves::can_add(const Instance& instance, Value a, Value b) {
  if ((a.branches() & b.branches()) != 0 || a.layout() != b.layout()) return false;
  for (int axis = 0; axis < instance.live(); ++axis) {
    const auto counts_ranks = [&](Value value) {
      return value.role(axis) == AxisRole::replicated || value.role(axis) == led;
    };
    const auto is_pending = [&](Value value) { return value.role(axis) == AxisRole::pending; };
    if (counts_ranks(a) && is_pending(b)) return false;
    if (counts_ranks(b) && is_pending(a)) return false;
  }
  return true;
}

Value Moves::sum(const Instance& instance, Value a, Value b) {
  a.set_branches(a.branches() | b.branches());
  for (int axis = 0; axis < instance.live(); ++axis) {
    if (a.role(axis) == b.role(axis)) continue;
    const bool pending = a.role(axis) == AxisRole::pending || b.role(axis) == AxisRole::pending;
    a.set_role(axis, pending ? AxisRole::pending : led);
  }
  return a;
}

Cost Moves::cost(const Step& step, Value value) const {
  return cost_of({.operation = step.operation,
                  .group_size = instance_.size(step.group.mask()),
                  .local_bytes = static_cast<double>(instance_.local_units(value))});
}

}  // namespace reducecheck::planning
