// SPDX-License-Identifier: Apache-2.0
// Kernels that make each element from elements at the same place. The fast rung of those that move
// much and compute little takes 16 bytes at a time.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

/// Sum and product of two numbers of a type, rounded once.
struct Plus {
  template <class E>
  static __device__ typename E::Stored of(typename E::Stored a, typename E::Stored b) {
    return E::narrow(E::widen(a) + E::widen(b));
  }
};
struct Times {
  template <class E>
  static __device__ typename E::Stored of(typename E::Stored a, typename E::Stored b) {
    return E::narrow(E::widen(a) * E::widen(b));
  }
};
struct Over {
  template <class E>
  static __device__ typename E::Stored of(typename E::Stored a, typename E::Stored b) {
    return E::narrow(E::widen(a) / E::widen(b));
  }
};

/// out[i] = Op(a[i], b[i])
template <class Ctx, class E, class Op>
struct Binary {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> a;
  typename Ctx::template View<const Stored> b;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      out.store(i, Op::template of<E>(a.load(i), b.load(i)));
    }
  }
};

/// The same by packs; the elements behind the last whole pack one at a time.
template <class Ctx, class E, class Op>
struct BinaryPacks {
  using Stored = typename E::Stored;
  static constexpr std::size_t width = pack_size<Stored>;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> a;
  typename Ctx::template View<const Stored> b;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    const std::size_t packs = n / width;
    for (std::size_t p = grid_index(ctx); p < packs; p += grid_size(ctx)) {
      Pack<Stored, width> left = a.template load_pack<width>(p * width);
      const Pack<Stored, width> right = b.template load_pack<width>(p * width);
      for (std::size_t k = 0; k < width; ++k) {
        left.lane[k] = Op::template of<E>(left.lane[k], right.lane[k]);
      }
      out.store_pack(p * width, left);
    }
    for (std::size_t i = packs * width + grid_index(ctx); i < n; i += grid_size(ctx)) {
      out.store(i, Op::template of<E>(a.load(i), b.load(i)));
    }
  }
};

/// out[i] = Op(x[i], number)
template <class Ctx, class E, class Op>
struct WithNumber {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> x;
  Stored number;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      out.store(i, Op::template of<E>(x.load(i), number));
    }
  }
};

/// out[r, j] = x[r, j] * factors[r]
template <class Ctx, class E>
struct ScaleRows {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> x;
  typename Ctx::template View<const Stored> factors;
  std::size_t rows;
  std::size_t columns;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < rows * columns; i += grid_size(ctx)) {
      out.store(i, Times::of<E>(x.load(i), factors.load(i / columns)));
    }
  }
};

}  // namespace reducecheck::kernels
