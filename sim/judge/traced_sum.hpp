// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: the additions behind one element of a value.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/certify/sum_steps.hpp"
#include "sim/run/sum_orders.hpp"

namespace reducecheck {

/// An element of a value that no addition made.
struct SumLeaf {
  int value = 0;
  std::int64_t element = 0;

  friend auto operator<=>(const SumLeaf&, const SumLeaf&) = default;
};

/// Elements [element, element + count) of a value as sums. Element element + i is the sum over the
/// leaves, each i further on; a leaf that counts twice stands twice.
struct TracedSum {
  std::int64_t count = 0;
  std::vector<SumLeaf> leaves;
  SumSteps steps;
};

inline constexpr std::size_t most_traced_leaves = 4096;

/// Follows `value` of the plan back through additions, sums over ranks in their order (rank order
/// without `orders`) and steps that only move rows. Above most_traced_leaves leaves: none at all.
TracedSum trace_sum(const Plan& plan, int value, std::int64_t element, Format format,
                    const SumOrders* orders);

}  // namespace reducecheck
