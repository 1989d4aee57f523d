// SPDX-License-Identifier: Apache-2.0
// Top-k, statistics over rows and columns, norms, and steps that cut and join.
#include <numeric>

#include "real/execute/rank.hpp"

namespace reducecheck::real {

void RankExecutor::rows(const Step& step) {
  switch (step.kind) {
    case StepKind::topk: return topk(step);
    case StepKind::sum_cols:
    case StepKind::sum_rows: return sums(step);
    case StepKind::max_cols:
    case StepKind::max_all: return maxima(step);
    case StepKind::norm: return norm(step);
    case StepKind::pad: return pad(step);
    case StepKind::cat_rows:
    case StepKind::cat_cols: return join(step);
    default: return cut(step);
  }
}

/// The largest first, and of equal ones the earlier first.
void RankExecutor::topk(const Step& step) {
  const LocalTensor& scores = operand(step, 0);
  LocalTensor& values = make(step, 0);
  LocalTensor& ids = make(step, 1);
  for (int r = 0; r < scores.rows; ++r) {
    // Not a sort: with a NaN among the scores nothing orders them.
    std::vector<int> left(static_cast<std::size_t>(scores.width));
    std::iota(left.begin(), left.end(), 0);
    for (int k = 0; k < values.width; ++k) {
      auto best = left.begin();
      for (auto at = left.begin(); at != left.end(); ++at) {
        if (arithmetic_.less(scores.at(r, *best), scores.at(r, *at))) best = at;
      }
      values.at(r, k) = scores.at(r, *best);
      ids.at(r, k) = static_cast<std::uint64_t>(*best);
      left.erase(best);
    }
  }
}

void RankExecutor::sums(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  LocalTensor& out = make(step);
  const bool of_columns = step.kind == StepKind::sum_cols;
  const int sums = of_columns ? x.rows : x.width;
  const int terms = of_columns ? x.width : x.rows;
  for (int i = 0; i < sums; ++i) {
    Accumulator sum(arithmetic_);
    for (int k = 0; k < terms; ++k) sum.add(of_columns ? x.at(i, k) : x.at(k, i));
    out.elements[static_cast<std::size_t>(i)] = sum.sum();
  }
}

void RankExecutor::maxima(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  LocalTensor& out = make(step);
  const bool all = step.kind == StepKind::max_all;
  for (int r = 0; r < x.rows; ++r) {
    for (int j = 0; j < x.width; ++j) {
      std::uint64_t& largest = out.elements[all ? 0 : static_cast<std::size_t>(r)];
      const bool first = j == 0 && (r == 0 || !all);
      largest = first ? x.at(r, j) : arithmetic_.greater(largest, x.at(r, j));
    }
  }
}

/// x / sqrt(mean of squares), times a weight where there is one.
void RankExecutor::norm(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  LocalTensor& out = make(step);
  const LocalTensor* gain = step.operands.size() < 2 ? nullptr : &operand(step, 1);
  if ((gain == nullptr || gain->width == x.width) &&
      elsewhere([&](LocalWork& work) { return work.norm(arithmetic_.type(), x, gain, out); })) {
    return;
  }
  for (int r = 0; r < x.rows; ++r) {
    Accumulator squares(arithmetic_);
    for (int j = 0; j < x.width; ++j) squares.add_product(x.at(r, j), x.at(r, j));
    const std::uint64_t mean = arithmetic_.divide(squares.sum(), arithmetic_.number(x.width));
    const std::uint64_t factor = arithmetic_.apply("rsqrt", mean);
    for (int j = 0; j < x.width; ++j) {
      out.at(r, j) = arithmetic_.multiply(x.at(r, j), factor);
      if (step.operands.size() < 2) continue;
      const LocalTensor& weight = operand(step, 1);
      out.at(r, j) = arithmetic_.multiply(out.at(r, j), weight.at(0, weight.width == 1 ? 0 : j));
    }
  }
}

/// Rows or columns [begin, end), or the value as it is.
void RankExecutor::cut(const Step& step) {
  const LocalTensor& x = operand(step, 0);
  LocalTensor& out = make(step);
  const int first_row = step.kind == StepKind::slice_rows ? static_cast<int>(step.numbers[0]) : 0;
  const int first_column =
      step.kind == StepKind::slice_cols ? static_cast<int>(step.numbers[0]) : 0;
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) out.at(r, j) = x.at(first_row + r, first_column + j);
  }
}

void RankExecutor::join(const Step& step) {
  LocalTensor& out = make(step);
  const bool by_columns = step.kind == StepKind::cat_cols;
  int at = 0;
  for (std::size_t i = 0; i < step.operands.size(); ++i) {
    const LocalTensor& part = operand(step, i);
    for (int r = 0; r < part.rows; ++r) {
      for (int j = 0; j < part.width; ++j) {
        out.at(by_columns ? r : at + r, by_columns ? at + j : j) = part.at(r, j);
      }
    }
    at += by_columns ? part.width : part.rows;
  }
}

}  // namespace reducecheck::real
