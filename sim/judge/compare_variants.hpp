// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: variants of a plan, run in floating point and compared in bits.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/report/result.hpp"
#include "sim/run/sum_orders.hpp"

namespace reducecheck {

/// Each of `variants` but the first, which are at least two, against the first: one run of the plan
/// with the contents of `seed`. Collectives add in `orders`, or in rank order where it is nullptr;
/// a refusal is said in each comparison. Configurations and the name of the order are left open.
std::vector<BitComparison> compare_variants(const Plan& plan,
                                            const std::vector<std::size_t>& variants,
                                            std::uint64_t seed, Format format, SumOrders* orders);

}  // namespace reducecheck
