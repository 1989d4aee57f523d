// SPDX-License-Identifier: Apache-2.0
// For tests: the steps of each implementation, rank by rank and message by message. Each takes what
// the ranks hold and leaves what they have afterwards; false if ranks wait for ever. Written from
// the sources that the orders' facts name, without the closed forms.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/order/literal_network.hpp"

namespace reducecheck::literal {

/// Elements of a buffer.
struct Window {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t count() const { return end - begin; }
};

/// One channel's part of an NCCL collective.
struct Channel {
  std::vector<int> ring;
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t chunk = 0;  // elements
  std::size_t unit = 0;   // elements of 16 bytes
};
bool nccl_ring(Sums& sums, Buffers& buffers, const Channel& channel);

/// `block` elements a rank; the channel's part lies at `first` of every block.
bool nccl_ring_reduce_scatter(Sums& sums, Buffers& buffers, const Channel& channel,
                              std::size_t block);

/// Node v of `nodes` nodes holds ranks v * in_node + order[i]; the first of them, or the first two,
/// are linked to other nodes: `first_child` and `second_child` are places in the order.
struct Trees {
  int nodes = 1;
  std::vector<int> order;
  bool second = false;
  std::size_t first_child = 0;
  std::size_t second_child = 0;
};
bool nccl_tree(Sums& sums, Buffers& buffers, const Trees& trees, std::size_t first,
               std::size_t count);

/// All elements of each block are one part; `levels` is log2 of PatRSAlgorithm's aggDelta.
bool nccl_pat(Sums& sums, Buffers& buffers, std::size_t block, int levels);

/// Owners by the threads of a launch: `blocks` blocks, offsets of the buffers in their windows.
struct SymmetricLaunch {
  std::size_t element_bytes = 4;
  std::size_t blocks = 1;
  std::size_t in_offset = 0;
  std::size_t out_offset = 0;
};
bool nccl_symmetric(Sums& sums, Buffers& buffers, const SymmetricLaunch& launch);

bool vllm_two_shot(Sums& sums, Buffers& buffers, std::size_t pack);

/// Every rank reads all and adds from `first` ranks after rank 0, or after itself.
struct OneShot {
  bool from_own = false;
  bool from_zero = false;
  int group = 0;  // 0: no groups
};
bool one_shot(Sums& sums, Buffers& buffers, const OneShot& manner);

bool openmpi_linear(Sums& sums, Buffers& buffers);
bool openmpi_recursive_doubling(Sums& sums, Buffers& buffers);
/// Blocks go round in `phases` pieces: 1 for the plain ring.
bool openmpi_ring(Sums& sums, Buffers& buffers, std::size_t phases);
bool openmpi_rabenseifner(Sums& sums, Buffers& buffers);

bool gloo_ring(Sums& sums, Buffers& buffers, std::size_t element_bytes, std::size_t most_segment);
bool gloo_bcube(Sums& sums, Buffers& buffers);
bool gloo_ring_legacy(Sums& sums, Buffers& buffers);
bool gloo_ring_chunked(Sums& sums, Buffers& buffers);
bool gloo_halving_doubling(Sums& sums, Buffers& buffers);

}  // namespace reducecheck::literal
