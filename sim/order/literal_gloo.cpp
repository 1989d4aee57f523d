// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/order/literal_orders.hpp"

namespace reducecheck::literal {
namespace {

Window clipped(std::size_t begin, std::size_t length, std::size_t end) {
  const std::size_t first = std::min(begin, end);
  return {first, std::min(first + length, end)};
}

/// Segments go to the rank before; those of one rank follow each other.
Process ring_rank(Network& network, Sums& sums, Message& buffer, std::size_t n, std::size_t me,
                  std::size_t segment, std::size_t of_a_rank) {
  const auto rank = static_cast<int>(me);
  const auto receiver = static_cast<int>((me + n - 1) % n);
  const auto sender = static_cast<int>((me + 1) % n);
  const auto window = [&](std::size_t number) {
    return clipped(number % (n * of_a_rank) * segment, segment, buffer.size());
  };
  const std::size_t steps = (n - 1) * of_a_rank;
  for (std::size_t i = 0; i < steps; ++i) {
    const Window give = window((me + 1) * of_a_rank + i);
    network.send(rank, receiver, slice(buffer, give.begin, give.count()));
    const Window here = window((me + 2) * of_a_rank + i);
    const Message theirs = co_await network.receive(sender, rank);
    add_into(sums, buffer, here.begin, theirs);
  }
  for (std::size_t i = 0; i < steps; ++i) {
    const Window give = window(me * of_a_rank + i);
    network.send(rank, receiver, slice(buffer, give.begin, give.count()));
    const Window here = window((me + 1) * of_a_rank + i);
    copy_into(buffer, here.begin, co_await network.receive(sender, rank));
  }
}

struct Group {
  std::vector<std::size_t> ranks;
  std::size_t me = 0;
  Window all;
  std::size_t chunk = 0;

  [[nodiscard]] Window of(std::size_t member) const {
    return clipped(all.begin + member * chunk, chunk, all.end);
  }
};

std::vector<Group> bcube_groups(std::size_t n, std::size_t me, std::size_t count) {
  std::vector<Group> groups;
  Window mine{0, count};
  for (std::size_t distance = 1; distance < n;) {
    const std::size_t rest = n / distance;
    const std::size_t size = rest % 2 == 0 ? 2 : rest;
    Group group;
    group.me = me / distance % size;
    for (std::size_t i = 0; i < size; ++i) {
      group.ranks.push_back(me - group.me * distance + i * distance);
    }
    group.all = mine;
    group.chunk = (mine.count() + size - 1) / size;
    mine = group.of(group.me);
    groups.push_back(group);
    distance *= size;
  }
  return groups;
}

Process bcube_rank(Network& network, Sums& sums, Message& buffer, std::size_t n, std::size_t me) {
  const auto rank = static_cast<int>(me);
  const std::vector<Group> groups = bcube_groups(n, me, buffer.size());
  for (const Group& group : groups) {
    for (std::size_t i = 0; i < group.ranks.size(); ++i) {
      const Window theirs = group.of(i);
      if (i == group.me) continue;
      network.send(rank, static_cast<int>(group.ranks[i]),
                   slice(buffer, theirs.begin, theirs.count()));
    }
    for (std::size_t i = 0; i < group.ranks.size(); ++i) {
      if (i == group.me) continue;
      const Message theirs = co_await network.receive(static_cast<int>(group.ranks[i]), rank);
      add_into(sums, buffer, group.of(group.me).begin, theirs);
    }
  }
  for (std::size_t step = groups.size(); step-- > 0;) {
    const Group& group = groups[step];
    const Window mine = group.of(group.me);
    for (std::size_t i = 0; i < group.ranks.size(); ++i) {
      if (i == group.me) continue;
      network.send(rank, static_cast<int>(group.ranks[i]), slice(buffer, mine.begin, mine.count()));
    }
    for (std::size_t i = 0; i < group.ranks.size(); ++i) {
      if (i == group.me) continue;
      copy_into(buffer, group.of(i).begin,
                co_await network.receive(static_cast<int>(group.ranks[i]), rank));
    }
  }
}

/// Every rank passes on what it received, untouched, and adds it to its own.
Process legacy_rank(Network& network, Sums& sums, Message& buffer, int n, int me) {
  network.send(me, (me + 1) % n, buffer);
  for (int round = 1; round < n; ++round) {
    Message theirs = co_await network.receive((me + n - 1) % n, me);
    add_into(sums, buffer, 0, theirs);
    if (round + 1 < n) network.send(me, (me + 1) % n, std::move(theirs));
  }
}

/// 2 n chunks of at least 256 elements; pairs of chunks go round.
Process chunked_rank(Network& network, Sums& sums, Message& buffer, std::size_t n, std::size_t me) {
  const auto rank = static_cast<int>(me);
  const auto next = static_cast<int>((me + 1) % n);
  const auto previous = static_cast<int>((me + n - 1) % n);
  const std::size_t chunk = std::max<std::size_t>(256, (buffer.size() + 2 * n - 1) / (2 * n));
  for (std::size_t half = 0; half < 2; ++half) {
    const auto window = [&](std::size_t pair) {
      return clipped((pair % n * 2 + half) * chunk, chunk, buffer.size());
    };
    const Window own = window(me);
    network.send(rank, next, slice(buffer, own.begin, own.count()));
    for (std::size_t step = 1; step < n; ++step) {
      const Window here = window(me + n - step);
      const Message theirs = co_await network.receive(previous, rank);
      add_into(sums, buffer, here.begin, theirs);
      network.send(rank, next, slice(buffer, here.begin, here.count()));
    }
    for (std::size_t step = 0; step + 1 < n; ++step) {
      const Window here = window(me + n - step);
      Message whole = co_await network.receive(previous, rank);
      copy_into(buffer, here.begin, whole);
      if (step + 2 < n) network.send(rank, next, std::move(whole));
    }
  }
}

/// Blocks of powers of two, the largest first.
struct Block {
  int first = 0;
  int size = 1;
};

std::vector<Block> binary_blocks(int n) {
  std::vector<Block> blocks;
  for (int size = 1 << 30; size > 0; size /= 2) {
    const int first = blocks.empty() ? 0 : blocks.back().first + blocks.back().size;
    if ((n & size) != 0) blocks.push_back({first, size});
  }
  return blocks;
}

/// What a member of a block holds after halving: the bits of its number, lowest first, choose.
Window halved(std::size_t count, int number, int size) {
  Window window{0, count};
  for (int distance = 1; distance < size; distance *= 2) {
    const std::size_t middle = window.begin + window.count() / 2;
    ((number & distance) == 0 ? window.end : window.begin) = middle;
  }
  return window;
}

Window common(Window a, Window b) {
  const std::size_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

/// Halving inside the block, the smaller block's sum added to the larger one's, and back.
Process gloo_halving_rank(Network& network, Sums& sums, Message& buffer, int n, int me) {
  const std::vector<Block> blocks = binary_blocks(n);
  std::size_t mine = 0;
  while (me >= blocks[mine].first + blocks[mine].size) ++mine;
  const Block block = blocks[mine];
  const int number = me - block.first;
  for (int distance = 1; distance < block.size; distance *= 2) {
    const int partner = block.first + (number ^ distance);
    const Window give = halved(buffer.size(), number ^ distance, 2 * distance);
    const Window keep = halved(buffer.size(), number, 2 * distance);
    network.send(me, partner, slice(buffer, give.begin, give.count()));
    const Message theirs = co_await network.receive(partner, me);
    add_into(sums, buffer, keep.begin, theirs);
  }
  const Window own = halved(buffer.size(), number, block.size);
  if (mine + 1 < blocks.size()) {
    const Block smaller = blocks[mine + 1];
    for (int i = 0; i < smaller.size; ++i) {
      const Window shared = common(own, halved(buffer.size(), i, smaller.size));
      const Message theirs = co_await network.receive(smaller.first + i, me);
      add_into(sums, buffer, shared.begin, theirs);
    }
  }
  if (mine > 0) {
    const Block larger = blocks[mine - 1];
    for (int i = 0; i < larger.size; ++i) {
      const Window shared = common(own, halved(buffer.size(), i, larger.size));
      network.send(me, larger.first + i, slice(buffer, shared.begin, shared.count()));
    }
  } else {
    for (int to = 0; to < n; ++to) network.send(me, to, slice(buffer, own.begin, own.count()));
  }
  for (int i = 0; i < blocks[0].size; ++i) {
    copy_into(buffer, halved(buffer.size(), i, blocks[0].size).begin,
              co_await network.receive(i, me));
  }
}

}  // namespace

bool gloo_ring(Sums& sums, Buffers& buffers, std::size_t element_bytes, std::size_t most_segment) {
  const std::size_t n = buffers.size();
  const std::size_t bytes = buffers[0].size() * element_bytes;
  const std::size_t most = std::max<std::size_t>(1, most_segment / element_bytes) * element_bytes;
  std::size_t segments = 2 * n;
  while (segments * most < bytes) segments += n;
  std::size_t segment = 0;
  while (segment * element_bytes * segments < bytes) ++segment;
  return run_ranks(n, [&](Network& network, std::size_t rank) {
    return ring_rank(network, sums, buffers[rank], n, rank, segment, segments / n);
  });
}

bool gloo_bcube(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return bcube_rank(network, sums, buffers[rank], buffers.size(), rank);
  });
}

bool gloo_ring_legacy(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return legacy_rank(network, sums, buffers[rank], static_cast<int>(buffers.size()),
                       static_cast<int>(rank));
  });
}

bool gloo_ring_chunked(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return chunked_rank(network, sums, buffers[rank], buffers.size(), rank);
  });
}

bool gloo_halving_doubling(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return gloo_halving_rank(network, sums, buffers[rank], static_cast<int>(buffers.size()),
                             static_cast<int>(rank));
  });
}

}  // namespace reducecheck::literal
