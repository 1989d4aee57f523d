// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/segment_layouts.hpp"

#include <algorithm>
#include <optional>

namespace reducecheck::planning {
namespace {

using prove::Addend;
using prove::Digit;
using prove::Role;

/// The axes that shard a dimension, major first. Shares by ceil are shares here: a program that has
/// them calls the collectives that take unequal ones.
Group axes_of(const prove::Layout& layout, const char* dimension) {
  Group group;
  if (!layout.local.empty()) throw NoState{std::string(dimension) + " are out of order"};
  for (const Digit& digit : layout.logical) {
    if (digit.kind == Digit::Kind::dispatch) throw NoState{"rows are those of a dispatch"};
    if (digit.kind == Digit::Kind::slice) throw NoState{std::string(dimension) + " are sliced"};
    if (digit.kind == Digit::Kind::pad) throw NoState{std::string(dimension) + " are padded"};
    if (!digit.is_cut() || !digit.held() || digit.holder != digit.radix) {
      throw NoState{std::string(dimension) + " are in copies or out of order"};
    }
    group.axes.push_back(digit.holder);
  }
  return group;
}

bool shards(const Group& group, int axis) {
  return std::ranges::find(group.axes, axis) != group.axes.end();
}

AxisRole role_of(const Role& role) {
  switch (role.kind) {
    case Role::Kind::part: return AxisRole::pending;
    case Role::Kind::once: return AxisRole::once;
    case Role::Kind::guarded: throw NoState{"the first rank's part is used alone"};
    case Role::Kind::maximum: throw NoState{"a maximum is no sum"};
    case Role::Kind::varying: break;
  }
  throw NoState{"the prover has no rule for what arrives"};
}

/// As the goal, unless the addend has a role along one of its axes.
Group as_goal(const Group& goal, const Addend& addend) {
  const bool free =
      std::ranges::none_of(goal.axes, [&](int axis) { return addend.has_role(axis); });
  return free ? goal : Group{};
}

}  // namespace

Goal goal_of(const prove::Stretch& segment, const prove::Arena& arena) {
  std::optional<Group> rows;
  std::optional<Group> features;
  for (const auto& [addend, coefficient] : segment.value.terms) {
    const prove::Atom& atom = arena.atom(addend.atom);
    if (!addend.roles.empty()) {
      for (const Role& role : addend.roles) role_of(role);
      throw NoState{"it is used before it is summed"};
    }
    const auto agree = [](std::optional<Group>& known, const Group& here) {
      if (known && !(*known == here)) throw NoState{"its addends lie in different ways"};
      known = here;
    };
    if (atom.has_rows) agree(rows, axes_of(addend.rows, "rows"));
    if (atom.has_cols) agree(features, axes_of(addend.cols, "features"));
  }
  return {rows.value_or(Group{}), features.value_or(Group{})};
}

BranchState arriving(const prove::Arrival& arrival, const Goal& goal, const prove::Arena& arena,
                     std::size_t axes) {
  const Addend& before = arrival.before;
  const prove::Atom& atom = arena.atom(before.atom);
  BranchState branch;
  branch.roles.assign(axes, AxisRole::replicated);
  branch.rows = atom.has_rows ? axes_of(before.rows, "rows") : as_goal(goal.rows, before);
  branch.features =
      atom.has_cols ? axes_of(before.cols, "features") : as_goal(goal.features, before);
  for (const Role& role : before.roles) {
    const AxisRole kind = role_of(role);
    AxisRole& known = branch.roles[static_cast<std::size_t>(role.axis)];
    if (known != AxisRole::replicated) throw NoState{"an axis has two roles at once"};
    if (shards(branch.rows, role.axis) || shards(branch.features, role.axis)) {
      throw NoState{"a part of a share arrives"};
    }
    known = kind;
  }
  for (const int axis : branch.rows.axes) {
    if (shards(branch.features, axis)) throw NoState{"an axis shards rows and features"};
  }
  return branch;
}

}  // namespace reducecheck::planning
