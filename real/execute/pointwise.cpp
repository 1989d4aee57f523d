// SPDX-License-Identifier: Apache-2.0
// Steps that make each element from elements at the same place, and products of two values.
#include "real/execute/rank.hpp"
#include "scenarios/program/ast.hpp"

namespace reducecheck::real {
namespace {

/// One row or one column stands for all.
std::uint64_t broadcast_at(const LocalTensor& tensor, int row, int column) {
  return tensor.at(tensor.rows == 1 ? 0 : row, tensor.width == 1 ? 0 : column);
}

/// Rounded towards minus infinity; 0 where nothing can be divided by.
std::int64_t floor_quotient(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  std::int64_t quotient = a / b;
  if (quotient * b != a && (a < 0) != (b < 0)) --quotient;
  return quotient;
}

std::int64_t of_ids(BinaryOp op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case BinaryOp::add: return a + b;
    case BinaryOp::subtract: return a - b;
    case BinaryOp::multiply: return a * b;
    case BinaryOp::floor_divide: return floor_quotient(a, b);
    case BinaryOp::modulo: return a - b * floor_quotient(a, b);
    case BinaryOp::equal: return a == b;
    case BinaryOp::not_equal: return a != b;
    case BinaryOp::less: return a < b;
    case BinaryOp::less_equal: return a <= b;
    case BinaryOp::greater: return a > b;
    case BinaryOp::greater_equal: return a >= b;
    case BinaryOp::logical_and: return a != 0 && b != 0;
    default: return a != 0 || b != 0;
  }
}

}  // namespace

bool RankExecutor::pointwise_elsewhere(const Step& step, const LocalTensor& a, const LocalTensor& b,
                                       LocalTensor& out) {
  // Kernels know no broadcasting.
  const bool whole = a.rows == out.rows && a.width == out.width && b.rows == out.rows &&
                     b.width == out.width && !a.integer && !b.integer;
  if (!whole || (step.kind != StepKind::add && step.kind != StepKind::multiply)) return false;
  return elsewhere([&](LocalWork& work) {
    return step.kind == StepKind::add ? work.add(arithmetic_.type(), a, b, out)
                                      : work.multiply(arithmetic_.type(), a, b, out);
  });
}

void RankExecutor::pointwise(const Step& step) {
  const LocalTensor& a = operand(step, 0);
  const LocalTensor& b = operand(step, 1);
  LocalTensor& out = make(step);
  if (pointwise_elsewhere(step, a, b, out)) return;
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      const std::uint64_t x = broadcast_at(a, r, j);
      const std::uint64_t y = broadcast_at(b, r, j);
      switch (step.kind) {
        case StepKind::add: out.at(r, j) = arithmetic_.add(x, y); break;
        case StepKind::subtract: out.at(r, j) = arithmetic_.subtract(x, y); break;
        case StepKind::multiply: out.at(r, j) = arithmetic_.multiply(x, y); break;
        case StepKind::divide: out.at(r, j) = arithmetic_.divide(x, y); break;
        default: out.at(r, j) = arithmetic_.quantise(x, y); break;
      }
    }
  }
}

void RankExecutor::unary(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  LocalTensor& out = make(step);
  const std::uint64_t number = arithmetic_.number(step.scalar);
  if (step.kind == StepKind::scale && !x.integer &&
      elsewhere([&](LocalWork& work) { return work.scale(arithmetic_.type(), x, number, out); })) {
    return;
  }
  for (std::size_t i = 0; i < out.elements.size(); ++i) {
    const std::uint64_t at = x.elements[i];
    switch (step.kind) {
      case StepKind::scale: out.elements[i] = arithmetic_.multiply(at, number); break;
      case StepKind::shift: out.elements[i] = arithmetic_.add(at, number); break;
      case StepKind::reciprocal: out.elements[i] = arithmetic_.divide(number, at); break;
      default: out.elements[i] = arithmetic_.apply(step.function, at); break;
    }
  }
}

void RankExecutor::matmul(const Step& step) {
  const LocalTensor& a = operand(step, 0);
  const LocalTensor& b = operand(step, 1);
  LocalTensor& out = make(step);
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      Accumulator sum(arithmetic_);
      for (int i = 0; i < a.width; ++i) sum.add_product(a.at(r, i), b.at(i, j));
      out.at(r, j) = sum.sum();
    }
  }
}

void RankExecutor::select(const Step& step) {
  const LocalTensor& condition = operand(step, 0);
  LocalTensor& out = make(step);
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      const bool chosen = broadcast_at(condition, r, j) != 0;
      out.at(r, j) = broadcast_at(operand(step, chosen ? 1 : 2), r, j);
    }
  }
}

void RankExecutor::ids(const Step& step) {
  LocalTensor& out = make(step);
  const auto listed = static_cast<std::int64_t>(step.experts.size());
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      std::int64_t id = step.scalar.numerator();
      if (step.kind == StepKind::look_up) {
        const std::int64_t at = operand(step, 0).id(r, j);
        id = at >= 0 && at < listed ? step.experts[static_cast<std::size_t>(at)] : -1;
      } else if (step.kind == StepKind::integer_binary) {
        const auto a = static_cast<std::int64_t>(broadcast_at(operand(step, 0), r, j));
        const auto b = static_cast<std::int64_t>(broadcast_at(operand(step, 1), r, j));
        id = of_ids(static_cast<BinaryOp>(step.numbers[0]), a, b);
      }
      out.at(r, j) = static_cast<std::uint64_t>(id);
    }
  }
}

}  // namespace reducecheck::real
