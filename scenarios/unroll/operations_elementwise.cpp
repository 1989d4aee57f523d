// SPDX-License-Identifier: Apache-2.0
// Operations that keep rows where they are: arithmetic, functions, norms, statistics.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/limits.hpp"
#include "scenarios/unroll/operations.hpp"

namespace reducecheck {
namespace {

bool is_number(const Value& value) {
  return std::holds_alternative<Fraction>(value.data) || std::holds_alternative<bool>(value.data) ||
         std::holds_alternative<GroupValue>(value.data);
}

bool keeps_zero(const std::string& function) {
  return function != "sigmoid" && function != "rsqrt" && function != "exp" && function != "log";
}

/// Zero padding that a function or a number moved away from zero.
std::vector<RowTag> stain(std::vector<RowTag> tags) {
  for (RowTag& tag : tags) {
    if (tag.kind == RowTag::Kind::padding) tag.kind = RowTag::Kind::stained;
  }
  return tags;
}

StepKind kind_of_step(BinaryOp op) {
  switch (op) {
    case BinaryOp::add: return StepKind::add;
    case BinaryOp::subtract: return StepKind::subtract;
    case BinaryOp::multiply: return StepKind::multiply;
    default: return StepKind::divide;
  }
}

bool is_arithmetic(BinaryOp op) {
  return op == BinaryOp::add || op == BinaryOp::subtract || op == BinaryOp::multiply ||
         op == BinaryOp::divide;
}

}  // namespace

PlanValue Operations::elementwise(int left, int right, bool additive, const Call& call) {
  const PlanValue& a = value(left);
  const PlanValue& b = value(right);
  const auto broadcasts = [&](int id) {
    return value(id).rows == 1 && tags(id)[0].kind == RowTag::Kind::broadcast;
  };
  if (a.rows != b.rows && !broadcasts(left) && !broadcasts(right)) {
    stop("token_layout", call,
         fmt::format("the left operand has {} rows, the right one {}", a.rows, b.rows), {rank_});
  }
  if (a.width != b.width && a.width != 1 && b.width != 1) {
    throw TextError(call.at, fmt::format("the left operand has {} features, the right one {}",
                                         a.width, b.width));
  }
  // Where one operand stands for all rows the other decides, even if it has none.
  const bool left_rows = !broadcasts(left) || (broadcasts(right) && a.rows >= b.rows);
  PlanValue result;
  result.rows = (left_rows ? a : b).rows;
  result.width = std::max(a.width, b.width);
  if (a.rows == b.rows) {
    result.tags = a.tags == b.tags ? a.tags
                                   : builder_.intern(combine_tags(tags(left), tags(right), additive,
                                                                  builder_.next_step()));
  } else {
    const std::vector<RowTag>& rows = tags(left_rows ? left : right);
    result.tags = additive ? builder_.intern(stain(rows)) : (left_rows ? a : b).tags;
  }
  if (a.width != b.width) {
    result.features = (a.width > b.width ? a : b).features;
  } else if (a.features == b.features || b.features.total == 0) {
    result.features = a.features;
  } else if (a.features.total == 0) {
    result.features = b.features;
  }
  result.statistic = a.statistic || b.statistic;
  result.uneven = a.uneven || b.uneven;
  return result;
}

int Operations::with_number(BinaryOp op, int x, const Fraction& number, bool number_left,
                            const Call& call) {
  const auto unary = [&](StepKind kind, int operand, const Fraction& scalar, bool stains) {
    Step step{kind};
    step.operands = {operand};
    step.scalar = scalar;
    PlanValue result = value(operand);
    if (stains) result.tags = builder_.intern(stain(tags(operand)));
    return emit(std::move(step), result, call);
  };
  const auto scale = [&](int operand, const Fraction& factor) {
    return factor == Fraction(1) ? operand : unary(StepKind::scale, operand, factor, false);
  };
  const auto shift = [&](int operand, const Fraction& term) {
    return term == Fraction(0) ? operand : unary(StepKind::shift, operand, term, true);
  };
  const std::int64_t part = number.numerator();
  if (part < -Limits::factor || part > Limits::factor || number.denominator() > Limits::factor) {
    throw TextError(call.at, "a number beyond 2^60 beside a tensor",
                    "exact runs are in a field that has no more numbers");
  }
  switch (op) {
    case BinaryOp::add: return shift(x, number);
    case BinaryOp::subtract:
      return number_left ? shift(scale(x, -1), number) : shift(x, Fraction(0) - number);
    case BinaryOp::multiply: return scale(x, number);
    default:
      if (number_left) return unary(StepKind::reciprocal, x, number, true);
      if (number == Fraction(0)) throw TextError(call.at, "division by zero");
      return scale(x, Fraction(1) / number);
  }
}

int Operations::integer_binary(BinaryOp op, const Value& left, const Value& right,
                               const Call& call) {
  const auto rows_of = [&](const Value& v) {
    return is_tensor(v) ? value(std::get<TensorRef>(v.data).id).rows : 0;
  };
  const int rows = std::max(rows_of(left), rows_of(right));
  const int a = table(left, call, rows, "the left operand");
  const int b = table(right, call, rows, "the right operand");
  if (op == BinaryOp::divide || op == BinaryOp::matmul) {
    throw TextError(call.at, fmt::format("`{}` is not defined for tables of ids", spelling(op)),
                    op == BinaryOp::divide ? "use `//`" : "");
  }
  Step step{StepKind::integer_binary};
  step.operands = {a, b};
  step.numbers = {static_cast<std::int64_t>(op)};
  PlanValue result = elementwise(a, b, false, call);
  result.integer = true;
  return emit(std::move(step), result, call);
}

int Operations::matmul(int left, int right, const Call& call) {
  const PlanValue& a = value(left);
  const PlanValue& b = value(right);
  if (a.width != b.rows) {
    throw TextError(call.at, fmt::format("`@`: the left operand has {} features, the right one {} "
                                         "rows",
                                         a.width, b.rows));
  }
  Step step{StepKind::matmul};
  step.operands = {left, right};
  PlanValue result = a;
  result.width = b.width;
  result.features = b.features;
  result.integer = false;
  return emit(std::move(step), result, call);
}

Value Operations::binary(BinaryOp op, const Value& left, const Value& right, Position at) {
  const Call call = operator_call(op, at);
  const auto is_table = [&](const Value& v) {
    return is_tensor(v) && value(std::get<TensorRef>(v.data).id).integer;
  };
  if (is_table(left) || is_table(right)) {
    return {TensorRef{integer_binary(op, left, right, call)}};
  }
  if (op == BinaryOp::matmul) {
    return {TensorRef{matmul(tensor(left, call, "the left operand"),
                             tensor(right, call, "the right operand"), call)}};
  }
  if (!is_arithmetic(op)) {
    throw TextError(
        at, fmt::format("`{}` compares tensors; only tables of ids can be compared", spelling(op)),
        "a tensor cannot steer control flow");
  }
  if (is_number(left)) {
    const int x = tensor(right, call, "the right operand");
    return {TensorRef{with_number(op, x, as_number(left, at, "a number"), true, call)}};
  }
  if (is_number(right)) {
    const int x = tensor(left, call, "the left operand");
    return {TensorRef{with_number(op, x, as_number(right, at, "a number"), false, call)}};
  }
  Step step{kind_of_step(op)};
  step.operands = {tensor(left, call, "the left operand"),
                   tensor(right, call, "the right operand")};
  const bool additive = op == BinaryOp::add || op == BinaryOp::subtract;
  const PlanValue result = elementwise(step.operands[0], step.operands[1], additive, call);
  return {TensorRef{emit(std::move(step), result, call)}};
}

Value Operations::pointwise(const Call& call) {
  expect(call, 1, call.name == "quant" ? 2 : 1);
  const int x = tensor(call.args[0], call, {"the argument of", call.name});
  if (value(x).integer) throw TextError(call.at, fmt::format("`{}` of a table of ids", call.name));
  Step step{StepKind::pointwise};
  step.function = call.name;
  step.operands = {x};
  PlanValue result = value(x);
  if (call.args.size() == 2) {
    step.kind = StepKind::quantise;
    step.operands.push_back(tensor(call.args[1], call, "the scale of `quant`"));
    result = elementwise(x, step.operands[1], false, call);
  }
  if (!keeps_zero(call.name)) result.tags = builder_.intern(stain(tags(x)));
  result.statistic = false;  // consumed: what comes out is no longer a sum or a maximum
  return {TensorRef{emit(std::move(step), result, call)}};
}

Value Operations::where(const Call& call) {
  expect(call, 3, 3);
  const int condition = table(call.args[0], call, 1, "the condition of `where`");
  const PlanValue shape = value(condition);
  const auto is_table = [&](const Value& v) {
    return is_tensor(v) && value(std::get<TensorRef>(v.data).id).integer;
  };
  const bool tensors = (is_tensor(call.args[1]) && !is_table(call.args[1])) ||
                       (is_tensor(call.args[2]) && !is_table(call.args[2])) ||
                       std::holds_alternative<WeightRef>(call.args[1].data) ||
                       std::holds_alternative<WeightRef>(call.args[2].data);
  const auto operand = [&](const Value& v) {
    if (!is_number(v)) return tensor(v, call, "an operand of `where`");
    return constant(as_number(v, call.at, "a number"), shape.rows, 1, !tensors, call);
  };
  Step step{StepKind::select};
  step.operands = {condition, operand(call.args[1]), operand(call.args[2])};
  if (value(step.operands[1]).integer != value(step.operands[2]).integer) {
    throw TextError(call.at, "`where` picks from two tensors or from two tables of ids");
  }
  PlanValue result = elementwise(step.operands[1], step.operands[2], true, call);
  if (result.rows != shape.rows ||
      (result.width != shape.width && shape.width != 1 && result.width != 1)) {
    stop("token_layout", call,
         fmt::format("a condition of {} x {} picks from {} x {}", shape.rows, shape.width,
                     result.rows, result.width),
         {rank_});
  }
  result.width = std::max(result.width, shape.width);
  result.tags = builder_.intern(
      combine_tags(builder_.tags(result.tags), tags(condition), false, builder_.next_step()));
  result.integer = !tensors;
  return {TensorRef{emit(std::move(step), result, call)}};
}

Value Operations::norm(const Call& call) {
  expect(call, 1, 2);
  const int x = tensor(call.args[0], call, "the argument of `norm`");
  Step step{StepKind::norm};
  step.operands = {x};
  PlanValue result = value(x);
  if (result.integer) throw TextError(call.at, "`norm` of a table of ids");
  if (call.args.size() == 2) {
    step.operands.push_back(tensor(call.args[1], call, "the weight of `norm`"));
    result = elementwise(x, step.operands[1], false, call);
    if (result.rows != value(x).rows) throw TextError(call.at, "`norm` takes a weight of one row");
  }
  result.statistic = false;
  return {TensorRef{emit(std::move(step), result, call)}};
}

Value Operations::statistic(const Call& call) {
  expect(call, 1, call.name == "sum" ? 2 : 1);
  const int x = tensor(call.args[0], call, {"the argument of", call.name});
  const PlanValue& v = value(x);
  if (v.integer) throw TextError(call.at, fmt::format("`{}` of a table of ids", call.name));
  Step step{StepKind::sum_cols};
  step.operands = {x};
  PlanValue result;
  result.rows = v.rows;
  result.width = 1;
  result.tags = v.tags;
  result.statistic = true;
  result.uneven = v.uneven;
  if (call.args.size() == 2) {
    const auto* word = std::get_if<std::string>(&call.args[1].data);
    if (word == nullptr || *word != "rows") {
      throw TextError(call.at, "the second argument of `sum` can only be `rows`");
    }
    step.kind = StepKind::sum_rows;
    result.rows = 1;
    result.width = v.width;
    result.tags = builder_.broadcast_tags(1);
  } else if (call.name == "max") {
    step.kind = StepKind::max_cols;
  } else if (call.name == "amax") {
    step.kind = StepKind::max_all;
    result.rows = 1;
    result.tags = builder_.broadcast_tags(1);
  }
  return {TensorRef{emit(std::move(step), result, call)}};
}

}  // namespace reducecheck
