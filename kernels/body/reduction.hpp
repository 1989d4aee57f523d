// SPDX-License-Identifier: Apache-2.0
// Sums over the buffers of several ranks, each in the order that an implementation has.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"
#include "kernels/launch.hpp"

namespace reducecheck::kernels {

/// The buffers of the ranks.
template <class Ctx, class T>
struct Peers {
  typename Ctx::template View<const T> of[most_peers];
  std::uint32_t count;
};

/// The fold of element i over the peers first, first + 1, ... modulo their number.
template <class E, class Ctx>
__device__ typename E::Stored fold(const Peers<Ctx, typename E::Stored>& peers, std::size_t i,
                                   std::uint32_t first, bool each) {
  std::uint32_t peer = first;
  typename E::Wide sum = E::widen(peers.of[peer].load(i));
  for (std::uint32_t k = 1; k < peers.count; ++k) {
    peer = peer + 1 == peers.count ? 0 : peer + 1;
    sum = kept<E>(sum + E::widen(peers.of[peer].load(i)), each);
  }
  return E::narrow(sum);
}

/// out[i] = fold of element begin + i: an all-reduce in one shot, or a rank's share of two.
template <class Ctx, class E>
struct FoldPeers {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  Peers<Ctx, Stored> peers;
  std::size_t begin;
  std::size_t size;
  std::uint32_t first;
  bool each;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < size; i += grid_size(ctx)) {
      out.store(i, fold<E>(peers, begin + i, first, each));
    }
  }
};

/// The same over all n elements and from rank 0, by packs.
template <class Ctx, class E>
struct FoldPeersPacks {
  using Stored = typename E::Stored;
  static constexpr std::size_t width = pack_size<Stored>;
  typename Ctx::template View<Stored> out;
  Peers<Ctx, Stored> peers;
  std::size_t n;
  bool each;

  __device__ void operator()(Ctx& ctx) const {
    const std::size_t packs = n / width;
    for (std::size_t p = grid_index(ctx); p < packs; p += grid_size(ctx)) {
      Pack<Stored, width> own = peers.of[0].template load_pack<width>(p * width);
      typename E::Wide sum[width];
      for (std::size_t k = 0; k < width; ++k) sum[k] = E::widen(own.lane[k]);
      for (std::uint32_t peer = 1; peer < peers.count; ++peer) {
        own = peers.of[peer].template load_pack<width>(p * width);
        for (std::size_t k = 0; k < width; ++k) {
          sum[k] = kept<E>(sum[k] + E::widen(own.lane[k]), each);
        }
      }
      for (std::size_t k = 0; k < width; ++k) own.lane[k] = E::narrow(sum[k]);
      out.store_pack(p * width, own);
    }
    for (std::size_t i = packs * width + grid_index(ctx); i < n; i += grid_size(ctx)) {
      out.store(i, fold<E>(peers, i, 0, each));
    }
  }
};

/// out = the shares one behind the other: all of `part` elements but the last.
template <class Ctx, class E>
struct GatherShares {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  Peers<Ctx, Stored> shares;
  std::size_t part;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    const std::uint32_t last = shares.count - 1;
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      const std::size_t owner = part == 0 || i / part > last ? last : i / part;
      out.store(i, shares.of[owner].load(i - owner * part));
    }
  }
};

/// The order of NCCL's ring, for one channel's part: the inputs stand in the order of the ring.
template <class Ctx, class E>
struct RingFold {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  Peers<Ctx, Stored> inputs;
  std::size_t chunk;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      // The rank behind the chunk's begins, and each hop rounds.
      const std::uint32_t c = chunk_of(i) + 1;
      out.store(i, fold<E>(inputs, i, c == inputs.count ? 0 : c, true));
    }
  }

  __device__ std::uint32_t chunk_of(std::size_t i) const {
    const std::size_t ranks = inputs.count;
    const std::size_t begin = i / (ranks * chunk) * (ranks * chunk);
    const std::size_t left = n - begin;
    std::size_t size = chunk;
    if (left < ranks * chunk) {
      constexpr std::size_t grain = pack_size<Stored>;
      size = ((left + ranks - 1) / ranks + grain - 1) / grain * grain;
    }
    return static_cast<std::uint32_t>((i - begin) / size);
  }
};

}  // namespace reducecheck::kernels
