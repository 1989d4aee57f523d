// SPDX-License-Identifier: Apache-2.0
#include "sim/run/weight_families.hpp"

namespace reducecheck {

void WeightFamilies::find(const Plan& plan) {
  members_.clear();
  groups_.clear();
  entries_.clear();
  families_.clear();
  led_.assign(plan.steps.size(), none);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (!is_gated(step)) continue;
    const auto begin = static_cast<std::size_t>(step.numbers[0]);
    const auto width = static_cast<std::size_t>(step.numbers[1]);
    members_.push_back({i, step.results[0], {begin, begin + width}, is_ascending(step)});
  }
  std::ranges::sort(members_, [&plan](const Member& a, const Member& b) {
    const auto of_a = identity(plan, a);
    const auto of_b = identity(plan, b);
    if (of_a != of_b) return of_a < of_b;
    return a.share.begin != b.share.begin ? a.share.begin < b.share.begin : a.step < b.step;
  });
  for (std::size_t first = 0; first < members_.size();) first = add_family(plan, first);
}

/// Whether the step adds its experts in ascending order of the ids that it looks for.
bool WeightFamilies::is_ascending(const Step& step) {
  if (step.kind == StepKind::mlp || is_whole(step) || step.numbers[4] == 1) return true;
  std::int64_t before = -1;
  for (const std::int64_t logical : step.experts) {
    if (logical < 0) continue;
    if (logical <= before) return false;
    before = logical;
  }
  return true;
}

/// Equal for the members of a family.
std::array<std::int64_t, 8> WeightFamilies::identity(const Plan& plan, const Member& member) {
  const Step& step = plan.steps[member.step];
  const bool mlp = step.kind == StepKind::mlp;
  return {static_cast<std::int64_t>(step.kind),
          step.source,
          step.layer,
          step.numbers[2],
          step.operands[0],
          mlp ? 0 : step.operands[1],
          mlp ? 0 : step.operands[2],
          member.ascending ? -1 : static_cast<std::int64_t>(member.step)};
}

/// The family of the member `first`; returns the first member after it.
std::size_t WeightFamilies::add_family(const Plan& plan, std::size_t first) {
  const auto own = identity(plan, members_[first]);
  Family family;
  family.step = members_[first].step;
  family.first = family.last = first;
  family.first_group = groups_.size();
  family.ascending = members_[first].ascending;
  holders_.clear();
  while (family.last < members_.size() && identity(plan, members_[family.last]) == own) {
    const std::size_t step = members_[family.last].step;
    family.step = std::min(family.step, step);
    add_holders(plan.steps[step], family.last);
    ++family.last;
  }
  add_groups(family.ascending);
  family.last_group = groups_.size();
  led_[family.step] = families_.size();
  families_.push_back(family);
  return family.last;
}

void WeightFamilies::add_holders(const Step& step, std::size_t member) {
  if (step.kind == StepKind::mlp) {
    holders_.push_back({0, 0, member});
    return;
  }
  if (is_whole(step)) {
    holders_.push_back({every, every, member});
    return;
  }
  const bool by_slot = step.numbers[4] == 1;
  for (std::size_t slot = 0; slot < step.experts.size(); ++slot) {
    const std::int64_t logical = step.experts[slot];
    if (logical < 0) continue;
    holders_.push_back({by_slot ? static_cast<std::int64_t>(slot) : logical, logical, member});
  }
}

bool WeightFamilies::is_before(const Holder& a, const Holder& b) {
  if (a.wanted != b.wanted) return a.wanted < b.wanted;
  return a.logical != b.logical ? a.logical < b.logical : a.member < b.member;
}

void WeightFamilies::add_groups(bool ascending) {
  if (ascending) std::ranges::sort(holders_, is_before);
  const std::size_t first_group = groups_.size();
  for (std::size_t i = 0; i < holders_.size();) {
    const Holder& holder = holders_[i];
    Group group{holder.wanted, holder.logical, entries_.size(), entries_.size(),
                members_[holder.member].share};
    if (group.wanted != every && group.logical == group.wanted && groups_.size() > first_group &&
        groups_[first_group].wanted == every) {
      const Group of_every = groups_[first_group];
      for (std::size_t e = of_every.first; e < of_every.last; ++e) add_entry(group, entries_[e]);
    }
    do {
      add_entry(group, holders_[i++].member);
    } while (ascending && i < holders_.size() && holders_[i].wanted == group.wanted &&
             holders_[i].logical == group.logical);
    groups_.push_back(group);
  }
}

void WeightFamilies::add_entry(Group& group, std::size_t member) {
  const InnerShare& share = members_[member].share;
  group.all.begin = std::min(group.all.begin, share.begin);
  group.all.end = std::max(group.all.end, share.end);
  group.last = group.last + 1;
  entries_.push_back(member);
}

}  // namespace reducecheck
