// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: tables of ids, equal in every domain.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>

#include "scenarios/program/ast.hpp"
#include "sim/run/elementwise_impl.hpp"
#include "sim/run/state.hpp"

namespace reducecheck {
namespace detail {

/// Sums and products of ids wrap: a text may ask for ones that no expert has.
template <class Operation>
std::int64_t wrapped(std::int64_t a, std::int64_t b, Operation operation) {
  return static_cast<std::int64_t>(
      operation(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
}

inline std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return wrapped(0, a, std::minus());
  const std::int64_t q = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

inline std::int64_t integer_operation(BinaryOp op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case BinaryOp::add: return wrapped(a, b, std::plus());
    case BinaryOp::subtract: return wrapped(a, b, std::minus());
    case BinaryOp::multiply: return wrapped(a, b, std::multiplies());
    case BinaryOp::floor_divide: return floor_divide(a, b);
    case BinaryOp::modulo: return b == -1 ? 0 : a - floor_divide(a, b) * b;
    case BinaryOp::equal: return a == b ? 1 : 0;
    case BinaryOp::not_equal: return a != b ? 1 : 0;
    case BinaryOp::less: return a < b ? 1 : 0;
    case BinaryOp::less_equal: return a <= b ? 1 : 0;
    case BinaryOp::greater: return a > b ? 1 : 0;
    case BinaryOp::greater_equal: return a >= b ? 1 : 0;
    case BinaryOp::logical_and: return a != 0 && b != 0 ? 1 : 0;
    default: return a != 0 || b != 0 ? 1 : 0;
  }
}

}  // namespace detail

template <class D>
void Interpreter<D>::State::execute_table(const Step& step) {
  Table out = table(step.results[0]);
  switch (step.kind) {
    case StepKind::ids_input: return input(step);
    case StepKind::integer_constant: out.setConstant(step.scalar.numerator()); return;
    case StepKind::integer_binary: {
      const auto op = static_cast<BinaryOp>(step.numbers[0]);
      return detail::broadcast_binary(
          out, table(step.operands[0]), table(step.operands[1]),
          [op](std::int64_t x, std::int64_t y) { return detail::integer_operation(op, x, y); });
    }
    case StepKind::look_up: {
      const Table ids = table(step.operands[0]);
      const auto size = static_cast<std::int64_t>(step.experts.size());
      out = ids.unaryExpr([&](std::int64_t id) -> std::int64_t {
        return id >= 0 && id < size ? step.experts[static_cast<std::size_t>(id)] : -1;
      });
      return;
    }
    case StepKind::select:
      return detail::select_elements(out, table(step.operands[0]), table(step.operands[1]),
                                     table(step.operands[2]));
    case StepKind::pad: {
      const PlanValue& x = shape(step.operands[0]);
      copy_rows(step.operands[0], step.results[0], 0);
      // An id of padding is no expert; an uninitialised one is far outside.
      const std::int64_t id = step.numbers[1] == 0 ? -1 : (1 << 20) + step.numbers[1];
      std::fill(table_data(step.results[0]) + static_cast<std::ptrdiff_t>(x.rows) * x.width,
                table_data(step.results[0]) + out.size(), id);
      return;
    }
    default: return execute_rows(step);  // slices and joins move ids as they move numbers
  }
}

}  // namespace reducecheck
