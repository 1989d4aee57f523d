// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: sums over ranks in a stated order.
#pragma once

#include <algorithm>
#include <cstring>

#include "sim/order/describe.hpp"
#include "sim/run/state.hpp"

namespace reducecheck {

template <class D>
const OrderedSum* Interpreter<D>::State::order_of(const Step& step) const {
  return orders_ == nullptr ? nullptr : orders_->of(*plan_, step);
}

template <class D>
void Interpreter<D>::State::sum(const Step& step, const OrderedSum* order, std::ptrdiff_t first,
                                std::ptrdiff_t count, Scalar* out) {
  if (order == nullptr) {
    fold(step, first, count, out, [](Scalar a, Scalar b) { return D::add(a, b); });
  } else if constexpr (D::exact) {
    add_exactly(step, order->order, first, count, out);
  } else {
    replay(step, order->replay, first, count, out);
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
    out[i] = sums_[at == ranks ? 0 : at - 1];
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
