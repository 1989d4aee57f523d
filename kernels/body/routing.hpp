// SPDX-License-Identifier: Apache-2.0
// Tokens to their experts and back: the tables, the rows in expert order, the weighted sum.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

/// The tables of Permutation, by one block. Pairs are counted in parallel; then each expert's
/// thread walks all pairs, so that its own come in the order of their numbers.
template <class Ctx>
struct Permute {
  using Table = typename Ctx::template View<std::int32_t>;
  Table offsets;
  Table tokens;
  Table places;
  typename Ctx::template View<const std::int32_t> ids;
  std::size_t pairs;
  std::size_t choices;
  std::int32_t experts;

  __device__ void operator()(Ctx& ctx) const {
    const auto of_experts = static_cast<std::size_t>(experts);
    const auto begins = ctx.template shared<std::int32_t>(of_experts + 1);
    for (std::size_t e = ctx.thread(); e <= of_experts; e += ctx.threads()) begins.store(e, 0);
    ctx.sync();
    for (std::size_t p = ctx.thread(); p < pairs; p += ctx.threads()) {
      const std::int32_t id = ids.load(p);
      if (here(id)) {
        ctx.atomic_add(begins, static_cast<std::size_t>(id) + 1, 1);
      } else {
        places.store(p, -1);
      }
    }
    ctx.sync();
    if (ctx.thread() == 0) sum_up(begins);
    ctx.sync();
    for (std::size_t e = ctx.thread(); e <= of_experts; e += ctx.threads()) {
      offsets.store(e, begins.load(e));
      if (e < of_experts) place(static_cast<std::int32_t>(e), begins.load(e));
    }
    const auto used = static_cast<std::size_t>(begins.load(of_experts));
    for (std::size_t p = used + ctx.thread(); p < pairs; p += ctx.threads()) tokens.store(p, -1);
  }

  __device__ bool here(std::int32_t id) const { return id >= 0 && id < experts; }

  /// From numbers of pairs to where they begin.
  template <class Shared>
  __device__ void sum_up(const Shared& begins) const {
    std::int32_t sum = 0;
    for (std::size_t e = 0; e <= static_cast<std::size_t>(experts); ++e) {
      sum += begins.load(e);
      begins.store(e, sum);
    }
  }

  __device__ void place(std::int32_t expert, std::int32_t next) const {
    for (std::size_t p = 0; p < pairs; ++p) {
      if (ids.load(p) != expert) continue;
      tokens.store(static_cast<std::size_t>(next), static_cast<std::int32_t>(p / choices));
      places.store(p, next++);
    }
  }
};

/// out[r] = x[rows[r]], zeros where there is none.
template <class Ctx, class E>
struct GatherRows {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> x;
  typename Ctx::template View<const std::int32_t> sources;
  std::size_t rows;
  std::size_t columns;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < rows * columns; i += grid_size(ctx)) {
      const Place at = place_of(i, columns);
      const std::int32_t source = sources.load(at.row);
      const std::size_t from = static_cast<std::size_t>(source) * columns + at.column;
      out.store(i, source < 0 ? Stored{0} : x.load(from));
    }
  }
};

/// The same by packs, for rows that are whole packs.
template <class Ctx, class E>
struct GatherRowsPacks {
  using Stored = typename E::Stored;
  static constexpr std::size_t width = pack_size<Stored>;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> x;
  typename Ctx::template View<const std::int32_t> sources;
  std::size_t rows;
  std::size_t columns;

  __device__ void operator()(Ctx& ctx) const {
    const std::size_t packs = columns / width;
    for (std::size_t i = grid_index(ctx); i < rows * packs; i += grid_size(ctx)) {
      const Place at = place_of(i, packs);
      const std::int32_t source = sources.load(at.row);
      Pack<Stored, width> moved{};
      if (source >= 0) {
        const std::size_t from = static_cast<std::size_t>(source) * columns + at.column * width;
        moved = x.template load_pack<width>(from);
      }
      out.store_pack(i * width, moved);
    }
  }
};

/// out[t, j] = sum over the choices c of t of weights[t, c] * returned[places[t, c], j]
template <class Ctx, class E>
struct CombineRows {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> returned;
  typename Ctx::template View<const std::int32_t> places;
  typename Ctx::template View<const Stored> weights;
  std::size_t tokens;
  std::size_t choices;
  std::size_t columns;
  bool by_place;
  bool each;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < tokens * columns; i += grid_size(ctx)) {
      const Place here = place_of(i, columns);
      const std::size_t pair = here.row * choices;
      typename E::Wide sum = 0;
      std::int32_t last = -1;
      for (std::size_t c = 0; c < choices; ++c) {
        const std::size_t next = by_place ? above(pair, last) : pair + c;
        if (next == pair + choices) break;
        last = places.load(next);
        if (last < 0) continue;
        const std::size_t at = static_cast<std::size_t>(last) * columns + here.column;
        const auto product = E::widen(weights.load(next)) * E::widen(returned.load(at));
        sum = kept<E>(sum + kept<E>(product, each), each);
      }
      out.store(i, E::narrow(sum));
    }
  }

  /// The choice with the least place above `last`, of those from `pair` on; their end if there is
  /// none.
  __device__ std::size_t above(std::size_t pair, std::int32_t last) const {
    std::size_t best = pair + choices;
    std::int32_t least = 0;
    for (std::size_t c = pair; c < pair + choices; ++c) {
      const std::int32_t place = places.load(c);
      if (place <= last || (best != pair + choices && place >= least)) continue;
      best = c;
      least = place;
    }
    return best;
  }
};

}  // namespace reducecheck::kernels
