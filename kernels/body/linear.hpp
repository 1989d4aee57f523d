// SPDX-License-Identifier: Apache-2.0
// Matrix products of groups of rows, each group with its own weight. Every element is one fold over
// the inner index, ascending, so that the rungs leave the same bits.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

/// What both rungs read and write. Without offsets all rows are one group.
template <class Ctx, class E>
struct Groups {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> x;
  typename Ctx::template View<const Stored> weights;
  typename Ctx::template View<const std::int32_t> offsets;
  std::size_t count;
  std::size_t rows;
  std::size_t inner;
  std::size_t columns;

  /// The first row of a group, or the end of the last.
  __device__ std::size_t begin(std::size_t group) const {
    if (offsets.absent()) return group == 0 ? 0 : rows;
    return static_cast<std::size_t>(offsets.load(group));
  }
};

/// A thread an element.
template <class Ctx, class E>
struct LinearByThread {
  Groups<Ctx, E> of;

  __device__ void operator()(Ctx& ctx) const {
    const std::size_t used = of.begin(of.count) * of.columns;
    for (std::size_t i = grid_index(ctx); i < used; i += grid_size(ctx)) {
      const auto [row, column] = place_of(i, of.columns);
      std::size_t group = 0;
      while (of.begin(group + 1) <= row) ++group;
      const std::size_t weight = group * of.inner * of.columns;
      typename E::Wide sum = 0;
      for (std::size_t k = 0; k < of.inner; ++k) {
        const auto left = E::widen(of.x.load(row * of.inner + k));
        const auto right = E::widen(of.weights.load(weight + k * of.columns + column));
        sum = sum + left * right;
      }
      of.out.store(i, E::narrow(sum));
    }
  }
};

/// A block of 256 threads takes tiles of 64 x 64 elements, a thread 4 x 4 of them: row t / 16 * 4
/// and column t % 16 of each quarter. Both operands pass through shared memory in slices of 16.
template <class Ctx, class E>
struct LinearByTile {
  using Wide = typename E::Wide;
  using Shared = typename Ctx::template View<Wide>;
  static constexpr std::size_t edge = 64;
  static constexpr std::size_t depth = 16;
  static constexpr std::size_t side = 4;
  static constexpr std::uint32_t block = 256;
  static constexpr std::size_t shared_bytes = 2 * depth * edge * sizeof(Wide);
  Groups<Ctx, E> of;

  /// Rows [row, end) of a group, from column on.
  struct Tile {
    std::size_t group;
    std::size_t row;
    std::size_t end;
    std::size_t column;
  };

  __device__ void operator()(Ctx& ctx) const {
    const auto left = ctx.template shared<Wide>(depth * edge);   // [k][row]
    const auto right = ctx.template shared<Wide>(depth * edge);  // [k][column]
    const std::size_t across = (of.columns + edge - 1) / edge;
    for (std::size_t number = ctx.block();; number += ctx.blocks()) {
      const Place at = place_of(number, across);
      const Tile tile = find(at.row, at.column * edge);
      if (tile.group == of.count) return;
      multiply(ctx, tile, left, right);
    }
  }

  /// The tile of that number among those of all groups, or of none.
  __device__ Tile find(std::size_t number, std::size_t column) const {
    std::size_t group = 0;
    for (; group < of.count; ++group) {
      const std::size_t begin = of.begin(group);
      const std::size_t end = of.begin(group + 1);
      const std::size_t tiles = (end - begin + edge - 1) / edge;
      if (number < tiles) return {group, begin + number * edge, end, column};
      number -= tiles;
    }
    return {group, 0, 0, 0};
  }

  __device__ void multiply(Ctx& ctx, const Tile& tile, const Shared& left,
                           const Shared& right) const {
    const std::size_t first_row = ctx.thread() / 16 * side;
    const std::size_t first_column = ctx.thread() % 16;
    Wide sum[side][side] = {};
    for (std::size_t k = 0; k < of.inner; k += depth) {
      bring(ctx, tile, k, left, right);
      ctx.sync();
      for (std::size_t d = 0; d < depth; ++d) {
        Wide a[side] = {};
        Wide b[side] = {};
        for (std::size_t s = 0; s < side; ++s) {
          a[s] = left.load(d * edge + first_row + s);
          b[s] = right.load(d * edge + first_column + s * 16);
        }
        for (std::size_t r = 0; r < side; ++r) {
          for (std::size_t c = 0; c < side; ++c) sum[r][c] = sum[r][c] + a[r] * b[c];
        }
      }
      ctx.sync();
    }
    for (std::size_t r = 0; r < side; ++r) {
      for (std::size_t c = 0; c < side; ++c) {
        const std::size_t row = tile.row + first_row + r;
        const std::size_t column = tile.column + first_column + c * 16;
        if (row >= tile.end || column >= of.columns) continue;
        of.out.store(row * of.columns + column, E::narrow(sum[r][c]));
      }
    }
  }

  /// Slice [k, k + depth) of both operands. Outside of them stands zero: a sum that begins at zero
  /// is never -0, so adding the product of two zeros leaves it.
  __device__ void bring(Ctx& ctx, const Tile& tile, std::size_t k, const Shared& left,
                        const Shared& right) const {
    for (std::size_t i = ctx.thread(); i < depth * edge; i += block) {
      const std::size_t row = tile.row + i / depth;
      const std::size_t inner = k + i % depth;
      const bool inside = row < tile.end && inner < of.inner;
      left.store(i % depth * edge + i / depth,
                 inside ? E::widen(of.x.load(row * of.inner + inner)) : Wide{0});
    }
    const std::size_t weight = tile.group * of.inner * of.columns;
    for (std::size_t i = ctx.thread(); i < depth * edge; i += block) {
      const std::size_t inner = k + i / edge;
      const std::size_t column = tile.column + i % edge;
      const bool inside = inner < of.inner && column < of.columns;
      right.store(
          i, inside ? E::widen(of.weights.load(weight + inner * of.columns + column)) : Wide{0});
    }
  }
};

}  // namespace reducecheck::kernels
