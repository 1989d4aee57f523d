// SPDX-License-Identifier: Apache-2.0
#include "sim/domain/contract.hpp"

#include <algorithm>

#include "sim/domain/contract_wide.hpp"
#include "sim/domain/domain.hpp"

// One generic binary reaches the speed of the processor it runs on: the compiler makes a version of
// each loop for every level and the loader picks one. Without contraction (-ffp-contract=off) all
// versions give the same bits. The helpers stand inside the cloned functions because a helper of a
// lower target would not be inlined into them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define REDUCECHECK_CLONES \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define REDUCECHECK_CLONES
#endif

namespace reducecheck {
namespace {

// Runs of columns have a fixed length wherever they can, so that the compiler keeps them in
// registers; the helpers are inlined into each version of the caller and so compiled for its level.
#define REDUCECHECK_INLINE [[gnu::always_inline]] inline

/// Every lane adds a constant that is not zero: with one lane that adds none, the compiler builds
/// the register from eight scalars.
template <int N, class T, class Convert>
REDUCECHECK_INLINE void generate_run(std::uint64_t start, T* out, Convert convert) {
  for (std::uint64_t j = 0; j < N; ++j) {
    std::uint64_t z = start + (j + 1) * golden;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    out[j] = convert(z ^ (z >> 31));
  }
}

/// The keys of the rows first, a register of them at a time: in narrow tiles they are half the
/// work.
template <class T, class Convert>
REDUCECHECK_INLINE void generate_tile(const WeightTile& tile, T* out, Convert convert) {
  constexpr std::size_t block = 64;
  std::uint64_t starts[block];
  for (std::size_t first = 0; first < tile.rows; first += block) {
    const std::size_t rows = std::min(block, tile.rows - first);
    for (std::size_t i = 0; i < rows; ++i) {
      starts[i] = row_key(tile.key, tile.row + first + i) + tile.column * golden;
    }
    for (std::size_t i = 0; i < rows; ++i) {
      std::size_t j = 0;
      for (; j + 8 <= tile.columns; j += 8) {
        generate_run<8>(starts[i] + j * golden, out + j, convert);
      }
      for (; j < tile.columns; ++j) generate_run<1>(starts[i] + j * golden, out + j, convert);
      out += tile.columns;
    }
  }
}

/// y += x * w for `Inner` rows of w. The sum of a column stays in a register over them.
template <std::size_t Inner, class T>
REDUCECHECK_INLINE void contract_rows(std::size_t columns, const T* x, const T* w,
                                      T* __restrict y) {
  T scale[Inner];
  const T* row[Inner];
  for (std::size_t i = 0; i < Inner; ++i) scale[i] = x[i];
  for (std::size_t i = 0; i < Inner; ++i) row[i] = w + i * columns;
  for (std::size_t j = 0; j < columns; ++j) {
    T sum = y[j];
    for (std::size_t i = 0; i < Inner; ++i) sum += scale[i] * row[i][j];
    y[j] = sum;
  }
}

template <class T>
REDUCECHECK_INLINE void contract_each(const Contraction& shape, const T* x, const T* w,
                                      std::span<const InnerRun<T>> runs) {
  const std::size_t columns = shape.columns;
  for (const InnerRun<T>& run : runs) {
    for (std::size_t t = 0; t < shape.rows; ++t) {
      const T* scales = x + t * shape.x_stride;
      T* y = run.y + t * shape.y_stride;
      std::size_t i = run.first;
      for (; i + 8 <= run.last; i += 8) contract_rows<8>(columns, scales + i, w + i * columns, y);
      for (; i < run.last; ++i) contract_rows<1>(columns, scales + i, w + i * columns, y);
    }
  }
}

template <class T>
void place_each(const Contraction& shape, const T* x, const T* w, std::span<const InnerRun<T>> runs,
                std::span<const std::size_t> places, const T* weights) {
  T sums[most_placed];
  for (const InnerRun<T>& run : runs) {
    for (std::size_t t = 0; t < places.size(); ++t) {
      std::fill_n(sums, shape.columns, T{});
      const InnerRun<T> row{run.first, run.last, sums};
      portable::contract_runs({1, shape.columns, 0, 0}, x + t * shape.x_stride, w,
                              std::span(&row, 1));
      T* y = run.y + places[t];
      for (std::size_t j = 0; j < shape.columns; ++j) {
        y[j] = weights == nullptr ? sums[j] : y[j] + weights[t] * sums[j];
      }
    }
  }
}

/// In two loops over a block, because the compiler makes branches of one, which it does not
/// vectorise.
template <Format F>
REDUCECHECK_INLINE void round_all(std::size_t count, float* x) {
  constexpr std::size_t block = 256;
  std::uint32_t encodings[block];
  for (std::size_t first = 0; first < count; first += block) {
    const std::size_t n = std::min(block, count - first);
    for (std::size_t i = 0; i < n; ++i) encodings[i] = round_to<F>(x[first + i]);
    for (std::size_t i = 0; i < n; ++i) x[first + i] = widen<F>(encodings[i]);
  }
}

void contract_row(const Contraction& shape, const std::uint64_t* scales, const std::uint64_t* w,
                  const InnerRun<std::uint64_t>& run, std::uint64_t* y) {
  // A product is below 2^122: 62 of them and a remainder fit into 128 bits.
  constexpr std::size_t terms = 62;
  for (std::size_t j = 0; j < shape.columns; ++j) {
    Wide sum = y[j];
    for (std::size_t first = run.first; first < run.last; first += terms) {
      const std::size_t last = std::min(run.last, first + terms);
      for (std::size_t i = first; i < last; ++i) {
        sum += static_cast<Wide>(scales[i]) * w[i * shape.columns + j];
      }
      sum = Prime::reduce(sum);
    }
    y[j] = static_cast<std::uint64_t>(sum);
  }
}

REDUCECHECK_CLONES void round_bf16(std::size_t count, float* x) {
  round_all<Format::bf16>(count, x);
}
REDUCECHECK_CLONES void round_fp16(std::size_t count, float* x) {
  round_all<Format::fp16>(count, x);
}
REDUCECHECK_CLONES void round_fp8_e4m3(std::size_t count, float* x) {
  round_all<Format::fp8_e4m3>(count, x);
}
REDUCECHECK_CLONES void round_fp8_e5m2(std::size_t count, float* x) {
  round_all<Format::fp8_e5m2>(count, x);
}

}  // namespace

REDUCECHECK_CLONES void portable::generate_mod64(const WeightTile& tile, std::uint64_t* out) {
  generate_tile(
      tile, out, [](std::uint64_t bits) __attribute__((always_inline)) { return bits; });
}

REDUCECHECK_CLONES void portable::contract_runs(const Contraction& shape, const std::uint64_t* x,
                                                const std::uint64_t* w,
                                                std::span<const InnerRun<std::uint64_t>> runs) {
  contract_each(shape, x, w, runs);
}
REDUCECHECK_CLONES void portable::contract_runs(const Contraction& shape, const float* x,
                                                const float* w,
                                                std::span<const InnerRun<float>> runs) {
  contract_each(shape, x, w, runs);
}

void portable::contract_placed(const Contraction& shape, const std::uint64_t* x,
                               const std::uint64_t* w,
                               std::span<const InnerRun<std::uint64_t>> runs,
                               std::span<const std::size_t> places, const std::uint64_t* weights) {
  place_each(shape, x, w, runs, places, weights);
}
void portable::contract_placed(const Contraction& shape, const float* x, const float* w,
                               std::span<const InnerRun<float>> runs,
                               std::span<const std::size_t> places, const float* weights) {
  place_each(shape, x, w, runs, places, weights);
}

void generate_mod64(const WeightTile& tile, std::uint64_t* out) {
  if (wide::available()) return wide::generate_mod64(tile, out);
  portable::generate_mod64(tile, out);
}

REDUCECHECK_CLONES
void generate_prime(const WeightTile& tile, std::uint64_t* out) {
  generate_tile(
      tile, out,
      [](std::uint64_t bits) __attribute__((always_inline)) { return Prime::content(bits, 0); });
}

REDUCECHECK_CLONES void portable::generate_float(const WeightTile& tile, float* out) {
  const auto scale = std::bit_cast<float>(static_cast<std::uint32_t>(127 - 23 - tile.shift) << 23);
  generate_tile(
      tile, out, [scale](std::uint64_t bits) __attribute__((always_inline)) {
        return static_cast<float>(static_cast<std::int32_t>(bits >> 32) >> 8) * scale;
      });
}

void generate_float(const WeightTile& tile, float* out) {
  if (wide::available()) return wide::generate_float(tile, out);
  portable::generate_float(tile, out);
}

void generate_rounded(Format format, const WeightTile& tile, float* out) {
  generate_float(tile, out);
  const std::size_t count = tile.rows * tile.columns;
  switch (format) {
    case Format::fp32: return;
    case Format::bf16: return round_bf16(count, out);
    case Format::fp16: return round_fp16(count, out);
    case Format::fp8_e4m3: return round_fp8_e4m3(count, out);
    case Format::fp8_e5m2: return round_fp8_e5m2(count, out);
  }
}

void contract_runs_mod64(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                         std::span<const InnerRun<std::uint64_t>> runs) {
  if (wide::available()) return wide::contract_runs(shape, x, w, runs);
  portable::contract_runs(shape, x, w, runs);
}

void contract_runs_float(const Contraction& shape, const float* x, const float* w,
                         std::span<const InnerRun<float>> runs) {
  if (wide::available()) return wide::contract_runs(shape, x, w, runs);
  portable::contract_runs(shape, x, w, runs);
}

void contract_runs_prime(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                         std::span<const InnerRun<std::uint64_t>> runs) {
  for (const InnerRun<std::uint64_t>& run : runs) {
    for (std::size_t t = 0; t < shape.rows; ++t)
      contract_row(shape, x + t * shape.x_stride, w, run, run.y + t * shape.y_stride);
  }
}

REDUCECHECK_CLONES
void activate_mod64(std::size_t count, std::uint64_t* __restrict gate, const std::uint64_t* up) {
  for (std::size_t i = 0; i < count; ++i) {
    gate[i] = Mod64::function(Function::act, gate[i]) * up[i];
  }
}

void contract_placed(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                     std::span<const InnerRun<std::uint64_t>> runs,
                     std::span<const std::size_t> places, const std::uint64_t* weights) {
  if (wide::available()) return wide::contract_placed(shape, x, w, runs, places, weights);
  portable::contract_placed(shape, x, w, runs, places, weights);
}

void contract_placed(const Contraction& shape, const float* x, const float* w,
                     std::span<const InnerRun<float>> runs, std::span<const std::size_t> places,
                     const float* weights) {
  if (wide::available()) return wide::contract_placed(shape, x, w, runs, places, weights);
  portable::contract_placed(shape, x, w, runs, places, weights);
}

}  // namespace reducecheck
