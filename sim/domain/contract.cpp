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

/// The widest run of columns that a loop keeps in registers.
constexpr std::size_t block = 64;

}  // namespace

REDUCECHECK_CLONES
void generate_mod64(const WeightTile& tile, std::uint64_t* out) {
  for (std::size_t i = 0; i < tile.rows; ++i, out += tile.columns) {
    const std::uint64_t row = row_key(tile.key, tile.row + i) + tile.column * golden + golden;
    for (std::size_t j = 0; j < tile.columns; ++j) {
      std::uint64_t z = row + j * golden;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      out[j] = z ^ (z >> 31);
    }
  }
}

void generate_prime(const WeightTile& tile, std::uint64_t* out) {
  generate_mod64(tile, out);
  for (std::size_t i = 0; i < tile.rows * tile.columns; ++i) out[i] = Prime::content(out[i], 0);
}

REDUCECHECK_CLONES
void generate_float(const WeightTile& tile, float* out) {
  const auto scale = std::bit_cast<float>(static_cast<std::uint32_t>(127 - 23 - tile.shift) << 23);
  for (std::size_t i = 0; i < tile.rows; ++i, out += tile.columns) {
    const std::uint64_t row = row_key(tile.key, tile.row + i) + tile.column * golden + golden;
    for (std::size_t j = 0; j < tile.columns; ++j) {
      std::uint64_t z = row + j * golden;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      z ^= z >> 31;
      out[j] = static_cast<float>(static_cast<std::int32_t>(z >> 32) >> 8) * scale;
    }
  }
}

void generate_bfloat16(const WeightTile& tile, float* out) {
  generate_float(tile, out);
  for (std::size_t i = 0; i < tile.rows * tile.columns; ++i) {
    out[i] = BFloat16::widen(BFloat16::round(out[i]));
  }
}

REDUCECHECK_CLONES
void contract_mod64(const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
                    std::uint64_t* y) {
  for (std::size_t first = 0; first < shape.columns; first += block) {
    const std::size_t n = std::min(block, shape.columns - first);
    for (std::size_t t = 0; t < shape.rows; ++t) {
      std::uint64_t sum[block];
      std::uint64_t* out = y + t * shape.y_stride + first;
      for (std::size_t j = 0; j < n; ++j) sum[j] = out[j];
      for (std::size_t i = 0; i < shape.inner; ++i) {
        const std::uint64_t scale = x[t * shape.x_stride + i];
        const std::uint64_t* row = w + i * shape.columns + first;
        for (std::size_t j = 0; j < n; ++j) sum[j] += scale * row[j];
      }
      for (std::size_t j = 0; j < n; ++j) out[j] = sum[j];
    }
  }
}

REDUCECHECK_CLONES
void contract_float(const Contraction& shape, const float* x, const float* w, float* y) {
  for (std::size_t first = 0; first < shape.columns; first += block) {
    const std::size_t n = std::min(block, shape.columns - first);
    for (std::size_t t = 0; t < shape.rows; ++t) {
      float sum[block];
      float* out = y + t * shape.y_stride + first;
      for (std::size_t j = 0; j < n; ++j) sum[j] = out[j];
      for (std::size_t i = 0; i < shape.inner; ++i) {
        const float scale = x[t * shape.x_stride + i];
        const float* row = w + i * shape.columns + first;
        for (std::size_t j = 0; j < n; ++j) sum[j] += scale * row[j];
      }
      for (std::size_t j = 0; j < n; ++j) out[j] = sum[j];
    }
  }
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
