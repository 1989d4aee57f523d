// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: y = down(act(gate(x)) * up(x)) with weights that are generated tile by tile,
// used, and forgotten, so that nothing of a model's size is ever stored.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/domain/contract.hpp"
#include "sim/domain/domain.hpp"

namespace reducecheck {

/// 2^-shift is about 1 / sqrt(fan_in), so that floating values stay near 1 through a layer.
inline int fan_in_shift(std::int64_t fan_in) {
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(fan_in - 1)));
  return (bits + 1) / 2;
}

template <class D>
void generate(const WeightTile& tile, typename D::Compute* out) {
  if constexpr (std::is_same_v<D, Prime>) {
    generate_prime(tile, out);
  } else if constexpr (std::is_same_v<D, Mod64>) {
    generate_mod64(tile, out);
  } else {
    generate_rounded(D::format, tile, out);
  }
}

template <class D>
void contract(const Contraction& shape, const typename D::Compute* x, const typename D::Compute* w,
              typename D::Compute* y) {
  if constexpr (std::is_same_v<D, Prime>) {
    contract_prime(shape, x, w, y);
  } else if constexpr (std::is_same_v<D, Mod64>) {
    contract_mod64(shape, x, w, y);
  } else {
    contract_float(shape, x, w, y);
  }
}

/// Scratch of the contractions of one interpreter; grows to the largest use and stays.
template <class D>
class Contractor {
 public:
  using Scalar = typename D::Scalar;
  using Compute = typename D::Compute;

  /// y = x W for `rows` rows of `inner` features, W the matrix with `key`, its rows from `row` and
  /// its columns from `column`. The sum over the inner index ascends; it is rounded once at the
  /// end.
  void linear(std::size_t rows, const Scalar* x, const WeightTile& whole, Scalar* y) {
    const Compute* in = widen(x, rows * whole.rows, in_);
    const std::size_t outputs = rows * whole.columns;
    grow(out_, outputs);
    std::fill_n(out_.data(), outputs, Compute{});
    multiply(rows, in, whole, out_.data());
    for (std::size_t i = 0; i < outputs; ++i) y[i] = D::from_compute(out_[i]);
  }

  /// The gated MLP of `rows` rows: inter features [begin, begin + width) of `total`.
  void gated(std::size_t rows, const Scalar* x, std::size_t hidden, std::size_t begin,
             std::size_t width, std::size_t total, const std::uint64_t (&keys)[3], Scalar* y) {
    const int up_shift = fan_in_shift(static_cast<std::int64_t>(hidden));
    const int down_shift = fan_in_shift(static_cast<std::int64_t>(total));
    const Compute* in = widen(x, rows * hidden, in_);
    const std::size_t inter = rows * width;
    grow(gate_, inter);
    grow(up_, inter);
    std::fill_n(gate_.data(), inter, Compute{});
    std::fill_n(up_.data(), inter, Compute{});
    multiply(rows, in, {keys[0], 0, hidden, begin, width, up_shift}, gate_.data());
    multiply(rows, in, {keys[1], 0, hidden, begin, width, up_shift}, up_.data());
    for (std::size_t i = 0; i < inter; ++i) {
      const Scalar activated = D::function(Function::act, D::from_compute(gate_[i]));
      gate_[i] = D::to_compute(D::multiply(activated, D::from_compute(up_[i])));
    }
    grow(out_, rows * hidden);
    std::fill_n(out_.data(), rows * hidden, Compute{});
    multiply(rows, gate_.data(), {keys[2], begin, width, 0, hidden, down_shift}, out_.data());
    for (std::size_t i = 0; i < rows * hidden; ++i) y[i] = D::from_compute(out_[i]);
  }

  /// y += x W with W generated in tiles that stay in the second-level cache.
  void multiply(std::size_t rows, const Compute* x, const WeightTile& whole, Compute* y) {
    constexpr std::size_t tile_rows = 62;
    constexpr std::size_t tile_columns = 256;
    grow(tile_, tile_rows * tile_columns);
    for (std::size_t j = 0; j < whole.columns; j += tile_columns) {
      const std::size_t columns = std::min(tile_columns, whole.columns - j);
      for (std::size_t i = 0; i < whole.rows; i += tile_rows) {
        const std::size_t inner = std::min(tile_rows, whole.rows - i);
        generate<D>({whole.key, whole.row + i, inner, whole.column + j, columns, whole.shift},
                    tile_.data());
        contract<D>({rows, inner, columns, whole.rows, whole.columns}, x + i, tile_.data(), y + j);
      }
    }
  }

 private:
  template <class T>
  static void grow(std::vector<T>& buffer, std::size_t size) {
    if (buffer.size() < size) buffer.resize(size);
  }

  static const Compute* widen(const Scalar* x, std::size_t n, std::vector<Compute>& buffer) {
    if constexpr (std::is_same_v<Scalar, Compute>) {
      return x;
    } else {
      grow(buffer, n);
      for (std::size_t i = 0; i < n; ++i) buffer[i] = D::to_compute(x[i]);
      return buffer.data();
    }
  }

  std::vector<Compute> in_;
  std::vector<Compute> gate_;
  std::vector<Compute> up_;
  std::vector<Compute> out_;
  std::vector<Compute> tile_;
};

}  // namespace reducecheck
