// SPDX-License-Identifier: Apache-2.0
// What a rank tells of its run, small enough to be sent: digests of everything, and the outputs.
#pragma once

#include <cstdint>
#include <vector>

#include "real/execute/rank.hpp"

namespace reducecheck::real {

/// A digest of what each executed step left on the rank, in order, then the elements of its
/// outputs. The sizes follow from the plan.
std::vector<std::uint64_t> rank_record(const Plan& plan, const Run& run, ElementType type,
                                       const RankExecutor& rank, int number);

/// How long the record of a rank is.
std::size_t record_size(const Plan& plan, const Run& run, int rank);

/// The values that `rank` has after the step.
std::vector<int> values_left_on(const Step& step, int rank);

/// The digest of a step's values, one after the other from 0 on. All NaN are one.
std::uint64_t record_digest(std::uint64_t before, bool integer, ElementType type,
                            const std::vector<std::uint64_t>& elements);

}  // namespace reducecheck::real
