// SPDX-License-Identifier: Apache-2.0
// Residual and norm. The sum of squares is a fold in the order of the columns, whatever the rung.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

/// What both rungs read and write.
template <class Ctx, class E>
struct NormRows {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<Stored> residual_out;  // absent: no residual
  typename Ctx::template View<const Stored> x;
  typename Ctx::template View<const Stored> residual;
  typename Ctx::template View<const Stored> weight;  // absent: 1
  std::size_t rows;
  std::size_t columns;

  /// x + residual at i, rounded.
  __device__ float sum_at(std::size_t i) const {
    const float value = E::widen(x.load(i));
    return residual.absent() ? value : rounded<E>(value + E::widen(residual.load(i)));
  }

  /// 1 / sqrt(mean of squares), by one division, one square root and one more division, each
  /// rounded; the last two in binary64 first.
  __device__ float factor(Ctx& ctx, float squares) const {
    const float count = rounded<E>(static_cast<float>(columns));
    const float mean = rounded<E>(rounded<E>(squares) / count);
    const double inverse = 1.0 / ctx.square_root(static_cast<double>(mean));
    return rounded<E>(static_cast<float>(inverse));
  }

  /// Element j of the row that begins at `begin`.
  __device__ void finish(std::size_t begin, std::size_t j, float f) const {
    const std::size_t i = begin + j;
    const float h = sum_at(i);
    if (!residual_out.absent()) residual_out.store(i, E::narrow(h));
    const float scaled = rounded<E>(h * f);
    const bool bare = weight.absent();
    out.store(i, E::narrow(bare ? scaled : scaled * E::widen(weight.load(j))));
  }
};

/// A thread a row, in a grid of at least as many threads: with a loop over rows around it, what is
/// live across the division no longer fits the registers that sm_86 gives.
template <class Ctx, class E>
struct NormByThread {
  NormRows<Ctx, E> of;

  __device__ void operator()(Ctx& ctx) const {
    if (grid_index(ctx) >= of.rows) return;
    const std::size_t begin = grid_index(ctx) * of.columns;
    float squares = 0;
    for (std::size_t j = 0; j < of.columns; ++j) {
      const float h = of.sum_at(begin + j);
      squares = squares + h * h;
    }
    const float f = of.factor(ctx, squares);
    for (std::size_t j = 0; j < of.columns; ++j) of.finish(begin, j, f);
  }
};

/// A block a row: all threads square a stretch of it, one adds the squares in their order. The
/// additions are what the order costs; loads and all else are shared out.
template <class Ctx, class E>
struct NormByBlock {
  static constexpr std::size_t stretch = 1024;
  static constexpr std::size_t shared_bytes = stretch * sizeof(float) + 16;
  NormRows<Ctx, E> of;

  __device__ void operator()(Ctx& ctx) const {
    const auto square = ctx.template shared<float>(stretch);
    const auto result = ctx.template shared<float>(1);
    for (std::size_t r = ctx.block(); r < of.rows; r += ctx.blocks()) {
      const std::size_t begin = r * of.columns;
      float squares = 0;
      for (std::size_t at = 0; at < of.columns; at += stretch) {
        const std::size_t left = of.columns - at;
        const std::size_t size = left < stretch ? left : stretch;
        for (std::size_t j = ctx.thread(); j < size; j += ctx.threads()) {
          const float h = of.sum_at(begin + at + j);
          square.store(j, h * h);
        }
        ctx.sync();
        for (std::size_t j = 0; ctx.thread() == 0 && j < size; ++j) {
          squares = squares + square.load(j);
        }
        ctx.sync();
      }
      if (ctx.thread() == 0) result.store(0, of.factor(ctx, squares));
      ctx.sync();
      const float f = result.load(0);
      for (std::size_t j = ctx.thread(); j < of.columns; j += ctx.threads()) {
        of.finish(begin, j, f);
      }
      ctx.sync();
    }
  }
};

}  // namespace reducecheck::kernels
