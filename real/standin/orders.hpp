// SPDX-License-Identifier: Apache-2.0
// In which order the contributions of the ranks are combined, as a list of steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "real/standin/settings.hpp"

namespace reducecheck::standin {

/// The elements [begin, end) are combined alike: for each step, contribution `first` becomes itself
/// combined with contribution `second`. What `result` holds at the end is the reduction.
struct CombinedRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::pair<int, int>> steps;
  int result = 0;
};

struct OrderRequest {
  SumOrder order = SumOrder::ring;
  int ranks = 1;
  std::size_t count = 0;
  std::size_t element_bytes = 4;
  std::size_t chunk_bytes = 0;  // of the ring
  int last = -1;                // who gets the result alone, or -1: all do
  std::uint64_t seed = 1;
};

/// Ranges that cover all elements; each step list is a bracketing in which every rank stands once.
/// A result for one rank alone is made by the ring where the order is a tree, as in NCCL.
std::vector<CombinedRange> combined_ranges(const OrderRequest& request);

}  // namespace reducecheck::standin
