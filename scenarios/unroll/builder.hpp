// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "scenarios/unroll/plan.hpp"

namespace reducecheck {

/// Appends steps to a plan, each different one once: a step with the same kind, attributes and
/// operands as an earlier one is that earlier one.
class PlanBuilder {
 public:
  explicit PlanBuilder(Plan& plan) : plan_(plan) {}

  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] const PlanValue& value(int id) const {
    return plan_.values[static_cast<std::size_t>(id)];
  }
  [[nodiscard]] const std::vector<RowTag>& tags(int list) const {
    return plan_.tag_lists[static_cast<std::size_t>(list)];
  }

  /// The index of the step; its results exist, with the shapes of `results` where it is new.
  int emit(Step&& step, std::span<const PlanValue> results);

  /// Says where a step stands in the text, and how it is written there.
  void place(int step, Position at, int section, const std::string& text);

  /// The index that `emit` would give the next new step: for tags that name their step.
  [[nodiscard]] int next_step() const { return static_cast<int>(plan_.steps.size()); }

  /// Other ranks may hold another number of rows than this value has.
  void mark_uneven(int id) { plan_.values[static_cast<std::size_t>(id)].uneven = true; }

  int intern(std::vector<RowTag> tags);

  /// The list of `rows` broadcast tags.
  int broadcast_tags(int rows);

  /// The source of that name; made where it is new.
  int source(const Source& source);

 private:
  struct KeyHash {
    std::size_t operator()(const std::vector<std::int64_t>& key) const;
  };
  struct TagsHash {
    std::size_t operator()(const std::vector<RowTag>& tags) const;
  };

  /// Makes `key_` that of the step.
  void take_key(const Step& step);

  Plan& plan_;
  std::unordered_map<std::vector<std::int64_t>, int, KeyHash> steps_;
  std::unordered_map<std::vector<RowTag>, int, TagsHash> tags_;
  std::unordered_map<std::string, int> functions_;
  std::unordered_map<int, int> broadcast_;  // lists of tags, by the number of rows
  std::vector<std::int64_t> key_;
};

/// The tags of rows that an elementwise step (or a sum over ranks) makes of rows `a` and `b` of
/// equal number. Equal tags stay; a zero row of padding gives way in sums (`additive`); anything
/// else is mixed, which remembers `step` unless it was mixed before.
std::vector<RowTag> combine_tags(const std::vector<RowTag>& a, const std::vector<RowTag>& b,
                                 bool additive, int step);

}  // namespace reducecheck
