// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: which steps of a plan are computed together, because they apply shares of
// the same experts or the same MLP to the same rows: the ranks of a group, and often the reference.
// What they have in common is then computed once, and the cost is that of one layer.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/run/gated_mlp.hpp"

namespace reducecheck {

class WeightFamilies {
 public:
  struct Member {
    std::size_t step = 0;
    int result = 0;  // a value
    InnerShare share;
    bool ascending = true;  // as of its family
  };
  /// The members that apply expert `logical` to the rows whose ids name `wanted`; of an MLP both
  /// are 0.
  struct Group {
    std::int64_t wanted = 0;
    std::int64_t logical = 0;
    std::size_t first = 0;  // of its entries
    std::size_t last = 0;
    InnerShare all;  // what they have together
  };
  struct Family {
    std::size_t step = 0;   // the first of its members
    std::size_t first = 0;  // of its members
    std::size_t last = 0;
    std::size_t first_group = 0;
    std::size_t last_group = 0;
    /// All members add their experts in ascending order of `wanted`, and so are the groups, of
    /// which the first may be of `every` expert: its members are in the groups of single experts
    /// too. Otherwise there is one member, which adds in the order of the groups.
    bool ascending = true;
  };
  /// As `wanted` and `logical`: each expert that some row names.
  static constexpr std::int64_t every = -1;

  /// Finds the families of the plan. Allocates nothing for a plan that was given before.
  void find(const Plan& plan);

  /// The family whose first step this is; null for any other step.
  [[nodiscard]] const Family* led_by(std::size_t step) const {
    return led_[step] == none ? nullptr : &families_[led_[step]];
  }
  [[nodiscard]] std::span<const Member> members() const { return members_; }
  [[nodiscard]] std::span<const Group> groups_of(const Family& family) const {
    return std::span(groups_).subspan(family.first_group, family.last_group - family.first_group);
  }
  /// A member of a group, as an index of members().
  [[nodiscard]] std::span<const std::size_t> entries() const { return entries_; }

  static bool is_gated(const Step& step) {
    return step.kind == StepKind::mlp || step.kind == StepKind::experts;
  }

 private:
  struct Holder {
    std::int64_t wanted = 0;
    std::int64_t logical = 0;
    std::size_t member = 0;
  };
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  static bool is_whole(const Step& step) {
    return step.kind == StepKind::experts && step.numbers[3] == 1;
  }
  static bool is_ascending(const Step& step);
  static std::array<std::int64_t, 8> identity(const Plan& plan, const Member& member);
  static bool is_before(const Holder& a, const Holder& b);
  std::size_t add_family(const Plan& plan, std::size_t first);
  void add_holders(const Step& step, std::size_t member);
  void add_groups(bool ascending);
  void add_entry(Group& group, std::size_t member);

  std::vector<Member> members_;
  std::vector<Holder> holders_;  // of the family that is being added
  std::vector<Group> groups_;
  std::vector<std::size_t> entries_;
  std::vector<Family> families_;
  std::vector<std::size_t> led_;  // of each step: a family, or none
};

}  // namespace reducecheck
