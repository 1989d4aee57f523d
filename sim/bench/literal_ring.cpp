// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/literal_ring.hpp"

#include <algorithm>

#include "sim/format/format.hpp"

namespace reducecheck::bench {

void literal_ring(std::vector<std::vector<std::uint16_t>>& held) {
  const std::size_t ranks = held.size();
  const std::size_t block = held[0].size() / ranks;
  std::vector<std::vector<std::uint16_t>> wires(ranks, std::vector<std::uint16_t>(block));
  for (std::size_t step = 0; step + 1 < ranks; ++step) {
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const std::size_t sent = (rank + ranks - step) % ranks;
      std::copy_n(held[rank].data() + sent * block, block, wires[rank].data());
    }
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      const std::size_t from = (rank + ranks - 1) % ranks;
      std::uint16_t* const own = held[rank].data() + ((from + ranks - step) % ranks) * block;
      for (std::size_t i = 0; i < block; ++i) {
        const float sum = widen<Format::bf16>(wires[from][i]) + widen<Format::bf16>(own[i]);
        own[i] = static_cast<std::uint16_t>(round_to<Format::bf16>(sum));
      }
    }
  }
}

bool is_ring_result(const std::vector<std::vector<std::uint16_t>>& held,
                    std::span<const std::uint16_t> sums) {
  const std::size_t ranks = held.size();
  const std::size_t block = sums.size() / ranks;
  for (std::size_t rank = 0; rank < ranks; ++rank) {
    const std::size_t begin = (rank + 1) % ranks * block;
    if (!std::equal(sums.begin() + static_cast<std::ptrdiff_t>(begin),
                    sums.begin() + static_cast<std::ptrdiff_t>(begin + block),
                    held[rank].begin() + static_cast<std::ptrdiff_t>(begin))) {
      return false;
    }
  }
  return true;
}

}  // namespace reducecheck::bench
