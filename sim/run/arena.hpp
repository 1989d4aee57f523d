// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: where the values of a plan lie.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "scenarios/unroll/plan.hpp"

namespace reducecheck {

/// Offsets of all values into one block of numbers and one of ids. A value that is a run of another
/// value's rows (or the same value) shares its storage.
class Arena {
 public:
  /// Every value begins at a multiple of `alignment`.
  void lay_out(const Plan& plan, std::size_t alignment) {
    offsets_.assign(plan.values.size(), 0);
    std::size_t numbers = 0;
    std::size_t ids = 0;
    for (const Step& step : plan.steps) {
      for (const int result : step.results) {
        const PlanValue& value = plan.values[static_cast<std::size_t>(result)];
        std::size_t& offset = offsets_[static_cast<std::size_t>(result)];
        if (shares(step)) {
          const auto source = static_cast<std::size_t>(step.operands[0]);
          offset = offsets_[source];
          if (step.kind == StepKind::slice_rows) {
            offset += static_cast<std::size_t>(step.numbers[0] * value.width);
          }
          continue;
        }
        std::size_t& end = value.integer ? ids : numbers;
        offset = end;
        end += static_cast<std::size_t>(value.rows) * static_cast<std::size_t>(value.width);
        end = (end + alignment - 1) / alignment * alignment;
      }
    }
    numbers_ = numbers;
    ids_ = ids;
  }

  /// Steps that compute nothing: their result lies where their first operand does.
  static bool shares(const Step& step) {
    return step.kind == StepKind::guarded || step.kind == StepKind::slice_rows ||
           step.kind == StepKind::broadcast;
  }

  [[nodiscard]] std::size_t offset(int value) const {
    return offsets_[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] std::size_t numbers() const { return numbers_; }
  [[nodiscard]] std::size_t ids() const { return ids_; }

 private:
  std::vector<std::size_t> offsets_;
  std::size_t numbers_ = 0;
  std::size_t ids_ = 0;
};

}  // namespace reducecheck
