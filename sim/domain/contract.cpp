// SPDX-License-Identifier: Apache-2.0
#include "sim/domain/contract.hpp"

#include <algorithm>

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

template <int N, class T, class Convert>
REDUCECHECK_INLINE void generate_run(std::uint64_t start, T* out, Convert convert) {
  for (std::uint64_t j = 0; j < N; ++j) {
    std::uint64_t z = start + j * golden;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    out[j] = convert(z ^ (z >> 31));
  }
}

template <class T, class Convert>
REDUCECHECK_INLINE void generate_tile(const WeightTile& tile, T* out, Convert convert) {
  for (std::size_t i = 0; i < tile.rows; ++i) {
    const std::uint64_t row = row_key(tile.key, tile.row + i) + tile.column * golden + golden;
    std::size_t j = 0;
    for (; j + 8 <= tile.columns; j += 8) generate_run<8>(row + j * golden, out + j, convert);
    for (; j < tile.columns; ++j) generate_run<1>(row + j * golden, out + j, convert);
    out += tile.columns;
  }
}

template <std::size_t N, class T>
REDUCECHECK_INLINE void contract_run(const Contraction& shape, const T* x, const T* w, T* y) {
  for (std::size_t t = 0; t < shape.rows; ++t) {
    T sum[N];
    T* out = y + t * shape.y_stride;
    const T* scales = x + t * shape.x_stride;
    for (std::size_t j = 0; j < N; ++j) sum[j] = out[j];
    for (std::size_t i = 0; i < shape.inner; ++i) {
      const T scale = scales[i];
      const T* row = w + i * shape.columns;
      for (std::size_t j = 0; j < N; ++j) sum[j] += scale * row[j];
    }
    for (std::size_t j = 0; j < N; ++j) out[j] = sum[j];
  }
}

template <std::size_t Wide, std::size_t Narrow, class T>
REDUCECHECK_INLINE void contract_tile(const Contraction& shape, const T* x, const T* w, T* y) {
  std::size_t j = 0;
  for (; j + Wide <= shape.columns; j += Wide) contract_run<Wide>(shape, x, w + j, y + j);
  for (; j + Narrow <= shape.columns; j += Narrow) contract_run<Narrow>(shape, x, w + j, y + j);
  for (; j < shape.columns; ++j) contract_run<1>(shape, x, w + j, y + j);
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

REDUCECHECK_CLONES
void generate_mod64(const WeightTile& tile, std::uint64_t* out) {
  generate_tile(
      tile, out, [](std::uint64_t bits) __attribute__((always_inline)) { return bits; });
}

REDUCECHECK_CLONES
void generate_prime(const WeightTile& tile, std::uint64_t* out) {
  generate_tile(
      tile, out,
      [](std::uint64_t bits) __attribute__((always_inline)) { return Prime::content(bits, 0); });
}

REDUCECHECK_CLONES
void generate_float(const WeightTile& tile, float* out) {
  const auto scale = std::bit_cast<float>(static_cast<std::uint32_t>(127 - 23 - tile.shift) << 23);
  generate_tile(
      tile, out, [scale](std::uint64_t bits) __attribute__((always_inline)) {
        return static_cast<float>(static_cast<std::int32_t>(bits >> 32) >> 8) * scale;
      });
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

REDUCECHECK_CLONES
void contract_mod64(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                    std::uint64_t* y) {
  contract_tile<32, 8>(shape, x, w, y);
}

REDUCECHECK_CLONES
void contract_float(const Contraction& shape, const float* x, const float* w, float* y) {
  contract_tile<64, 16>(shape, x, w, y);
}

void contract_prime(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                    std::uint64_t* y) {
  // A product is below 2^122: 62 of them and a remainder fit into 128 bits.
  constexpr std::size_t terms = 62;
  for (std::size_t t = 0; t < shape.rows; ++t) {
    const std::uint64_t* scales = x + t * shape.x_stride;
    for (std::size_t j = 0; j < shape.columns; ++j) {
      Wide sum = y[t * shape.y_stride + j];
      for (std::size_t first = 0; first < shape.inner; first += terms) {
        const std::size_t last = std::min(shape.inner, first + terms);
        for (std::size_t i = first; i < last; ++i) {
          sum += static_cast<Wide>(scales[i]) * w[i * shape.columns + j];
        }
        sum = Prime::reduce(sum);
      }
      y[t * shape.y_stride + j] = static_cast<std::uint64_t>(sum);
    }
  }
}

}  // namespace reducecheck
