// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: y = down(act(gate(x)) * up(x)) with weights that are generated tile by tile,
// used, and forgotten, so that nothing of a model's size is ever stored.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "sim/domain/contract.hpp"
#include "sim/domain/domain.hpp"
#include "sim/profile/phase.hpp"
#include "sim/run/aligned.hpp"

namespace reducecheck {

/// 2^-shift is about 1 / sqrt(fan_in), so that floating values stay near 1 through a layer.
inline int fan_in_shift(std::int64_t fan_in) {
  const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(fan_in - 1)));
  return (bits + 1) / 2;
}

template <class D>
void generate(const WeightTile& tile, typename D::Compute* out) {
  const InPhase phase(Phase::weights);
  if constexpr (std::is_same_v<D, Prime>) {
    generate_prime(tile, out);
  } else if constexpr (std::is_same_v<D, Mod64>) {
    generate_mod64(tile, out);
  } else {
    generate_rounded(D::format, tile, out);
  }
}

template <class D>
void contract_runs(const Contraction& shape, const typename D::Compute* x,
                   const typename D::Compute* w,
                   std::span<const InnerRun<typename D::Compute>> runs) {
  const InPhase phase(Phase::contraction);
  if constexpr (std::is_same_v<D, Prime>) {
    contract_runs_prime(shape, x, w, runs);
  } else if constexpr (std::is_same_v<D, Mod64>) {
    contract_runs_mod64(shape, x, w, runs);
  } else {
    contract_runs_float(shape, x, w, runs);
  }
}

/// gate = act(gate) * up, each operation rounding once.
template <class D>
void activate(std::size_t count, typename D::Compute* gate, const typename D::Compute* up) {
  if constexpr (std::is_same_v<D, Mod64>) {
    activate_mod64(count, gate, up);
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      const auto activated = D::function(Function::act, D::from_compute(gate[i]));
      gate[i] = D::to_compute(D::multiply(activated, D::from_compute(up[i])));
    }
  }
}

/// The inner features [begin, end) of a gated MLP: what one holder has of it, or several together.
struct InnerShare {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Rows that a gated MLP is applied to, and what becomes of the results: y[places[t] + j] is the
/// result of row t, or grows by `weights[t]` times it where there are weights.
template <class Scalar>
struct GatedRows {
  const Scalar* x = nullptr;
  std::size_t hidden = 0;
  std::span<const std::size_t> places;
  const Scalar* weights = nullptr;
};

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
    const InnerRun<Scalar> run{0, width, y};
    rows_.clear();
    for (std::size_t t = 0; t < rows; ++t) rows_.push_back(t * hidden);
    gated_shares({x, hidden, rows_}, {begin, begin + width}, total, keys, {&run, 1});
  }

  /// The gated MLP by several shares of `total` inner features: `shares` are runs of the features
  /// `all`, and y of each its results. A feature is the same for each share that has it, and so is
  /// computed once; the sums over the features of a share are its own, each ascending from zero.
  void gated_shares(const GatedRows<Scalar>& in, const InnerShare& all, std::size_t total,
                    const std::uint64_t (&keys)[3], std::span<const InnerRun<Scalar>> shares) {
    const std::size_t rows = in.places.size();
    const std::size_t inter = all.end - all.begin;
    compute_features(in, all, keys);
    const WeightTile down{keys[2], all.begin, inter,
                          0,       in.hidden, fan_in_shift(static_cast<std::int64_t>(total))};
    if constexpr (lanes) {
      if (inter <= tile_rows && in.hidden <= std::min(most_placed, tile_columns)) {
        generate<D>(down, tile_.data());
        const Contraction shape{rows, in.hidden, inter, 0};
        return contract_placed(shape, gate_.data(), tile_.data(), shares, in.places, in.weights);
      }
    }
    // So many shares at a time that their sums stay in the second-level cache.
    constexpr std::size_t most_sums = std::size_t{1} << 17;
    const std::size_t sums = std::max<std::size_t>(1, rows * std::min(in.hidden, tile_columns));
    const std::size_t most = std::max<std::size_t>(1, most_sums / sums);
    for (std::size_t first = 0; first < shares.size(); first += most) {
      project(in, down, shares.subspan(first, std::min(most, shares.size() - first)));
    }
  }

  /// y += x W with W generated in tiles that stay in the second-level cache.
  void multiply(std::size_t rows, const Compute* x, const WeightTile& whole, Compute* y) {
    grow(tile_, tile_rows * tile_columns);
    for (std::size_t j = 0; j < whole.columns; j += tile_columns) {
      const std::size_t columns = std::min(tile_columns, whole.columns - j);
      for (std::size_t i = 0; i < whole.rows; i += tile_rows) {
        const std::size_t inner = std::min(tile_rows, whole.rows - i);
        const InnerRun<Compute> run{0, inner, y + j};
        generate<D>({whole.key, whole.row + i, inner, whole.column + j, columns, whole.shift},
                    tile_.data());
        contract_runs<D>({rows, columns, whole.rows, whole.columns}, x + i, tile_.data(),
                         {&run, 1});
      }
    }
  }

 private:
  static constexpr std::size_t tile_rows = 62;
  static constexpr std::size_t tile_columns = 256;

  /// Whether sums need no conversion and the compiler makes good loops of the arithmetic.
  static constexpr bool lanes = std::is_same_v<D, Mod64> || std::is_same_v<D, Float32>;

  /// gate_ = act(gate(x)) * up(x), the features `all` of each row.
  void compute_features(const GatedRows<Scalar>& in, const InnerShare& all,
                        const std::uint64_t (&keys)[3]) {
    const std::size_t rows = in.places.size();
    const std::size_t inter = all.end - all.begin;
    const int shift = fan_in_shift(static_cast<std::int64_t>(in.hidden));
    const Compute* x = widen(in.x, rows * in.hidden, in_);
    grow(gate_, rows * inter);
    grow(up_, rows * inter);
    std::fill_n(gate_.data(), rows * inter, Compute{});
    std::fill_n(up_.data(), rows * inter, Compute{});
    multiply(rows, x, {keys[0], 0, in.hidden, all.begin, inter, shift}, gate_.data());
    multiply(rows, x, {keys[1], 0, in.hidden, all.begin, inter, shift}, up_.data());
    activate<D>(rows * inter, gate_.data(), up_.data());
  }

  /// The features of each share times its rows of `down`. A tile is generated once for all shares.
  void project(const GatedRows<Scalar>& in, const WeightTile& down,
               std::span<const InnerRun<Scalar>> shares) {
    const std::size_t rows = in.places.size();
    std::size_t begin = down.rows;
    std::size_t end = 0;
    for (const InnerRun<Scalar>& share : shares) {
      begin = std::min(begin, share.first);
      end = std::max(end, share.last);
    }
    for (std::size_t j = 0; j < down.columns; j += tile_columns) {
      const std::size_t columns = std::min(tile_columns, down.columns - j);
      const std::size_t sums = rows * columns;
      grow(out_, shares.size() * sums);
      std::fill_n(out_.data(), shares.size() * sums, Compute{});
      for (std::size_t i = begin; i < end; i += tile_rows) {
        const std::size_t inner = std::min(tile_rows, end - i);
        runs_.clear();
        for (std::size_t s = 0; s < shares.size(); ++s) {
          const std::size_t first = std::max(i, shares[s].first);
          const std::size_t last = std::min(i + inner, shares[s].last);
          if (first < last) runs_.push_back({first - i, last - i, out_.data() + s * sums});
        }
        if (runs_.empty()) continue;
        generate<D>({down.key, down.row + i, inner, j, columns, down.shift}, tile_.data());
        contract_runs<D>({rows, columns, down.rows, columns}, gate_.data() + i, tile_.data(),
                         runs_);
      }
      for (std::size_t s = 0; s < shares.size(); ++s) {
        place(in, columns, out_.data() + s * sums, shares[s].y + j);
      }
    }
  }

  static void place(const GatedRows<Scalar>& in, std::size_t columns, const Compute* sums,
                    Scalar* y) {
    for (std::size_t t = 0; t < in.places.size(); ++t) {
      Scalar* const row = y + in.places[t];
      for (std::size_t j = 0; j < columns; ++j) {
        const Scalar sum = D::from_compute(*sums++);
        row[j] = in.weights == nullptr ? sum : D::add(row[j], D::multiply(in.weights[t], sum));
      }
    }
  }

  static void grow(AlignedVector<Compute>& buffer, std::size_t size) {
    if (buffer.size() < size) buffer.resize(size);
  }

  static const Compute* widen(const Scalar* x, std::size_t n, AlignedVector<Compute>& buffer) {
    if constexpr (std::is_same_v<Scalar, Compute>) {
      return x;
    } else {
      grow(buffer, n);
      for (std::size_t i = 0; i < n; ++i) buffer[i] = D::to_compute(x[i]);
      return buffer.data();
    }
  }

  AlignedVector<Compute> in_;
  AlignedVector<Compute> gate_;
  AlignedVector<Compute> up_;
  AlignedVector<Compute> out_;
  AlignedVector<Compute> tile_;
  std::vector<InnerRun<Compute>> runs_;
  std::vector<std::size_t> rows_;
};

}  // namespace reducecheck
