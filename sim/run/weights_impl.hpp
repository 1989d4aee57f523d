// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: inputs, constants, and weights as functions.
#pragma once

#include <algorithm>
#include <type_traits>

#include "sim/run/state.hpp"

namespace reducecheck {

template <class D>
std::uint64_t Interpreter<D>::State::key(const Step& step, std::int64_t expert,
                                         std::uint64_t part) const {
  // matrix_key, continued from the seed and the name.
  std::uint64_t k = source_key_[static_cast<std::size_t>(step.source)];
  k = mix(k ^ static_cast<std::uint64_t>(step.layer));
  k = mix(k ^ static_cast<std::uint64_t>(expert));
  return mix(k ^ part);
}

template <class D>
void Interpreter<D>::State::input(const Step& step) {
  const PlanValue& value = shape(step.results[0]);
  const std::vector<RowTag>& rows = plan_->tag_lists[static_cast<std::size_t>(value.tags)];
  const std::uint64_t k = key(step, 0, 0);
  const auto begin = static_cast<std::uint64_t>(step.numbers[0]);
  Scalar* out = value.integer ? nullptr : data(step.results[0]);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::uint64_t row = row_key(k, token_row(rows[r].owner, rows[r].index));
    if (value.integer) {
      const auto range = static_cast<std::uint64_t>(step.numbers[1]);
      table_data(step.results[0])[r] = static_cast<std::int64_t>(element(row, 0) % range);
      continue;
    }
    for (int j = 0; j < value.width; ++j) {
      *out++ = D::content(element(row, begin + static_cast<std::uint64_t>(j)), 0);
    }
  }
}

template <class D>
void Interpreter<D>::State::execute_leaf(const Step& step) {
  const int result = step.results[0];
  const PlanValue& value = shape(result);
  const auto size = static_cast<std::size_t>(value.rows) * static_cast<std::size_t>(value.width);
  switch (step.kind) {
    case StepKind::constant: std::fill_n(data(result), size, D::fraction(step.scalar)); break;
    case StepKind::scalar:
      data(result)[0] = D::content(element(row_key(key(step, 0, 0), 0), 0), 0);
      if constexpr (std::is_same_v<D, Prime>) {
        const bool positive = plan_->sources[static_cast<std::size_t>(step.source)].positive;
        if (positive) representatives_.assume_positive(data(result)[0]);
      }
      break;
    case StepKind::vector: {
      const std::uint64_t row = row_key(key(step, 0, 0), 0);
      for (std::size_t j = 0; j < size; ++j) {
        data(result)[j] =
            D::content(element(row, static_cast<std::uint64_t>(step.numbers[0]) + j), 0);
      }
      break;
    }
    case StepKind::matrix: {
      const std::uint64_t k = key(step, 0, 0);
      const int shift = fan_in_shift(step.numbers[1]);
      Scalar* out = data(result);
      for (int i = 0; i < value.rows; ++i) {
        const std::uint64_t row = row_key(k, static_cast<std::uint64_t>(step.numbers[0] + i));
        for (int j = 0; j < value.width; ++j) {
          *out++ = D::content(element(row, static_cast<std::uint64_t>(step.numbers[2] + j)), shift);
        }
      }
      break;
    }
    default: input(step); break;
  }
}

template <class D>
void Interpreter<D>::State::execute_weight(const Step& step) {
  if (step.kind == StepKind::table) return table_rows(step);
  const PlanValue& x = shape(step.operands[0]);
  const auto number = [&](std::size_t i) { return static_cast<std::size_t>(step.numbers[i]); };
  contractor_.linear(
      static_cast<std::size_t>(x.rows), data(step.operands[0]),
      {key(step, 0, 0), number(0), static_cast<std::size_t>(x.width), number(2),
       static_cast<std::size_t>(shape(step.results[0]).width), fan_in_shift(step.numbers[1])},
      data(step.results[0]));
}

template <class D>
void Interpreter<D>::State::table_rows(const Step& step) {
  const PlanValue& y = shape(step.results[0]);
  std::fill_n(data(step.results[0]),
              static_cast<std::size_t>(y.rows) * static_cast<std::size_t>(y.width), Scalar{});
  if (step.numbers[3] == 0) {
    for (const std::int64_t logical : step.experts) {
      if (logical >= 0) row_of_table(step, logical);
    }
    return;
  }
  const PlanValue& ids = shape(step.operands[0]);
  expert_list_.assign(
      table_data(step.operands[0]),
      table_data(step.operands[0]) + static_cast<std::ptrdiff_t>(ids.rows) * ids.width);
  std::ranges::sort(expert_list_);
  const auto rest = std::ranges::unique(expert_list_);
  expert_list_.erase(rest.begin(), rest.end());
  for (const std::int64_t logical : expert_list_) {
    if (logical >= 0) row_of_table(step, logical);
  }
}

template <class D>
void Interpreter<D>::State::row_of_table(const Step& step, std::int64_t logical) {
  const PlanValue& ids = shape(step.operands[0]);
  const PlanValue& y = shape(step.results[0]);
  const std::int64_t* table = table_data(step.operands[0]);
  const bool weighted = step.operands.size() == 2;
  const std::uint64_t row = row_key(key(step, 0, 0), static_cast<std::uint64_t>(logical));
  for (int r = 0; r < ids.rows; ++r) {
    for (int c = 0; c < ids.width; ++c) {
      if (table[r * ids.width + c] != logical) continue;
      Scalar weight = D::integer(1);
      if (weighted) {
        const int columns = shape(step.operands[1]).width;
        weight = data(step.operands[1])[r * columns + (columns == 1 ? 0 : c)];
      }
      Scalar* out = data(step.results[0]) + static_cast<std::ptrdiff_t>(r) * y.width;
      for (int j = 0; j < y.width; ++j) {
        const Scalar entry =
            D::content(element(row, static_cast<std::uint64_t>(step.numbers[0] + j)), 0);
        out[j] = D::add(out[j], D::multiply(weight, entry));
      }
    }
  }
}

}  // namespace reducecheck
