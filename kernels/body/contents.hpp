// SPDX-License-Identifier: Apache-2.0
// The counter hash that says what inputs and weights hold, written again for kernels: SplitMix64
// (Steele, Lea, Flood 2014) over the row and then along it.
#pragma once

#include "kernels/body/dialect.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

inline constexpr std::uint64_t weyl_step = 0x9e3779b97f4a7c15U;

__device__ constexpr std::uint64_t mixed(std::uint64_t state) {
  state += weyl_step;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebU;
  return state ^ (state >> 31);
}

/// 2^-exponent, for exponents up to 126.
__device__ inline float power_below_one(int exponent) {
  return __builtin_bit_cast(float, static_cast<std::uint32_t>(127 - exponent) << 23);
}

/// What the hash stands for in the type.
template <class E>
__device__ typename E::Stored content(std::uint64_t hash, int shift) {
  if constexpr (E::floating) {
    // The top 24 bits with their sign: exact in fp32, and so is the product.
    const auto top = static_cast<float>(static_cast<std::int64_t>(hash) >> 40);
    return E::narrow(top * power_below_one(23 + shift));
  } else {
    return hash;
  }
}

/// out[r, j] = content of element (row of r, first_column + j)
template <class Ctx, class E>
struct Fill {
  using Stored = typename E::Stored;
  typename Ctx::template View<Stored> out;
  typename Ctx::template View<const std::uint64_t> row_numbers;  // none, or one a row
  std::uint64_t key;
  std::uint64_t first_row;
  std::uint64_t first_column;
  int shift;
  std::size_t rows;
  std::size_t columns;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < rows * columns; i += grid_size(ctx)) {
      const Place at = place_of(i, columns);
      const std::uint64_t row =
          row_numbers.absent() ? first_row + at.row : row_numbers.load(at.row);
      const std::uint64_t column = first_column + at.column;
      out.store(i, content<E>(mixed(mixed(key ^ row) + column * weyl_step), shift));
    }
  }
};

}  // namespace reducecheck::kernels
