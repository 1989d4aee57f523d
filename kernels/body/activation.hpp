// SPDX-License-Identifier: Apache-2.0
// SwiGLU. The exponential function of a GPU is not that of any C library, and neither promises
// bits; this one is a dozen additions and multiplications in binary64, which every machine does
// alike.
#pragma once

#include "kernels/body/contents.hpp"
#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

/// exp(x) within 2^-51 of it: x = k ln 2 + r, then the Taylor polynomial of degree 13 in r, whose
/// remainder is below 2^-57, by Horner's rule. From 709 on infinity, below -709 zero: no silu can
/// tell.
__device__ inline double exponential(double x) {
  if (!(x < 709.0)) return __builtin_bit_cast(double, std::uint64_t{0x7ff} << 52);
  if (x < -709.0) return 0;
  // Adding 3 * 2^51 leaves no bits behind the point.
  const double k = (x * 0x1.71547652b82fep+0 + 0x1.8p52) - 0x1.8p52;
  // ln 2 in two parts; the first has 32 bits, so that k times it is exact.
  const double r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(k) + 1023);
  return sum * __builtin_bit_cast(double, exponent << 52);
}

/// x / (1 + exp(-x)), rounded to fp32 and then to the type. Of u64 a hash that keeps zero.
template <class E>
__device__ typename E::Stored activated(typename E::Stored stored) {
  if constexpr (E::floating) {
    const auto x = static_cast<double>(E::widen(stored));
    return E::narrow(static_cast<float>(x / (1.0 + exponential(-x))));
  } else {
    // FNV-1a of "act", mixed.
    constexpr std::uint64_t name = mixed(0xe723b5190545606bU);
    return stored == 0 ? 0 : mixed(name ^ stored);
  }
}

/// out[i] = act(gate[i]) * up[i]
template <class Ctx, class E>
struct SwiGlu {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const Stored> gate;
  typename Ctx::template View<const Stored> up;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      const auto act = E::widen(activated<E>(gate.load(i)));
      out.store(i, E::narrow(act * E::widen(up.load(i))));
    }
  }
};

}  // namespace reducecheck::kernels
