// SPDX-License-Identifier: Apache-2.0
// A ring step by step, in place, with a copy on the wire: what the replay of its order must equal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reducecheck::bench {

/// The reduce-scatter half of an all_reduce round a ring, in bf16 with a rounding a hop, by the
/// conversions of sim/format: block b of rank b - 1 is then the sum of all. The count is a multiple
/// of the ranks.
void literal_ring(std::vector<std::vector<std::uint16_t>>& held);

/// Whether `sums` has the bits that the ring leaves.
bool is_ring_result(const std::vector<std::vector<std::uint16_t>>& held,
                    std::span<const std::uint16_t> sums);

}  // namespace reducecheck::bench
