// SPDX-License-Identifier: Apache-2.0
#include "real/standin/orders.hpp"

#include <algorithm>
#include <bit>

#include "sim/domain/hash.hpp"

namespace reducecheck::standin {
namespace {

/// A left fold that starts at `first` and goes up, modulo the number of ranks.
CombinedRange fold_from(int first, const OrderRequest& request, std::size_t begin,
                        std::size_t end) {
  CombinedRange range{begin, end, {}, first % request.ranks};
  for (int i = 1; i < request.ranks; ++i) {
    range.steps.emplace_back(range.result, (first + i) % request.ranks);
  }
  return range;
}

/// Chunk c of each loop starts at rank c + 1. The last loop has shorter chunks of whole 16 bytes.
std::vector<CombinedRange> ring_ranges(const OrderRequest& request) {
  const auto ranks = static_cast<std::size_t>(request.ranks);
  const std::size_t grain = std::max<std::size_t>(1, 16 / request.element_bytes);
  const std::size_t full = std::max(grain, request.chunk_bytes / request.element_bytes);
  std::vector<CombinedRange> ranges;
  for (std::size_t at = 0; at < request.count;) {
    const std::size_t left = request.count - at;
    std::size_t chunk = full;
    if (left < ranks * full) chunk = ((left + ranks - 1) / ranks + grain - 1) / grain * grain;
    for (std::size_t c = 0; c < ranks && at < request.count; ++c) {
      const std::size_t end = std::min(at + chunk, request.count);
      ranges.push_back(fold_from(static_cast<int>(c) + 1, request, at, end));
      at = end;
    }
  }
  return ranges;
}

/// Adds the children of `node` to it, each after its own: a node's lowest set bit is its height,
/// and 0 stands above all.
void add_children(unsigned node, unsigned ranks, CombinedRange& range) {
  unsigned low = (node == 0 ? std::bit_ceil(ranks) : node & (~node + 1)) / 2;
  if (low == 0) return;
  const auto add = [&](unsigned child) {
    add_children(child, ranks, range);
    range.steps.emplace_back(static_cast<int>(node), static_cast<int>(child));
  };
  if (node == 0) {
    if (low < ranks) add(low);
    return;
  }
  add(node - low);
  while (low > 0 && node + low >= ranks) low /= 2;
  if (low > 0) add(node + low);
}

/// Two of what is left are combined until one is.
CombinedRange random_range(const OrderRequest& request, std::size_t begin, std::size_t end) {
  CombinedRange range{begin, end, {}, 0};
  std::vector<int> left;
  for (int rank = 0; rank < request.ranks; ++rank) left.push_back(rank);
  std::uint64_t state = mix(request.seed ^ mix(begin));
  while (left.size() > 1) {
    state = mix(state);
    const std::size_t first = state % left.size();
    const std::size_t second = (first + 1 + (state >> 32) % (left.size() - 1)) % left.size();
    range.steps.emplace_back(left[first], left[second]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(second));
  }
  range.result = left.front();
  return range;
}

}  // namespace

std::vector<CombinedRange> combined_ranges(const OrderRequest& request) {
  constexpr std::size_t alike = 64;  // elements with one random order
  std::vector<CombinedRange> ranges;
  switch (request.order) {
    case SumOrder::rank: return {fold_from(0, request, 0, request.count)};
    case SumOrder::random:
      for (std::size_t at = 0; at < request.count; at += alike) {
        ranges.push_back(random_range(request, at, std::min(at + alike, request.count)));
      }
      return ranges;
    case SumOrder::tree:
      if (request.last < 0) {
        ranges.push_back({0, request.count, {}, 0});
        add_children(0, static_cast<unsigned>(request.ranks), ranges.front());
        return ranges;
      }
      break;
    case SumOrder::ring: break;
  }
  if (request.last >= 0) return {fold_from(request.last + 1, request, 0, request.count)};
  return ring_ranges(request);
}

}  // namespace reducecheck::standin
