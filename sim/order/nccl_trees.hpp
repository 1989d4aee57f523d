// SPDX-License-Identifier: Apache-2.0
// The trees of NCCL's all_reduce and the PAT schedule of its reduce_scatter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {

/// Where the links between nodes end inside a node. Source: NVIDIA/nccl v2.28.9-1,
/// src/graph/connect.cc, ncclTopoPreset.
enum class NcclTreePattern : std::uint8_t { balanced_tree, tree, split_tree };

/// Ranks are numbered node by node.
struct NcclTreeShape {
  int nodes = 1;
  std::vector<std::vector<int>> orders;  // of the ranks inside a node, one a channel
  NcclTreePattern pattern = NcclTreePattern::balanced_tree;
};

/// The sum over the first tree over nodes, or the second: every rank adds its children to its own
/// operand in turn. Source: src/graph/trees.cc, ncclGetBtree and ncclGetDtree;
/// src/device/all_reduce.h, runTreeUpDown.
SumTree nccl_tree(const NcclTreeShape& shape, std::size_t order, bool second);

/// Levels of the tree that PAT walks last, for a part of `part_bytes` bytes a rank and a slot of
/// `step_bytes`. Source: src/include/collectives.h, PatRSAlgorithm; src/enqueue.cc,
/// calcCollChunking.
int pat_levels(std::size_t ranks, std::size_t part_bytes, std::size_t step_bytes);

/// The sum of the elements of rank `destination`.
SumTree pat_tree(int ranks, int destination, int levels);

}  // namespace reducecheck::ordering
