// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: elementwise steps as Eigen expressions, one rounding an operation.
#pragma once

#include <algorithm>

#include "sim/run/state.hpp"

namespace reducecheck {
namespace detail {

/// A value of one row or one column stands for all. By loops: Eigen evaluates a broadcast by tiles
/// in memory that every evaluation allocates.
template <class To, class A, class B, class Op>
void broadcast_binary(To out, const A& a, const B& b, Op op) {
  using Index = Eigen::Index;
  if (a.dimensions() == b.dimensions() && a.dimensions() == out.dimensions()) {
    out = a.binaryExpr(b, op);
    return;
  }
  const auto step = [](const auto& in, Index along) -> Index {
    return in.dimension(along) == 1 ? 0 : 1;
  };
  const Index row_of_a = step(a, 0) * a.dimension(1);
  const Index row_of_b = step(b, 0) * b.dimension(1);
  const Index column_of_a = step(a, 1);
  const Index column_of_b = step(b, 1);
  for (Index r = 0; r < out.dimension(0); ++r) {
    const auto* x = a.data() + r * row_of_a;
    const auto* y = b.data() + r * row_of_b;
    auto* to = out.data() + r * out.dimension(1);
    for (Index j = 0; j < out.dimension(1); ++j) to[j] = op(x[j * column_of_a], y[j * column_of_b]);
  }
}

/// The element of a value that may broadcast over rows or columns.
template <class In>
auto element_at(const In& in, Eigen::Index row, Eigen::Index column) {
  return in(in.dimension(0) == 1 ? 0 : row, in.dimension(1) == 1 ? 0 : column);
}

/// where(condition, yes, no), of numbers or of ids.
template <class To, class Condition, class In>
void select_elements(To out, const Condition& condition, const In& yes, const In& no) {
  for (Eigen::Index r = 0; r < out.dimension(0); ++r) {
    for (Eigen::Index c = 0; c < out.dimension(1); ++c) {
      const bool chosen = element_at(condition, r, c) != 0;
      out(r, c) = chosen ? element_at(yes, r, c) : element_at(no, r, c);
    }
  }
}

}  // namespace detail

template <class D>
void Interpreter<D>::State::matmul(const Step& step) {
  View out = view(step.results[0]);
  const View a = view(step.operands[0]);
  const View b = view(step.operands[1]);
  for (Eigen::Index r = 0; r < out.dimension(0); ++r) {
    for (Eigen::Index j = 0; j < out.dimension(1); ++j) {
      typename D::Compute sum{};
      for (Eigen::Index i = 0; i < a.dimension(1); ++i) {
        if constexpr (D::exact) {
          sum = D::add(sum, D::multiply(a(r, i), b(i, j)));
        } else {
          sum += D::to_compute(a(r, i)) * D::to_compute(b(i, j));
        }
      }
      out(r, j) = D::from_compute(sum);
    }
  }
}

template <class D>
void Interpreter<D>::State::unary(const Step& step, Function function) {
  View out = view(step.results[0]);
  const View a = view(step.operands[0]);
  const Scalar number = D::fraction(step.scalar);
  switch (step.kind) {
    case StepKind::scale:
      out = a.unaryExpr([number](Scalar x) { return D::multiply(x, number); });
      return;
    case StepKind::shift:
      out = a.unaryExpr([number](Scalar x) { return D::add(x, number); });
      return;
    case StepKind::reciprocal:
      out = a.unaryExpr([number](Scalar x) { return D::divide(number, x); });
      return;
    default: out = a.unaryExpr([function](Scalar x) { return D::function(function, x); }); return;
  }
}

template <class D>
void Interpreter<D>::State::execute_elementwise(const Step& step, Function function) {
  const auto binary = [&](auto op) {
    detail::broadcast_binary(view(step.results[0]), view(step.operands[0]), view(step.operands[1]),
                             op);
  };
  switch (step.kind) {
    case StepKind::add: return binary([](Scalar x, Scalar y) { return D::add(x, y); });
    case StepKind::subtract: return binary([](Scalar x, Scalar y) { return D::subtract(x, y); });
    case StepKind::multiply: return binary([](Scalar x, Scalar y) { return D::multiply(x, y); });
    case StepKind::divide: return binary([](Scalar x, Scalar y) { return D::divide(x, y); });
    case StepKind::quantise:
      return binary([](Scalar x, Scalar scale) { return D::quantise(x, scale); });
    case StepKind::matmul: return matmul(step);
    case StepKind::select:
      return detail::select_elements(view(step.results[0]), table(step.operands[0]),
                                     view(step.operands[1]), view(step.operands[2]));
    default: return unary(step, function);
  }
}

}  // namespace reducecheck
