// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/traced_sum.hpp"

#include <algorithm>

namespace reducecheck {
namespace {

class Tracer {
 public:
  Tracer(const Plan& plan, Format format, const SumOrders* orders, TracedSum& traced)
      : plan_(plan), format_(format), orders_(orders), traced_(traced) {}

  /// Operands of the steps are leaves by their number, and results of steps by ~number until the
  /// leaves are counted.
  int trace(int value, std::int64_t element) {
    const PlanValue& shape = shape_of(value);
    const std::int64_t size = std::int64_t{shape.rows} * shape.width;
    traced_.count = std::min(traced_.count, size - element);
    if (traced_.leaves.size() > most_traced_leaves) return 0;
    const Step& step = plan_.steps[static_cast<std::size_t>(shape.step)];
    switch (step.kind) {
      case StepKind::add: return addition(step, element);
      case StepKind::guarded: return trace(step.operands[0], element);
      case StepKind::slice_rows:
        return trace(step.operands[0], element + step.numbers[0] * shape.width);
      case StepKind::cat_rows:
      case StepKind::all_gather: return part(step, element);
      case StepKind::all_reduce_sum: return sum(step, element);
      case StepKind::reduce_scatter:
      case StepKind::reduce_scatter_v: return sum(step, element + before(step, value));
      default: break;
    }
    traced_.leaves.push_back({value, element});
    return static_cast<int>(traced_.leaves.size()) - 1;
  }

 private:
  [[nodiscard]] const PlanValue& shape_of(int value) const {
    return plan_.values[static_cast<std::size_t>(value)];
  }
  [[nodiscard]] std::int64_t size_of(int value) const {
    return std::int64_t{shape_of(value).rows} * shape_of(value).width;
  }

  int push(int left, int right, Format format) {
    traced_.steps.steps.push_back({left, right, format});
    return -static_cast<int>(traced_.steps.steps.size()) - 1;  // -1 is SumStep::none
  }

  int addition(const Step& step, std::int64_t element) {
    const bool same = size_of(step.operands[0]) == size_of(step.results[0]) &&
                      size_of(step.operands[1]) == size_of(step.results[0]);
    if (!same) {  // a row added to every row
      traced_.leaves.push_back({step.results[0], element});
      return static_cast<int>(traced_.leaves.size()) - 1;
    }
    const int left = trace(step.operands[0], element);
    return push(left, trace(step.operands[1], element), format_);
  }

  /// The operand whose rows hold the element.
  int part(const Step& step, std::int64_t element) {
    for (const int operand : step.operands) {
      if (element < size_of(operand)) return trace(operand, element);
      element -= size_of(operand);
    }
    return 0;
  }

  /// The elements of the results before this one.
  [[nodiscard]] std::int64_t before(const Step& step, int value) const {
    std::int64_t elements = 0;
    for (const int result : step.results) {
      if (result == value) break;
      elements += size_of(result);
    }
    return elements;
  }

  int sum(const Step& step, std::int64_t element) {
    std::vector<int> operands;
    for (const int operand : step.operands) operands.push_back(trace(operand, element));
    const OrderedSum* ordered = orders_ == nullptr ? nullptr : orders_->of(plan_, step);
    if (ordered == nullptr) {
      for (std::size_t i = 1; i < operands.size(); ++i) {
        operands[0] = push(operands[0], operands[i], format_);
      }
      return operands[0];
    }
    const SumOrder& order = ordered->order;
    std::int64_t end = 0;
    auto run = order.runs[0].begin();
    for (; run != order.runs[0].end(); ++run) {
      end += static_cast<std::int64_t>(run->count);
      if (element < end) break;
    }
    traced_.count = std::min(traced_.count, end - element);
    const SumTree& tree = order.trees[static_cast<std::size_t>(run->tree)];
    const bool once = order.rounding == SumRounding::once && format_ != Format::fp32;
    for (const auto& [left, right] : tree.additions) {
      operands.push_back(push(operands[static_cast<std::size_t>(left)],
                              operands[static_cast<std::size_t>(right)],
                              once ? Format::fp32 : format_));
    }
    return once ? push(operands.back(), SumStep::none, format_) : operands.back();
  }

  const Plan& plan_;
  Format format_;
  const SumOrders* orders_;
  TracedSum& traced_;
};

}  // namespace

TracedSum trace_sum(const Plan& plan, int value, std::int64_t element, Format format,
                    const SumOrders* orders) {
  const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
  TracedSum traced;
  traced.count = std::int64_t{shape.rows} * shape.width - element;
  traced.steps.format = format;
  Tracer(plan, format, orders, traced).trace(value, element);
  if (traced.leaves.size() > most_traced_leaves) traced.leaves.clear();
  traced.steps.leaves = static_cast<int>(traced.leaves.size());
  const auto numbered = [&](int& operand) {
    if (operand < SumStep::none) operand = traced.steps.leaves - operand - 2;
  };
  for (SumStep& step : traced.steps.steps) {
    numbered(step.left);
    numbered(step.right);
  }
  return traced;
}

}  // namespace reducecheck
