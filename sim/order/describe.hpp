// SPDX-License-Identifier: Apache-2.0
// What can be said of an order without running it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/order/sum_order.hpp"

namespace reducecheck {

/// Why the order is not one: a tree that does not add each rank's operand and each sum exactly
/// once, runs that do not add up to the count, a tree that is not there. Empty where it is sound.
std::string order_fault(const SumOrder& order);

/// `((x1 + x2) + x3) + x0`, additions as SumTree has them; `x0` without any.
std::string expression(const SumTree& tree);

/// For each rank, additions between its operand and the sum. Each is a rounding where every
/// addition is rounded.
std::vector<int> additions_above(const SumTree& tree);

/// The most additions one after the other; ranks - 1 of a chain.
int depth(const SumTree& tree);

/// The tree that sums element `element` of what `rank` gets.
const SumTree& tree_of(const SumOrder& order, int rank, std::size_t element);

/// Whether the list of runs is the same for all ranks, so that they hold the same bits.
bool ranks_agree(const SumOrder& order);

}  // namespace reducecheck
