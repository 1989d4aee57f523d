// SPDX-License-Identifier: Apache-2.0
// Orders that belong to no library.
#include <bit>
#include <numeric>

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {
namespace {

void make_rank_order(Draft& draft) {
  accumulate(draft);
  draft.run_all(fold_tree(around(0, draft.ranks())));
}

/// Neighbours are added, then neighbours of the sums, and so on; a last one without a neighbour
/// moves up as it is.
SumTree pairwise_tree(int ranks) {
  Adder adder(ranks);
  std::vector<int> level = around(0, ranks);
  while (level.size() > 1) {
    std::vector<int> above;
    for (std::size_t i = 0; i < level.size(); i += 2) {
      above.push_back(i + 1 < level.size() ? adder.add(level[i], level[i + 1]) : level[i]);
    }
    level = std::move(above);
  }
  return adder.take();
}

void make_tree_invariant(Draft& draft) {
  accumulate(draft);
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const std::size_t leaves = draft.settings().number_or("leaves", ranks);
  if (leaves % ranks != 0 || !std::has_single_bit(leaves / ranks)) {
    throw Refusal(
        "`leaves`: expected the ranks times a power of two, so that each rank holds "
        "whole subtrees");
  }
  draft.run_all(pairwise_tree(draft.ranks()));
}

}  // namespace

std::vector<Entry> generic_orders() {
  return {
      {{.name = "rank_order",
        .sentence = "x0 + x1 + x2 + ..., each rank in turn, the same on every rank",
        .settings = {accumulate_setting("element")},
        .predictable = "yes",
        .source = "no implementation of its own: the order of a sequential sum"},
       make_rank_order},
      {{.name = "tree_invariant",
        .sentence = "a binary tree over a fixed number of slices of the sum, whatever the ranks",
        .settings = {accumulate_setting("element"),
                     {.name = "leaves",
                      .sentence = "slices of the whole sum, over all ranks",
                      .default_value = "auto",
                      .words = {"auto"},
                      .least = 1,
                      .most = std::size_t{1} << 20}},
        .predictable = "yes, if each rank's operand is the tree of its own slices",
        .source = "the idea of tree-based invariant kernels (TBIK): bits do not depend on the "
                  "ranks as long as leaves / ranks is a power of two"},
       make_tree_invariant}};
}

}  // namespace reducecheck::ordering
