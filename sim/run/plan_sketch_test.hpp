// SPDX-License-Identifier: Apache-2.0
// Plans written step by step, with values that are given as numbers: for tests that compute by
// hand.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

using Integers = std::vector<std::vector<std::int64_t>>;

/// Rows and width of a value.
using Size = std::pair<int, int>;

class PlanSketch {
 public:
  PlanSketch() { plan_.tag_lists.emplace_back(); }

  /// The value with these elements: a constant for each, joined to rows and columns.
  int numbers(const Integers& rows) { return joined(rows, false); }
  int ids(const Integers& rows) { return joined(rows, true); }

  /// Appends `step`; its results have these sizes. Returns the first result.
  int add(Step step, const std::vector<Size>& sizes, bool integer = false) {
    const int index = static_cast<int>(plan_.steps.size());
    step.results.clear();
    for (const auto& [rows, width] : sizes) {
      PlanValue value;
      value.step = index;
      value.rows = rows;
      value.width = width;
      // A top-k gives values, then ids.
      value.integer = integer || (step.kind == StepKind::topk && !step.results.empty());
      step.results.push_back(static_cast<int>(plan_.values.size()));
      plan_.values.push_back(value);
    }
    plan_.steps.push_back(std::move(step));
    return plan_.steps.back().results[0];
  }
  int add(StepKind kind, std::vector<int> operands, const std::vector<Size>& sizes,
          std::vector<std::int64_t> numbers = {}) {
    Step step{kind, std::move(operands)};
    step.numbers = std::move(numbers);
    return add(std::move(step), sizes);
  }

  [[nodiscard]] const Plan& plan() const { return plan_; }

  /// The elements of `value` after a run; ids as they are, numbers of a domain as integers.
  template <class D>
  [[nodiscard]] Integers run(int value) const {
    Interpreter<D> interpreter;
    interpreter.load(plan_);
    interpreter.run(1);
    const PlanValue& shape = plan_.values[static_cast<std::size_t>(value)];
    Integers rows(static_cast<std::size_t>(shape.rows));
    std::ptrdiff_t at = 0;
    for (auto& row : rows) {
      for (int j = 0; j < shape.width; ++j, ++at) {
        row.push_back(shape.integer ? interpreter.ids(value)[at]
                                    : static_cast<std::int64_t>(interpreter.numbers(value)[at]));
      }
    }
    return rows;
  }

 private:
  int joined(const Integers& rows, bool integer) {
    std::vector<int> parts;
    for (const auto& row : rows) {
      std::vector<int> cells;
      for (const std::int64_t number : row) {
        Step cell{integer ? StepKind::integer_constant : StepKind::constant};
        cell.scalar = number;
        cells.push_back(add(std::move(cell), {{1, 1}}, integer));
      }
      const int width = static_cast<int>(cells.size());
      parts.push_back(add(Step{StepKind::cat_cols, std::move(cells)}, {{1, width}}, integer));
    }
    const Size size{static_cast<int>(rows.size()), static_cast<int>(rows[0].size())};
    return add(Step{StepKind::cat_rows, std::move(parts)}, {size}, integer);
  }

  Plan plan_;
};

}  // namespace reducecheck
