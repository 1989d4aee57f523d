// SPDX-License-Identifier: Apache-2.0
// All moves from one value of the search.
#pragma once

#include <vector>

#include "sim/plan/instance.hpp"

namespace reducecheck::planning {

struct Successor {
  Step step;
  Value value;
};

/// The rules of the moves, for one instance.
class Moves {
 public:
  explicit Moves(const Instance& instance);

  /// Every value that one move makes of `value`, in a fixed order.
  ///
  /// Axes along which every branch is replicated and the goal too are not left out. They help:
  /// cutting a large tensor over idle replicas, summing an eighth on each and gathering can cost
  /// less than summing the whole on all of them.
  [[nodiscard]] std::vector<Successor> from(Value value) const;

  /// Whether the two can be added, and their sum.
  static bool can_add(const Instance& instance, Value a, Value b);
  static Value sum(const Instance& instance, Value a, Value b);

  /// What the step costs on `value`, bytes in units of (bytes of the whole) / ranks.
  [[nodiscard]] Cost cost(const Step& step, Value value) const;

 private:
  void reductions(Value value, Mask pending, std::vector<Successor>& found) const;
  void regroupings(Value value, Dimension dimension, std::vector<Successor>& found) const;
  void local(Value value, Mask replicated, std::vector<Successor>& found) const;
  void push(const Step& step, Value value, std::vector<Successor>& found) const;
  [[nodiscard]] Value with_role(Value value, Mask axes, AxisRole role) const;

  const Instance& instance_;
  std::vector<std::vector<AxisList>> orders_;  // of each set of axes
};

}  // namespace reducecheck::planning
