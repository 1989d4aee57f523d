// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: sums over ranks in a stated order.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <type_traits>

#include "sim/order/describe.hpp"
#include "sim/run/state.hpp"

namespace reducecheck {
namespace detail {

inline bool sums_over_ranks(StepKind kind) {
  return kind == StepKind::all_reduce_sum || kind == StepKind::all_reduce_avg ||
         kind == StepKind::reduce_scatter || kind == StepKind::reduce_scatter_cols ||
         kind == StepKind::reduce_scatter_v;
}

/// out[j] += each operand's [j], one after the other.
template <class D>
void add_all(std::span<const typename D::Scalar* const> operands, std::size_t count,
             typename D::Scalar* out) {
  if constexpr (std::is_same_v<D, Prime>) {
    add_operands_prime(operands, count, out);
  } else if constexpr (std::is_same_v<D, Mod64>) {
    add_operands_mod64(operands, count, out);
  } else {
    add_operands_float(operands, count, out);
  }
}

}  // namespace detail

template <class D>
const OrderedSum* Interpreter<D>::State::order_of(const Step& step) const {
  return orders_ == nullptr ? nullptr : orders_->of(*plan_, step);
}

template <class D>
void Interpreter<D>::State::sum(const Step& step, const OrderedSum* order, std::ptrdiff_t first,
                                std::ptrdiff_t count, Scalar* out) {
  if (order == nullptr) {
    add_in_group_order(step, first, count, out);
  } else if constexpr (D::exact) {
    add_exactly(step, order->order, first, count, out);
  } else {
    replay(step, order->replay, first, count, out);
  }
}

template <class D>
void Interpreter<D>::State::load_addends() {
  addends_.clear();
  addends_of_.assign(plan_->steps.size(), 0);
  for (std::size_t i = 0; i < plan_->steps.size(); ++i) {
    const Step& step = plan_->steps[i];
    if (!detail::sums_over_ranks(step.kind)) continue;
    addends_of_[i] = addends_.size();
    for (const int operand : step.operands) addends_.push_back({data(operand), operand});
  }
}

/// Without operands that are known to be zeros. In floating point x + 0 is x but for x = -0, which
/// the sum can only be until the first of them, and only from the first operand on.
template <class D>
void Interpreter<D>::State::add_in_group_order(const Step& step, std::ptrdiff_t first,
                                               std::ptrdiff_t count, Scalar* out) {
  if constexpr (std::is_same_v<Scalar, typename D::Compute>) {
    const Addend* addends =
        addends_.data() + addends_of_[static_cast<std::size_t>(&step - plan_->steps.data())];
    const std::size_t most = step.operands.size() - 1;
    if (added_operands_.size() < most) added_operands_.resize(most);
    std::size_t others = 0;
    for (std::size_t i = 1; i <= most; ++i) {  // without a branch that no processor foresees
      added_operands_[others] = addends[i].elements + first;
      others += rows_added_[static_cast<std::size_t>(addends[i].value)] != 0 ? 1U : 0U;
    }
    std::copy_n(addends[0].elements + first, count, out);
    if constexpr (!D::exact) {
      for (std::ptrdiff_t j = 0; others < most && j < count; ++j) out[j] = D::add(out[j], Scalar{});
    }
    detail::add_all<D>(std::span(added_operands_).first(others), static_cast<std::size_t>(count),
                       out);
  } else {
    fold(step, first, count, out, [](Scalar a, Scalar b) { return D::add(a, b); });
  }
}

/// Addition by addition as the trees have them. An exact sum does not depend on the order, and so
/// shows an order that is none.
template <class D>
void Interpreter<D>::State::add_exactly(const Step& step, const SumOrder& order,
                                        std::ptrdiff_t first, std::ptrdiff_t count, Scalar* out) {
  const std::size_t ranks = step.operands.size();
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const SumTree& tree = tree_of(order, 0, static_cast<std::size_t>(first + i));
    if (sums_.size() < ranks + tree.additions.size()) sums_.resize(ranks + tree.additions.size());
    for (std::size_t r = 0; r < ranks; ++r) sums_[r] = data(step.operands[r])[first + i];
    std::size_t at = ranks;
    for (const auto& [left, right] : tree.additions) {
      sums_[at++] =
          D::add(sums_[static_cast<std::size_t>(left)], sums_[static_cast<std::size_t>(right)]);
    }
    out[i] = sums_[at - 1];
  }
}

/// By way of encodings as plain integers, which is what a replay takes.
template <class D>
void Interpreter<D>::State::replay(const Step& step, const OrderReplay& replay,
                                   std::ptrdiff_t first, std::ptrdiff_t count, Scalar* out) {
  static_assert(D::exact || sizeof(Scalar) == sizeof(Encoding));
  constexpr std::ptrdiff_t block = 1024;
  const std::size_t ranks = step.operands.size();
  if (operands_.size() < ranks) {
    operands_.resize(ranks);
    encodings_.resize((ranks + 1) * block);
  }
  for (std::size_t r = 0; r < ranks; ++r) operands_[r] = encodings_.data() + (r + 1) * block;
  for (const std::ptrdiff_t end = first + count; first < end; first += block) {
    const auto n = static_cast<std::size_t>(std::min(block, end - first));
    for (std::size_t r = 0; r < ranks; ++r) {
      std::memcpy(encodings_.data() + (r + 1) * block, data(step.operands[r]) + first,
                  n * sizeof(Encoding));
    }
    replay.sum(0, static_cast<std::size_t>(first), n, operands_.data(), encodings_.data());
    std::memcpy(out, encodings_.data(), n * sizeof(Encoding));
    out += n;
  }
}

}  // namespace reducecheck
