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
  if (step.kind == StepKind::experts) return experts(step);
  if (step.kind == StepKind::table) return table_rows(step);
  const PlanValue& x = shape(step.operands[0]);
  const auto rows = static_cast<std::size_t>(x.rows);
  const auto number = [&](std::size_t i) { return static_cast<std::size_t>(step.numbers[i]); };
  if (step.kind == StepKind::linear) {
    const auto columns = static_cast<std::size_t>(shape(step.results[0]).width);
    contractor_.linear(rows, data(step.operands[0]),
                       {key(step, 0, 0), number(0), static_cast<std::size_t>(x.width), number(2),
                        columns, fan_in_shift(step.numbers[1])},
                       data(step.results[0]));
    return;
  }
  const std::uint64_t keys[3] = {key(step, 0, 0), key(step, 0, 1), key(step, 0, 2)};
  contractor_.gated(rows, data(step.operands[0]), static_cast<std::size_t>(x.width), number(0),
                    number(1), number(2), keys, data(step.results[0]));
}

/// Every held slot in order; the reference holds every expert that some row names, in order.
template <class D>
void Interpreter<D>::State::experts(const Step& step) {
  const PlanValue& y = shape(step.results[0]);
  std::fill_n(data(step.results[0]),
              static_cast<std::size_t>(y.rows) * static_cast<std::size_t>(y.width), Scalar{});
  const PlanValue& ids = shape(step.operands[1]);
  if (step.numbers[3] == 1) {  // whole: all experts
    expert_list_.assign(
        table_data(step.operands[1]),
        table_data(step.operands[1]) + static_cast<std::ptrdiff_t>(ids.rows) * ids.width);
    std::ranges::sort(expert_list_);
    const auto rest = std::ranges::unique(expert_list_);
    expert_list_.erase(rest.begin(), rest.end());
    for (const std::int64_t logical : expert_list_) {
      if (logical >= 0) expert(step, logical, logical);
    }
    return;
  }
  const bool by_slot = step.numbers[4] == 1;
  for (std::size_t slot = 0; slot < step.experts.size(); ++slot) {
    const std::int64_t logical = step.experts[slot];
    if (logical >= 0) expert(step, logical, by_slot ? static_cast<std::int64_t>(slot) : logical);
  }
}

/// y += p * f(x) for the rows whose table names `wanted`.
template <class D>
void Interpreter<D>::State::expert(const Step& step, std::int64_t logical, std::int64_t wanted) {
  const PlanValue& x = shape(step.operands[0]);
  const PlanValue& ids = shape(step.operands[1]);
  const PlanValue& p = shape(step.operands[2]);
  const std::int64_t* table = table_data(step.operands[1]);
  const auto width = static_cast<std::size_t>(x.width);
  chosen_.clear();
  for (int r = 0; r < ids.rows; ++r) {
    for (int c = 0; c < ids.width; ++c) {
      if (*table++ == wanted) chosen_.emplace_back(r, c);
    }
  }
  if (chosen_.empty()) return;
  const std::size_t size = chosen_.size() * width;
  if (gathered_.size() < size) gathered_.resize(size);
  if (returned_.size() < size) returned_.resize(size);
  for (std::size_t i = 0; i < chosen_.size(); ++i) {
    const Scalar* row = data(step.operands[0]) + static_cast<std::size_t>(chosen_[i].first) * width;
    std::copy_n(row, width, gathered_.data() + i * width);
  }
  const std::uint64_t keys[3] = {key(step, logical, 0), key(step, logical, 1),
                                 key(step, logical, 2)};
  contractor_.gated(chosen_.size(), gathered_.data(), width,
                    static_cast<std::size_t>(step.numbers[0]),
                    static_cast<std::size_t>(step.numbers[1]),
                    static_cast<std::size_t>(step.numbers[2]), keys, returned_.data());
  const Scalar* weights = data(step.operands[2]);
  for (std::size_t i = 0; i < chosen_.size(); ++i) {
    const auto [r, c] = chosen_[i];
    const int weight_row = p.rows == 1 ? 0 : r;
    const Scalar weight = weights[weight_row * p.width + (p.width == 1 ? 0 : c)];
    Scalar* out = data(step.results[0]) + static_cast<std::size_t>(r) * width;
    const Scalar* in = returned_.data() + i * width;
    for (std::size_t j = 0; j < width; ++j) out[j] = D::add(out[j], D::multiply(weight, in[j]));
  }
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
