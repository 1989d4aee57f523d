// SPDX-License-Identifier: Apache-2.0
// The order in which a library sums, seen from outside: only sums are needed, of any library and in
// any floating type.
//
// Ranks i and j give M and -M, so large that M + 1 is M, and the others 1. What was added before M
// and -M met is lost; what comes out is the number of ranks that were added after. So it says how
// many ranks stand below the addition where i and j meet, and these numbers of all pairs are the
// tree, but for the order of the two operands of an addition, which no sum can tell apart.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "real/numbers/element.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::real {

/// For each pair of ranks i < j, (0, 1), (0, 2), ..., (1, 2), ..., and each element: the ranks
/// below the addition where the two meet.
using Meetings = std::vector<std::vector<int>>;

/// The elements of this rank become their sums over all ranks. Collective.
using SumOfRanks = std::function<void(std::span<std::byte> elements)>;

/// What sums of `count` elements on this rank show; ranks * (ranks - 1) / 2 sums. Numbers that no
/// tree has stay as they came. Not for mod64; at most 16 ranks.
Meetings observed_meetings(const SumOfRanks& sum, ElementType type, int rank, int ranks,
                           std::size_t count);

/// What an order would show.
Meetings predicted_meetings(const SumOrder& order, int rank);

/// The tree that an element's numbers are, `x0 + (x1 + x2)`, lower ranks first; or `no tree`.
std::string recovered_expression(const Meetings& meetings, int ranks, std::size_t element);

}  // namespace reducecheck::real
