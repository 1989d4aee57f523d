// SPDX-License-Identifier: Apache-2.0
#include "sim/order/nccl_trees.hpp"

#include <bit>

namespace reducecheck::ordering {
namespace {

int lowest_bit(int number) {
  return number & -number;
}

struct Children {
  int first = -1;
  int second = -1;
};

/// The children of a node of the binary tree over `nodes` nodes whose root is 0.
Children children_in_tree(int node, int nodes) {
  if (node == 0) {
    const int below = static_cast<int>(std::bit_ceil(static_cast<unsigned>(nodes))) / 2;
    return {-1, nodes > 1 ? below : -1};  // a child with a higher number is the second
  }
  const int low = lowest_bit(node) / 2;
  if (low == 0) return {};
  int step = low;
  while (step > 0 && node + step >= nodes) step /= 2;
  return {node - low, step > 0 ? node + step : -1};
}

/// The same of the second tree: the mirror image, or for an odd number all moved by one.
Children children_in_second(int node, int nodes) {
  const bool even = nodes % 2 == 0;
  const auto there = [&](int v) { return even ? nodes - 1 - v : (v + nodes - 1) % nodes; };
  const auto back = [&](int v) {
    if (v < 0) return -1;
    return even ? nodes - 1 - v : (v + 1) % nodes;
  };
  const Children found = children_in_tree(there(node), nodes);
  return {back(found.first), back(found.second)};
}

class TreeSum {
 public:
  TreeSum(const NcclTreeShape& shape, std::size_t order, bool second)
      : shape_(shape),
        order_(shape.orders[order]),
        second_(second),
        adder_(shape.nodes * static_cast<int>(order_.size())) {}

  SumTree take() {
    const bool last_is_root = second_ && shape_.nodes % 2 == 0;
    const int root = !second_ ? 0 : last_is_root ? shape_.nodes - 1 : 1 % shape_.nodes;
    value(root, 0);
    return adder_.take();
  }

 private:
  /// The sum that place `place` of the chain inside `node` sends up.
  int value(int node, std::size_t place) {
    int sum = node * static_cast<int>(order_.size()) + order_[place];
    if (place + 1 < order_.size()) sum = adder_.add(sum, value(node, place + 1));
    const Children children =
        second_ ? children_in_second(node, shape_.nodes) : children_in_tree(node, shape_.nodes);
    const std::size_t next = order_.size() > 1 ? 1 : 0;
    const bool apart = shape_.pattern != NcclTreePattern::tree;
    const bool split = shape_.pattern == NcclTreePattern::split_tree;
    if (children.first >= 0 && place == (apart ? next : 0)) {
      sum = adder_.add(sum, value(children.first, 0));
    }
    if (children.second >= 0 && place == (split ? next : 0)) {
      sum = adder_.add(sum, value(children.second, 0));
    }
    return sum;
  }

  const NcclTreeShape& shape_;
  const std::vector<int>& order_;
  bool second_;
  Adder adder_;
};

/// What node `node` of PAT's tree sends: node s is rank destination - s, its children are s + 2^k
/// for 2^k below the lowest bit of s.
int pat_value(Adder& adder, int ranks, int destination, int levels, int node) {
  int sum = (destination - node + ranks) % ranks;
  const int below = node == 0 ? ranks : lowest_bit(node);
  const auto add_child = [&](int k) {
    const int distance = 1 << k;
    if (distance >= below || node + distance >= ranks) return;
    sum = adder.add(pat_value(adder, ranks, destination, levels, node + distance), sum);
  };
  for (int k = levels - 1; k >= 1; --k) add_child(k);
  for (int k = levels; (1 << k) < ranks; ++k) add_child(k);
  add_child(0);
  return sum;
}

}  // namespace

SumTree nccl_tree(const NcclTreeShape& shape, std::size_t order, bool second) {
  return TreeSum(shape, order, second).take();
}

int pat_levels(std::size_t ranks, std::size_t part_bytes, std::size_t step_bytes) {
  constexpr std::size_t least_step = 65536;
  while (step_bytes * 16 > ranks * part_bytes && step_bytes > least_step) step_bytes /= 2;
  const std::size_t half = ranks / 2;
  std::size_t together = 1;
  while (step_bytes / (part_bytes * together) >= 2 && together < half) together *= 2;
  for (int depth = 8; depth > 1 && together < half; depth /= 2) together *= 2;
  return static_cast<int>(std::bit_width(std::bit_ceil(ranks) / together)) - 1;
}

SumTree pat_tree(int ranks, int destination, int levels) {
  Adder adder(ranks);
  pat_value(adder, ranks, destination, levels, 0);
  return adder.take();
}

}  // namespace reducecheck::ordering
