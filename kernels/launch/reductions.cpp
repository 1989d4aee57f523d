// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/reduction.hpp"

#include <array>

#include "kernels/launch/backend.hpp"
#include "kernels/launch/checks.hpp"

namespace reducecheck::kernels {
namespace {

void check_peers(const char* kernel, std::span<const void* const> buffers) {
  check(!buffers.empty() && buffers.size() <= most_peers, kernel,
        "1 to " + std::to_string(most_peers) + " ranks, not " + std::to_string(buffers.size()));
}

/// The views of the ranks' buffers, count(rank) elements each.
template <class T, class Count>
Peers<Context, T> peers_of(Launch& launch, std::span<const void* const> buffers,
                           const Count& count) {
  Peers<Context, T> peers{};
  peers.count = static_cast<std::uint32_t>(buffers.size());
  for (std::size_t r = 0; r < buffers.size(); ++r) {
    const std::string name = "buffer of rank " + std::to_string(r);
    peers.of[r] = launch.in<T>(name.c_str(), buffers[r], count(r));
  }
  return peers;
}

bool all_packable(const void* out, std::span<const void* const> buffers) {
  bool all = packable({out});
  for (const void* buffer : buffers) all = all && packable({buffer});
  return all;
}

}  // namespace

void all_reduce_one_shot(Queue queue, Element type, void* out, std::span<const void* const> peers,
                         std::size_t n, Accumulation accumulation, Rung rung) {
  check_peers("all_reduce_one_shot", peers);
  if (n == 0) return;
  const bool each = accumulation == Accumulation::each_addition;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "all_reduce_one_shot");
    const View<Stored> to = launch.out<Stored>("out", out, n);
    const auto from = peers_of<Stored>(launch, peers, [&](std::size_t) { return n; });
    if (rung == Rung::fast && all_packable(out, peers)) {
      launch.run(grid_of(n / pack_size<Stored>), FoldPeersPacks<Context, E>{to, from, n, each});
    } else {
      launch.run(grid_of(n), FoldPeers<Context, E>{to, from, 0, n, 0, each});
    }
  });
}

Share two_shot_share(Element type, std::size_t n, std::size_t rank, std::size_t ranks) {
  check(rank < ranks, "two_shot_share", "a rank below the number of ranks");
  const std::size_t pack = 16 / bytes_of(type);
  const std::size_t part = n / pack / ranks * pack;
  return {rank * part, rank + 1 == ranks ? n - rank * part : part};
}

void reduce_share(Queue queue, Element type, void* out, std::span<const void* const> peers,
                  std::size_t n, Share share, std::size_t first, Accumulation accumulation) {
  check_peers("reduce_share", peers);
  check(share.begin <= n && share.size <= n - share.begin, "reduce_share",
        "a share within the buffers");
  check(first < peers.size(), "reduce_share", "a first rank below the number of ranks");
  if (share.size == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "reduce_share");
    const View<Stored> to = launch.out<Stored>("out", out, share.size);
    const auto from = peers_of<Stored>(launch, peers, [&](std::size_t) { return n; });
    launch.run(
        grid_of(share.size),
        FoldPeers<Context, E>{to, from, share.begin, share.size, static_cast<std::uint32_t>(first),
                              accumulation == Accumulation::each_addition});
  });
}

void gather_shares(Queue queue, Element type, void* out, std::span<const void* const> shares,
                   std::size_t n) {
  check_peers("gather_shares", shares);
  if (n == 0) return;
  const auto share = [&](std::size_t r) { return two_shot_share(type, n, r, shares.size()); };
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "gather_shares");
    const View<Stored> to = launch.out<Stored>("out", out, n);
    const auto from =
        peers_of<Stored>(launch, shares, [&](std::size_t r) { return share(r).size; });
    const std::size_t part = shares.size() == 1 ? n : share(0).size;
    launch.run(grid_of(n), GatherShares<Context, E>{to, from, part, n});
  });
}

void ring_fold(Queue queue, Element type, void* out, std::span<const void* const> inputs,
               std::size_t n, const Ring& ring) {
  check_peers("ring_fold", inputs);
  check(ring.chunk >= 1, "ring_fold", "chunks of an element at least");
  check(ring.order.size() == inputs.size() && ring.order[0] == 0, "ring_fold",
        "a ring of all ranks that begins with rank 0");
  std::array<const void*, most_peers> in_order{};
  std::array<bool, most_peers> seen{};
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const auto rank = static_cast<std::size_t>(ring.order[k]);
    check(rank < inputs.size() && !seen[rank], "ring_fold", "every rank once in the ring");
    seen[rank] = true;
    in_order[k] = inputs[rank];
  }
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "ring_fold");
    const View<Stored> to = launch.out<Stored>("out", out, n);
    const auto from = peers_of<Stored>(launch, std::span(in_order).first(inputs.size()),
                                       [&](std::size_t) { return n; });
    // A chunk beyond the end is the whole; ranks times it must not overflow.
    launch.run(grid_of(n), RingFold<Context, E>{to, from, std::min(ring.chunk, n), n});
  });
}

}  // namespace reducecheck::kernels
