// SPDX-License-Identifier: Apache-2.0
// Where two buffers differ: a count and a least index, which no order of additions changes.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

/// result = {0, all ones}: nothing differs yet.
template <class Ctx>
struct ResetComparison {
  typename Ctx::template View<std::uint64_t> result;

  __device__ void operator()(Ctx& ctx) const {
    const std::size_t i = grid_index(ctx);
    if (i < 2) result.store(i, i == 0 ? 0 : ~std::uint64_t{0});
  }
};

/// Adds to result[0] the number of elements that differ, and lowers result[1] to the first.
template <class Ctx, class E>
struct Compare {
  using Stored = typename E::Stored;
  typename Ctx::template View<std::uint64_t> result;
  typename Ctx::template View<const Stored> a;
  typename Ctx::template View<const Stored> b;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    std::uint64_t count = 0;
    std::uint64_t first = ~std::uint64_t{0};
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      const Stored x = a.load(i);
      const Stored y = b.load(i);
      if (x == y || (E::is_nan(x) && E::is_nan(y))) continue;
      ++count;
      first = i < first ? i : first;
    }
    for (std::uint32_t mask = 16; mask != 0; mask /= 2) {
      count += ctx.shuffle_xor(count, mask);
      const std::uint64_t other = ctx.shuffle_xor(first, mask);
      first = other < first ? other : first;
    }
    if (ctx.thread() % 32 != 0 || count == 0) return;
    ctx.atomic_add(result, 0, count);
    ctx.atomic_min(result, 1, first);
  }
};

}  // namespace reducecheck::kernels
