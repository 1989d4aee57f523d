// SPDX-License-Identifier: Apache-2.0
// For tests: an order and its replay against the steps of the implementation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/order/literal_orders.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::literal {

/// What an implementation does, and how it adds: known here apart from the order.
struct Steps {
  std::function<bool(Sums&, Buffers&)> run;
  SumRounding rounding = SumRounding::each_addition;
  MinusZero minus_zero = MinusZero::kept;
};

/// [rank][element], encodings of the format.
using Encodings = std::vector<std::vector<std::uint32_t>>;

/// Encodings from a seed: of 8, 5 are numbers of like size, the rest any pattern, among them
/// subnormals, infinities and NaN, and zeros of both signs.
Encodings drawn_inputs(Format format, int ranks, std::size_t count, std::uint64_t seed);

/// The replay of ranks 0 to ranks - 1, through the width of the format.
Encodings replayed(const SumOrder& order, const Encodings& inputs, int ranks);

/// Where the replay of rank 0 is not what additions one after the other give; empty if nowhere.
std::string replay_fault(const SumOrder& order, const Encodings& inputs);

bool is_nan(Format format, std::uint32_t encoding);

/// Where the order, or its replay, and the steps part; empty if they agree on every rank and
/// element, expression and bits. `is_scattered`: rank r has only block r of the result.
std::string disagreement(const SumOrder& order, const Encodings& inputs, const Steps& steps,
                         bool is_scattered = false);

/// Makes the order, checks that it is sound and compares; a refusal is returned too.
std::string disagreement(const std::string& name, const OrderRequest& request, std::uint64_t seed,
                         const Steps& steps);

}  // namespace reducecheck::literal
