// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/order/literal_orders.hpp"

namespace reducecheck::literal {
namespace {

std::size_t place_of(const std::vector<int>& ring, int rank) {
  return static_cast<std::size_t>(std::find(ring.begin(), ring.end(), rank) - ring.begin());
}

struct Place {
  std::size_t at = 0;
  std::size_t count = 0;
};

Process ring_rank(Network& network, Sums& sums, Message& buffer, const Channel& channel,
                  std::size_t index) {
  const std::size_t n = channel.ring.size();
  const int me = channel.ring[index];
  const int next = channel.ring[(index + 1) % n];
  const int previous = channel.ring[(index + n - 1) % n];
  std::size_t chunk = channel.chunk;
  for (std::size_t done = 0; done < channel.count; done += n * channel.chunk) {
    const std::size_t left = channel.count - done;
    if (left < n * channel.chunk) {
      chunk = 0;
      while (chunk * n < left) chunk += channel.unit;
    }
    // Chunks are numbered by the ring's places; those past the end are empty messages.
    const auto place = [&](std::size_t number) {
      const std::size_t offset = std::min(left, number % n * chunk);
      return Place{channel.first + done + offset, std::min(chunk, left - offset)};
    };
    const Place begun = place(index + n - 1);
    network.send(me, next, slice(buffer, begun.at, begun.count));
    for (std::size_t step = 2; step <= n; ++step) {
      const Place here = place(index + n - step);
      const Message partial = co_await network.receive(previous, me);
      Message sum = slice(buffer, here.at, here.count);
      add_into(sums, sum, 0, partial);
      if (step == n) copy_into(buffer, here.at, sum);
      network.send(me, next, std::move(sum));
    }
    for (std::size_t step = 1; step < n; ++step) {
      const Place here = place(index + n - step);
      Message whole = co_await network.receive(previous, me);
      copy_into(buffer, here.at, whole);
      if (step + 1 < n) network.send(me, next, std::move(whole));
    }
  }
}

Process scatter_rank(Network& network, Sums& sums, Message& buffer, const Channel& channel,
                     std::size_t block, std::size_t index) {
  const std::size_t n = channel.ring.size();
  const int me = channel.ring[index];
  const int next = channel.ring[(index + 1) % n];
  const int previous = channel.ring[(index + n - 1) % n];
  for (std::size_t step = 1; step <= n; ++step) {
    const int destination = channel.ring[(index + n - step) % n];
    const std::size_t at = static_cast<std::size_t>(destination) * block + channel.first;
    Message sum = slice(buffer, at, channel.count);
    if (step > 1) {
      const Message partial = co_await network.receive(previous, me);
      add_into(sums, sum, 0, partial);
    }
    if (step == n) {
      copy_into(buffer, at, sum);
    } else {
      network.send(me, next, std::move(sum));
    }
  }
}

/// The parent of a node in the tree whose root is 0; -1 of the root.
int parent_node(int node, int nodes) {
  if (node == 0) return -1;
  int bit = 1;
  while (node % (2 * bit) == 0) bit *= 2;
  const int up = (node - bit) | (2 * bit);
  return up < nodes ? up : node - bit;
}

/// A rank's neighbours in a tree, by rank.
struct Links {
  int up = -1;
  std::vector<int> down;
};

int numbered(const Trees& trees, int node) {
  if (!trees.second) return node;
  return trees.nodes % 2 == 0 ? trees.nodes - 1 - node : (node + trees.nodes - 1) % trees.nodes;
}

/// Every node finds its parent; children are found by asking every node for its parent.
Links links_of(const Trees& trees, int node, std::size_t place) {
  const auto in_node = static_cast<int>(trees.order.size());
  const auto rank_at = [&](int v, std::size_t p) { return v * in_node + trees.order[p]; };
  Links links;
  if (place > 0) links.up = rank_at(node, place - 1);
  if (place + 1 < trees.order.size()) links.down.push_back(rank_at(node, place + 1));
  const int here = numbered(trees, node);
  for (int other = 0; other < trees.nodes; ++other) {
    const int there = numbered(trees, other);
    if (place == 0 && parent_node(here, trees.nodes) == there) {
      links.up = rank_at(other, here < there ? trees.first_child : trees.second_child);
    }
  }
  for (const bool first : {true, false}) {
    if (place != (first ? trees.first_child : trees.second_child)) continue;
    for (int other = 0; other < trees.nodes; ++other) {
      const int there = numbered(trees, other);
      if (parent_node(there, trees.nodes) == here && (there < here) == first) {
        links.down.push_back(rank_at(other, 0));
      }
    }
  }
  return links;
}

Process tree_rank(Network& network, Sums& sums, Message& buffer, int me, Links links, Place part) {
  for (const int child : links.down) {
    const Message partial = co_await network.receive(child, me);
    add_into(sums, buffer, part.at, partial);
  }
  if (links.up >= 0) {
    network.send(me, links.up, slice(buffer, part.at, part.count));
    copy_into(buffer, part.at, co_await network.receive(links.up, me));
  }
  for (const int child : links.down) {
    network.send(me, child, slice(buffer, part.at, part.count));
  }
}

/// What a rank does for the block of one destination: process rank * n + destination.
Process pat_node(Network& network, Sums& sums, Message& buffer, int n, int rank, int destination,
                 std::size_t block, int levels) {
  const auto process = [&](int node) { return (destination - node + n) % n * n + destination; };
  const int node = (destination - rank + n) % n;
  const auto at = static_cast<std::size_t>(destination) * block;
  Message sum = slice(buffer, at, block);
  std::vector<int> dimensions;
  for (int k = levels - 1; k >= 1; --k) dimensions.push_back(k);
  for (int k = levels; k < 31; ++k) dimensions.push_back(k);
  dimensions.push_back(0);
  for (const int k : dimensions) {
    for (int child = node + 1; child < n; ++child) {
      // The parent is the node without its lowest bit.
      if ((child & (child - 1)) != node || child - node != 1 << k) continue;
      const Message partial = co_await network.receive(process(child), process(node));
      add_into(sums, sum, 0, partial);
    }
  }
  if (node == 0) {
    copy_into(buffer, at, sum);
  } else {
    network.send(process(node), process(node & (node - 1)), std::move(sum));
  }
}

}  // namespace

bool nccl_ring(Sums& sums, Buffers& buffers, const Channel& channel) {
  Network network;
  for (const int rank : channel.ring) {
    network.start(ring_rank(network, sums, buffers[static_cast<std::size_t>(rank)], channel,
                            place_of(channel.ring, rank)));
  }
  return network.run();
}

bool nccl_ring_reduce_scatter(Sums& sums, Buffers& buffers, const Channel& channel,
                              std::size_t block) {
  Network network;
  for (const int rank : channel.ring) {
    network.start(scatter_rank(network, sums, buffers[static_cast<std::size_t>(rank)], channel,
                               block, place_of(channel.ring, rank)));
  }
  return network.run();
}

bool nccl_tree(Sums& sums, Buffers& buffers, const Trees& trees, std::size_t first,
               std::size_t count) {
  Network network;
  for (int node = 0; node < trees.nodes; ++node) {
    for (std::size_t place = 0; place < trees.order.size(); ++place) {
      const int rank = node * static_cast<int>(trees.order.size()) + trees.order[place];
      network.start(tree_rank(network, sums, buffers[static_cast<std::size_t>(rank)], rank,
                              links_of(trees, node, place), {first, count}));
    }
  }
  return network.run();
}

bool nccl_pat(Sums& sums, Buffers& buffers, std::size_t block, int levels) {
  const auto n = static_cast<int>(buffers.size());
  Network network;
  for (int rank = 0; rank < n; ++rank) {
    for (int destination = 0; destination < n; ++destination) {
      network.start(pat_node(network, sums, buffers[static_cast<std::size_t>(rank)], n, rank,
                             destination, block, levels));
    }
  }
  return network.run();
}

}  // namespace reducecheck::literal
