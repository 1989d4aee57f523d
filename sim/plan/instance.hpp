// SPDX-License-Identifier: Apache-2.0
// A problem as the search reads it: live axes only, values in words.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/plan/value.hpp"

namespace reducecheck::planning {

/// An axis of size 1 has no roles, because all of them hold the same there; so it is left out.
struct Instance {
  std::vector<int> axes;            // the live axes, as indices into Problem::axes
  std::vector<std::int64_t> sizes;  // theirs, at least 2
  std::vector<Value> branches;
  Value goal;
  std::int64_t rows = 0;      // 0: any group divides them
  std::int64_t features = 0;  // likewise

  [[nodiscard]] int live() const { return static_cast<int>(axes.size()); }
  [[nodiscard]] std::int64_t size(Mask group) const;
  [[nodiscard]] std::int64_t ranks() const { return size((Mask{1} << axes.size()) - 1U); }
  /// Bytes of the value on one rank in units of (bytes of the whole) / ranks: an integer.
  [[nodiscard]] std::int64_t local_units(Value value) const;
  /// Whether the dimensions divide by the axes that shard them.
  [[nodiscard]] bool divides(Value value) const;
};

/// The problem without axes of size 1. Throws: std::invalid_argument for whatever find_plans
/// refuses in a problem.
Instance instance_of(const Problem& problem);

/// Throws: std::invalid_argument unless all costs are finite and not negative.
void check(const CostModel& model);

}  // namespace reducecheck::planning
