// SPDX-License-Identifier: Apache-2.0
// The only place where products are summed: y += x * w over generated tiles of weights.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/format/format.hpp"

namespace reducecheck {

/// A tile of a weight matrix: rows [row, row + rows) and columns [column, column + columns) of the
/// matrix with `key`, scaled by 2^-shift in floating domains.
struct WeightTile {
  std::uint64_t key = 0;
  std::size_t row = 0;
  std::size_t rows = 0;
  std::size_t column = 0;
  std::size_t columns = 0;
  int shift = 0;
};

/// out[i * columns + j] is element (row + i, column + j). Vectorised along j for the processor at
/// hand, with the same bits on every processor.
void generate_prime(const WeightTile& tile, std::uint64_t* out);
void generate_mod64(const WeightTile& tile, std::uint64_t* out);
void generate_float(const WeightTile& tile, float* out);
/// As generate_float, each number rounded to the format and widened again.
void generate_rounded(Format format, const WeightTile& tile, float* out);

/// y[t * y_stride + j] += sum over i of x[t * x_stride + i] * w[i * columns + j], for t < rows. In
/// floating point one multiplication and one addition an i, in ascending order of i; vectorised
/// along j only, so that the order is the same on every processor.
struct Contraction {
  std::size_t rows = 0;
  std::size_t inner = 0;
  std::size_t columns = 0;
  std::size_t x_stride = 0;
  std::size_t y_stride = 0;
};
void contract_prime(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                    std::uint64_t* y);
void contract_mod64(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                    std::uint64_t* y);
void contract_float(const Contraction& shape, const float* x, const float* w, float* y);

}  // namespace reducecheck
