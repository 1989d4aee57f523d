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

}  // namespace detail

template <class D>
void Interpreter<D>::State::execute_elementwise(const Step& step, Function function) {
  using Op = Scalar (*)(Scalar, Scalar);
  View out = view(step.results[0]);
  View a = view(step.operands[0]);
  const auto binary = [&](auto op) {
    detail::broadcast_binary(out, a, view(step.operands[1]), op);
  };
  switch (step.kind) {
    case StepKind::add:
      return binary([](Scalar x, Scalar y) { return D::add(x, y); });
    case StepKind::subtract:
      return binary([](Scalar x, Scalar y) { return D::subtract(x, y); });
    case StepKind::multiply:
      return binary([](Scalar x, Scalar y) { return D::multiply(x, y); });
    case StepKind::divide:
      return binary([](Scalar x, Scalar y) { return D::divide(x, y); });
    case StepKind::quantise:
      return binary(Op{[](Scalar x, Scalar s) { return D::quantise(x, s); }});
    case StepKind::matmul: {
      const int inner = shape(step.operands[0]).width;
      View b = view(step.operands[1]);
      for (Eigen::Index r = 0; r < out.dimension(0); ++r) {
        for (Eigen::Index j = 0; j < out.dimension(1); ++j) {
          typename D::Compute sum{};
          for (int i = 0; i < inner; ++i) {
            if constexpr (D::exact) {
              sum = D::add(sum, D::multiply(a(r, i), b(i, j)));
            } else {
              sum += D::to_compute(a(r, i)) * D::to_compute(b(i, j));
            }
          }
          out(r, j) = D::from_compute(sum);
        }
      }
      return;
    }
    case StepKind::select: {
      const Table condition = table(step.operands[0]);
      const View no = view(step.operands[2]);
      const View yes = view(step.operands[1]);
      const auto at = [](const auto& t, Eigen::Index r, Eigen::Index c) {
        return t(t.dimension(0) == 1 ? 0 : r, t.dimension(1) == 1 ? 0 : c);
      };
      for (Eigen::Index r = 0; r < out.dimension(0); ++r) {
        for (Eigen::Index c = 0; c < out.dimension(1); ++c) {
          out(r, c) = at(condition, r, c) != 0 ? at(yes, r, c) : at(no, r, c);
        }
      }
      return;
    }
    default:
      break;
  }
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
    default:
      out = a.unaryExpr([function](Scalar x) { return D::function(function, x); });
      return;
  }
}

}  // namespace reducecheck
