// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/order/literal_orders.hpp"

namespace reducecheck::literal {
namespace {

Process linear_rank(Network& network, Sums& sums, Message& buffer, int n, int me) {
  if (me != 0) {
    network.send(me, 0, buffer);
    buffer = co_await network.receive(0, me);
    co_return;
  }
  Message sum = buffer;
  for (int rank = n - 1; rank >= 0; --rank) {
    Message theirs = buffer;
    if (rank != 0) theirs = co_await network.receive(rank, 0);
    if (rank == n - 1) {
      sum = std::move(theirs);
    } else {
      add_into(sums, sum, 0, theirs);
    }
  }
  buffer = sum;
  for (int rank = 1; rank < n; ++rank) network.send(0, rank, buffer);
}

int largest_power(int n) {
  int power = 1;
  while (2 * power <= n) power *= 2;
  return power;
}

Process doubling_rank(Network& network, Sums& sums, Message& buffer, int n, int me) {
  const int power = largest_power(n);
  const int extra = n - power;
  int number = me - extra;
  if (me < 2 * extra) {
    if (me % 2 == 0) {
      network.send(me, me + 1, buffer);
      buffer = co_await network.receive(me + 1, me);
      co_return;
    }
    const Message theirs = co_await network.receive(me - 1, me);
    add_into(sums, buffer, 0, theirs);
    number = me / 2;
  }
  for (int distance = 1; distance < power; distance *= 2) {
    const int partner = number ^ distance;
    const int rank = partner < extra ? 2 * partner + 1 : partner + extra;
    network.send(me, rank, buffer);
    const Message theirs = co_await network.receive(rank, me);
    add_into(sums, buffer, 0, theirs);
  }
  if (me < 2 * extra) network.send(me, me - 1, buffer);
}

/// Elements of a block: the first count % n blocks have one more.
Window block_window(std::size_t count, std::size_t n, std::size_t block) {
  Window window;
  for (std::size_t i = 0; i <= block; ++i) {
    window.begin = window.end;
    window.end += count / n + (i < count % n ? 1 : 0);
  }
  return window;
}

Window piece_of(Window block, std::size_t phases, std::size_t phase) {
  const Window inner = block_window(block.count(), phases, phase);
  return {block.begin + inner.begin, block.begin + inner.end};
}

Process ring_rank(Network& network, Sums& sums, Message& buffer, std::size_t n, std::size_t me,
                  std::size_t phases) {
  const auto rank = static_cast<int>(me);
  const auto next = static_cast<int>((me + 1) % n);
  const auto previous = static_cast<int>((me + n - 1) % n);
  for (std::size_t phase = 0; phase < phases; ++phase) {
    const auto piece = [&](std::size_t block) {
      return piece_of(block_window(buffer.size(), n, block % n), phases, phase);
    };
    const Window own = piece(me);
    network.send(rank, next, slice(buffer, own.begin, own.count()));
    for (std::size_t step = 1; step < n; ++step) {
      const Window here = piece(me + n - step);
      const Message theirs = co_await network.receive(previous, rank);
      add_into(sums, buffer, here.begin, theirs);
      if (step + 1 < n) network.send(rank, next, slice(buffer, here.begin, here.count()));
    }
  }
  // Each block is whole at the rank before its number; now it goes round.
  for (std::size_t step = 0; step + 1 < n; ++step) {
    const Window whole = block_window(buffer.size(), n, (me + 1 + n - step) % n);
    network.send(rank, next, slice(buffer, whole.begin, whole.count()));
    const Window here = block_window(buffer.size(), n, (me + n - step) % n);
    copy_into(buffer, here.begin, co_await network.receive(previous, rank));
  }
}

/// Vector halving with doubled distances, and back.
Process mpi_halving_rank(Network& network, Sums& sums, Message& buffer, int n, int me) {
  const int power = largest_power(n);
  const int extra = n - power;
  const std::size_t count = buffer.size();
  int number = me - extra;
  if (me < 2 * extra) {
    const bool even = me % 2 == 0;
    const int partner = even ? me + 1 : me - 1;
    const Window left{0, count / 2};
    const Window right{count / 2, count};
    const Window mine = even ? left : right;
    const Window other = even ? right : left;
    network.send(me, partner, slice(buffer, other.begin, other.count()));
    const Message theirs = co_await network.receive(partner, me);
    add_into(sums, buffer, mine.begin, theirs);
    if (!even) {
      network.send(me, partner, slice(buffer, mine.begin, mine.count()));
      buffer = co_await network.receive(partner, me);
      co_return;
    }
    copy_into(buffer, other.begin, co_await network.receive(partner, me));
    number = me / 2;
  }
  const auto rank_of = [&](int v) { return v < extra ? 2 * v : v + extra; };
  std::vector<Window> windows = {{0, count}};
  for (int distance = 1; distance < power; distance *= 2) {
    const int partner = rank_of(number ^ distance);
    const Window all = windows.back();
    const std::size_t middle = all.begin + all.count() / 2;
    const bool lower = (number & distance) == 0;
    const Window keep = lower ? Window{all.begin, middle} : Window{middle, all.end};
    const Window give = lower ? Window{middle, all.end} : Window{all.begin, middle};
    network.send(me, partner, slice(buffer, give.begin, give.count()));
    const Message theirs = co_await network.receive(partner, me);
    add_into(sums, buffer, keep.begin, theirs);
    windows.push_back(keep);
  }
  for (int distance = power / 2; distance > 0; distance /= 2) {
    const int partner = rank_of(number ^ distance);
    const Window mine = windows.back();
    windows.pop_back();
    network.send(me, partner, slice(buffer, mine.begin, mine.count()));
    const Message theirs = co_await network.receive(partner, me);
    const bool lower = (number & distance) == 0;
    copy_into(buffer, lower ? mine.end : windows.back().begin, theirs);
  }
  if (me < 2 * extra) network.send(me, me + 1, buffer);
}

}  // namespace

bool openmpi_linear(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return linear_rank(network, sums, buffers[rank], static_cast<int>(buffers.size()),
                       static_cast<int>(rank));
  });
}

bool openmpi_recursive_doubling(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return doubling_rank(network, sums, buffers[rank], static_cast<int>(buffers.size()),
                         static_cast<int>(rank));
  });
}

bool openmpi_ring(Sums& sums, Buffers& buffers, std::size_t phases) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return ring_rank(network, sums, buffers[rank], buffers.size(), rank, phases);
  });
}

bool openmpi_rabenseifner(Sums& sums, Buffers& buffers) {
  return run_ranks(buffers.size(), [&](Network& network, std::size_t rank) {
    return mpi_halving_rank(network, sums, buffers[rank], static_cast<int>(buffers.size()),
                            static_cast<int>(rank));
  });
}

}  // namespace reducecheck::literal
