// SPDX-License-Identifier: Apache-2.0
// Where products with generated weights are summed: y += x * w, tile by tile. Beside it,
// other loops over elements that are worth a version for each level of the processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

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

/// Rows of x times rows of w, of which there are as many as a run reaches to; y has `columns`.
struct Contraction {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t x_stride = 0;
  std::size_t y_stride = 0;
};

/// A run [first, last) of the summed index, with sums of its own.
template <class T>
struct InnerRun {
  std::size_t first = 0;
  std::size_t last = 0;
  T* y = nullptr;
};

/// Of each run: y[t * y_stride + j] += sum over first <= i < last of
/// x[t * x_stride + i] * w[i * columns + j], for t < rows. In floating point one multiplication and
/// one addition an i, in ascending order of i; vectorised along j only, so that the order is the
/// same on every processor.
void contract_runs_prime(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                         std::span<const InnerRun<std::uint64_t>> runs);
void contract_runs_mod64(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                         std::span<const InnerRun<std::uint64_t>> runs);
void contract_runs_float(const Contraction& shape, const float* x, const float* w,
                         std::span<const InnerRun<float>> runs);

/// gate[i] = act(gate[i]) * up[i], in integers modulo 2^64.
void activate_mod64(std::size_t count, std::uint64_t* gate, const std::uint64_t* up);

/// The most columns that contract_placed takes.
inline constexpr std::size_t most_placed = 256;

/// For each run and t < rows: the sums that contract_runs would add to zero, from x and w of one
/// tile, become y[places[t] + j], or weights[t] times them are added to it where there are weights.
/// `rows` and `y_stride` are not read.
void contract_placed(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                     std::span<const InnerRun<std::uint64_t>> runs,
                     std::span<const std::size_t> places, const std::uint64_t* weights);
void contract_placed(const Contraction& shape, const float* x, const float* w,
                     std::span<const InnerRun<float>> runs, std::span<const std::size_t> places,
                     const float* weights);

/// out[j] = ((out[j] + operands[0][j]) + operands[1][j]) + ... for j < count; each is read once.
void add_operands_prime(std::span<const std::uint64_t* const> operands, std::size_t count,
                        std::uint64_t* out);
void add_operands_mod64(std::span<const std::uint64_t* const> operands, std::size_t count,
                        std::uint64_t* out);
void add_operands_float(std::span<const float* const> operands, std::size_t count, float* out);

}  // namespace reducecheck
