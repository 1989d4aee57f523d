// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: top-k, statistics, norms, and the steps that move rows and columns.
#pragma once

#include <algorithm>
#include <span>
#include <type_traits>

#include "sim/run/state.hpp"

namespace reducecheck {

template <class D>
void Interpreter<D>::State::execute_rows(const Step& step) {
  switch (step.kind) {
    case StepKind::topk: return topk(step);
    case StepKind::sum_cols: return sum_columns(step);
    case StepKind::sum_rows: return sum_rows(step);
    case StepKind::max_cols:
    case StepKind::max_all: return maximum(step);
    case StepKind::norm: return norm(step);
    case StepKind::pad: return pad(step);
    case StepKind::cat_rows:
    case StepKind::cat_cols: return cat(step);
    default: break;
  }
  copy_columns(step.operands[0], step.numbers[0], step.numbers[1] - step.numbers[0],
               step.results[0], 0);
}

/// The k largest of each row, the earlier of equals first.
template <class D>
void Interpreter<D>::State::topk(const Step& step) {
  const View scores = view(step.operands[0]);
  View values = view(step.results[0]);
  Table ids = table(step.results[1]);
  for (Eigen::Index r = 0; r < scores.dimension(0); ++r) {
    for (Eigen::Index k = 0; k < values.dimension(1); ++k) {
      Eigen::Index best = -1;
      for (Eigen::Index j = 0; j < scores.dimension(1); ++j) {
        bool taken = false;
        for (Eigen::Index earlier = 0; earlier < k; ++earlier) taken |= ids(r, earlier) == j;
        if (!taken && (best < 0 || D::less(scores(r, best), scores(r, j)))) best = j;
      }
      values(r, k) = scores(r, best);
      ids(r, k) = best;
    }
  }
}

template <class D>
void Interpreter<D>::State::sum_columns(const Step& step) {
  const View x = view(step.operands[0]);
  for (Eigen::Index r = 0; r < x.dimension(0); ++r) {
    typename D::Compute sum{};
    for (Eigen::Index j = 0; j < x.dimension(1); ++j) {
      if constexpr (D::exact) {
        sum = D::add(sum, x(r, j));
      } else {
        sum += D::to_compute(x(r, j));
      }
    }
    data(step.results[0])[r] = D::from_compute(sum);
  }
}

template <class D>
void Interpreter<D>::State::sum_rows(const Step& step) {
  const View x = view(step.operands[0]);
  for (Eigen::Index j = 0; j < x.dimension(1); ++j) {
    typename D::Compute sum{};
    for (Eigen::Index r = 0; r < x.dimension(0); ++r) {
      if constexpr (D::exact) {
        sum = D::add(sum, x(r, j));
      } else {
        sum += D::to_compute(x(r, j));
      }
    }
    data(step.results[0])[j] = D::from_compute(sum);
  }
}

template <class D>
void Interpreter<D>::State::maximum(const Step& step) {
  const View x = view(step.operands[0]);
  const bool all = step.kind == StepKind::max_all;
  const auto largest = [](Scalar a, Scalar b) { return D::less(a, b) ? b : a; };
  Scalar* out = data(step.results[0]);
  for (Eigen::Index r = 0; r < x.dimension(0); ++r) {
    Scalar best = x.dimension(1) > 0 ? x(r, 0) : Scalar{};
    for (Eigen::Index j = 1; j < x.dimension(1); ++j) best = largest(best, x(r, j));
    out[all ? 0 : r] = all && r > 0 ? largest(out[0], best) : best;
  }
  if (all && x.dimension(0) == 0) out[0] = Scalar{};
}

template <class D>
typename D::Compute Interpreter<D>::State::sum_of_squares(const Scalar* row, int width) {
  typename D::Compute sum{};
  for (int j = 0; j < width; ++j) {
    if constexpr (D::exact) {
      sum = D::add(sum, D::multiply(row[j], row[j]));
    } else {
      sum += D::to_compute(row[j]) * D::to_compute(row[j]);
    }
  }
  return sum;
}

/// rsqrt(sum(x * x) / width), each of the operations written here rounding once; in the prime field
/// of a norm without scale that of the row's representative, over the factor between them.
template <class D>
typename Interpreter<D>::Scalar Interpreter<D>::State::norm_factor(const Scalar* row, int width) {
  const Scalar mean = D::divide(D::from_compute(sum_of_squares(row, width)), D::integer(width));
  if constexpr (std::is_same_v<D, Prime>) {
    if (plan_->scale_free_norm) {
      const std::span<const Scalar> x(row, static_cast<std::size_t>(width));
      const Scalar inverse = D::divide(1, representatives_.factor(x));
      const Scalar of_other = D::multiply(mean, D::multiply(inverse, inverse));
      return D::multiply(inverse, D::function(Function::rsqrt, of_other));
    }
  }
  return D::function(Function::rsqrt, mean);
}

/// x times its factor [* w], each multiplication rounding once.
template <class D>
void Interpreter<D>::State::norm(const Step& step) {
  const PlanValue& x = shape(step.operands[0]);
  const Scalar* weight = step.operands.size() == 2 ? data(step.operands[1]) : nullptr;
  const int weight_width = weight == nullptr ? 0 : shape(step.operands[1]).width;
  for (int r = 0; r < x.rows; ++r) {
    const Scalar* in = data(step.operands[0]) + static_cast<std::ptrdiff_t>(r) * x.width;
    Scalar* out = data(step.results[0]) + static_cast<std::ptrdiff_t>(r) * x.width;
    const Scalar factor = norm_factor(in, x.width);
    for (int j = 0; j < x.width; ++j) {
      out[j] = D::multiply(in[j], factor);
      if (weight != nullptr) out[j] = D::multiply(out[j], weight[weight_width == 1 ? 0 : j]);
    }
  }
}

template <class D>
void Interpreter<D>::State::pad(const Step& step) {
  const PlanValue& x = shape(step.operands[0]);
  const PlanValue& y = shape(step.results[0]);
  copy_rows(step.operands[0], step.results[0], 0);
  const std::uint64_t memory = mix(static_cast<std::uint64_t>(step.numbers[1]));
  for (int r = x.rows; r < y.rows; ++r) {
    for (int j = 0; j < y.width; ++j) {
      const std::uint64_t bits =
          element(row_key(memory, static_cast<std::uint64_t>(r)), static_cast<std::uint64_t>(j));
      data(step.results[0])[r * y.width + j] = step.numbers[1] == 0 ? Scalar{} : D::garbage(bits);
    }
  }
}

template <class D>
void Interpreter<D>::State::cat(const Step& step) {
  std::int64_t at = 0;
  for (const int operand : step.operands) {
    const PlanValue& part = shape(operand);
    if (step.kind == StepKind::cat_cols) {
      copy_columns(operand, 0, part.width, step.results[0], at);
      at += part.width;
    } else {
      copy_rows(operand, step.results[0], at);
      at += part.rows;
    }
  }
}

template <class D>
void Interpreter<D>::State::copy_rows(int from, int to, std::int64_t to_row) {
  const std::int64_t width = shape(from).width;
  const std::int64_t elements = shape(from).rows * width;
  if (shape(from).integer) {
    std::copy_n(table_data(from), elements, table_data(to) + to_row * width);
  } else {
    std::copy_n(data(from), elements, data(to) + to_row * width);
  }
}

/// Not by Eigen's slices: they are evaluated by tiles, in memory that every evaluation allocates.
template <class D>
void Interpreter<D>::State::copy_columns(int from, std::int64_t begin, std::int64_t width, int to,
                                         std::int64_t to_column) {
  const std::ptrdiff_t from_width = shape(from).width;
  const std::ptrdiff_t to_width = shape(to).width;
  const auto copy_of = [&](const auto* source, auto* target) {
    for (std::ptrdiff_t r = 0; r < shape(from).rows; ++r) {
      std::copy_n(source + r * from_width + begin, width, target + r * to_width + to_column);
    }
  };
  if (shape(from).integer) {
    copy_of(table_data(from), table_data(to));
  } else {
    copy_of(data(from), data(to));
  }
}

}  // namespace reducecheck
