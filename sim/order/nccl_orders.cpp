// SPDX-License-Identifier: Apache-2.0
// NCCL's rings and trees.
#include <algorithm>
#include <utility>

#include "sim/order/nccl_makers.hpp"
#include "sim/order/nccl_parts.hpp"
#include "sim/order/nccl_trees.hpp"

namespace reducecheck::ordering {
namespace {

NcclProtocol protocol_of(const Draft& draft) {
  if (draft.settings().is("protocol", "simple")) return NcclProtocol::simple;
  return draft.settings().is("protocol", "ll") ? NcclProtocol::ll : NcclProtocol::ll128;
}

/// Elements of one chunk. Source: src/enqueue.cc, calcCollChunking; src/include/device.h,
/// ncclProtoGrainSize.
std::size_t chunk_elements(const Draft& draft, NcclProtocol protocol) {
  constexpr std::size_t slots = 8;        // NCCL_STEPS
  constexpr std::size_t chunk_slots = 4;  // of a ring's Simple chunk: ALLREDUCE_CHUNKSTEPS
  struct Sizes {
    std::size_t buffer;
    std::size_t chunk;
    std::size_t grain;
  };
  const auto buffer = [&](std::size_t bytes) {
    return draft.settings().number_or("buffer_bytes", bytes);
  };
  Sizes sizes{};
  switch (protocol) {
    case NcclProtocol::simple:
      sizes = {buffer(4U << 20), buffer(4U << 20) / slots * chunk_slots, 512};
      break;
    case NcclProtocol::ll: sizes = {buffer(524288), buffer(524288) / slots / 2, 16}; break;
    case NcclProtocol::ll128:  // 8 of 128 bytes are flags
      sizes = {buffer(4915200), buffer(4915200) / slots / 16 * 15, 1920};
      break;
  }
  if (sizes.chunk < sizes.grain) {
    throw Refusal("`buffer_bytes=" + std::to_string(sizes.buffer) +
                  "` holds no chunk: expected at least " +
                  (protocol == NcclProtocol::simple ? "1024"
                   : protocol == NcclProtocol::ll   ? "256"
                                                    : "16384"));
  }
  return sizes.chunk / sizes.grain * sizes.grain / draft.element_bytes();
}

/// Rings, each turned so that it begins with rank 0. Channel i uses ring i modulo their number.
std::vector<std::vector<int>> rings_of(const Draft& draft) {
  std::vector<std::vector<int>> rings = draft.settings().rank_lists("ring", draft.ranks());
  for (std::vector<int>& ring : rings) {
    std::rotate(ring.begin(), std::find(ring.begin(), ring.end(), 0), ring.end());
  }
  return rings;
}

/// The sum that begins at place `first` of the ring and goes once round.
int ring_tree(Draft& draft, std::span<const std::vector<int>> rings, std::size_t which,
              std::size_t first) {
  const std::vector<int>& ring = rings[which];
  return draft.tree(which * ring.size() + first, [&] {
    std::vector<int> turned = ring;
    std::ranges::rotate(turned, turned.begin() + static_cast<std::ptrdiff_t>(first));
    return fold_tree(turned);
  });
}

/// Chunk c of a loop is summed from ring place c + 1 to c. The last loop has smaller chunks, as
/// even as 16 bytes allow. Source: src/device/all_reduce.h, runRing.
void ring_part(Draft& draft, std::span<const std::vector<int>> rings, std::size_t which,
               std::size_t part, std::size_t chunk) {
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const std::size_t unit = std::max<std::size_t>(1, 16 / draft.element_bytes());
  for (std::size_t left = part; left > 0;) {
    std::size_t size = chunk;
    if (left < ranks * chunk) size = ((left + ranks - 1) / ranks + unit - 1) / unit * unit;
    for (std::size_t c = 0; c < ranks && left > 0; ++c) {
      const std::size_t here = std::min(size, left);
      draft.run(here, ring_tree(draft, rings, which, (c + 1) % ranks));
      left -= here;
    }
  }
}

}  // namespace

void make_nccl_ring(Draft& draft) {
  const NcclProtocol protocol = protocol_of(draft);
  const std::size_t chunk = chunk_elements(draft, protocol);
  const auto rings = rings_of(draft);
  const auto parts = nccl_parts(nccl_call(draft, protocol, true, false));
  for (std::size_t channel = 0; channel < parts.size(); ++channel) {
    ring_part(draft, rings, channel % rings.size(), parts[channel], chunk);
  }
}

/// Rank R's elements are summed from the rank after it round to R. Source:
/// src/device/reduce_scatter.h, runRing.
void make_nccl_ring_reduce_scatter(Draft& draft) {
  const auto rings = rings_of(draft);
  const auto parts = nccl_parts(nccl_call(draft, protocol_of(draft), true, true));
  for (int rank = 0; rank < draft.ranks(); ++rank) {
    for (std::size_t channel = 0; channel < parts.size(); ++channel) {
      const std::vector<int>& ring = rings[channel % rings.size()];
      const auto place =
          static_cast<std::size_t>(std::find(ring.begin(), ring.end(), rank) - ring.begin());
      draft.run(parts[channel],
                ring_tree(draft, rings, channel % rings.size(), (place + 1) % ring.size()));
    }
  }
}

/// Which of the two trees a channel has. Source: src/graph/connect.cc, connectTrees.
void make_nccl_tree(Draft& draft) {
  const Settings& settings = draft.settings();
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const std::size_t in_node = settings.number_or("ranks_per_node", ranks);
  if (ranks % in_node != 0) {
    throw Refusal("`ranks_per_node=" + settings.text("ranks_per_node") +
                  "` does not divide the ranks: expected a divisor of " + std::to_string(ranks));
  }
  NcclTreeShape shape;
  shape.nodes = draft.ranks() / static_cast<int>(in_node);
  shape.orders = settings.rank_lists("node_order", static_cast<int>(in_node));
  shape.pattern = settings.is("pattern", "tree")         ? NcclTreePattern::tree
                  : settings.is("pattern", "split_tree") ? NcclTreePattern::split_tree
                                                         : NcclTreePattern::balanced_tree;
  const std::size_t searched = settings.number("search_channels");
  const auto parts = nccl_parts(nccl_call(draft, protocol_of(draft), false, false));
  for (std::size_t channel = 0; channel < parts.size(); ++channel) {
    const bool second =
        settings.is("tree", "by_channel") ? channel / searched % 2 == 1 : settings.is("tree", "t1");
    const std::size_t order = channel % shape.orders.size();
    draft.run(parts[channel], draft.tree(2 * order + (second ? 1 : 0),
                                         [&] { return nccl_tree(shape, order, second); }));
  }
}

void make_nccl_pat_reduce_scatter(Draft& draft) {
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const auto parts = nccl_parts(nccl_call(draft, NcclProtocol::simple, false, true));
  const std::size_t step = draft.settings().number_or("buffer_bytes", 4U << 20) / 8;
  for (int rank = 0; rank < draft.ranks(); ++rank) {
    for (const std::size_t part : parts) {
      const int levels = pat_levels(ranks, part * draft.element_bytes(), step);
      const auto key =
          static_cast<std::uint64_t>(levels) * ranks + static_cast<std::uint64_t>(rank);
      draft.run(part, draft.tree(key, [&] { return pat_tree(draft.ranks(), rank, levels); }));
    }
  }
}

}  // namespace reducecheck::ordering
