// SPDX-License-Identifier: Apache-2.0
// The contents of weights, a register of 64 bytes at a time.
#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "sim/domain/contract_wide.hpp"
#include "sim/domain/domain.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::wide {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

namespace {

using Hashes [[gnu::vector_size(64)]] = std::uint64_t;
using Halves [[gnu::vector_size(64)]] = std::int32_t;
using Numbers [[gnu::vector_size(64)]] = float;
using StoredHashes [[gnu::vector_size(64), gnu::aligned(8), gnu::may_alias]] = std::uint64_t;
using StoredNumbers [[gnu::vector_size(64), gnu::aligned(4), gnu::may_alias]] = float;

/// `mix` in each lane, without its first addition and the last step, which leaves the upper 31 bits
/// as they are.
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline Hashes mix_upper(Hashes z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  return (z ^ (z >> 27)) * 0x94d049bb133111ebU;
}

[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline Hashes mix_lanes(Hashes z) {
  z = mix_upper(z);
  return z ^ (z >> 31);
}

constexpr Hashes counts = {0, 1, 2, 3, 4, 5, 6, 7};

/// The elements of one row, whose first is the hash of `start`: all bits of it.
struct AllBits {
  [[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void row(std::uint64_t start,
                                                                        std::size_t columns,
                                                                        std::uint64_t* out) const {
    const Hashes steps = (counts + 1) * golden;
    std::size_t j = 0;
    for (; j + 8 <= columns; j += 8) {
      const Hashes z = mix_lanes(steps + (start + j * golden));
      *reinterpret_cast<StoredHashes*>(out + j) = z;
    }
    for (; j < columns; ++j) out[j] = mix(start + j * golden);
  }
};

/// The same as hash_float makes of it.
struct Floats {
  int shift = 0;

  [[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void row(std::uint64_t start,
                                                                        std::size_t columns,
                                                                        float* out) const {
    std::size_t j = 0;
    for (; j + 16 <= columns; j += 16) {
      *reinterpret_cast<StoredNumbers*>(out + j) = sixteen(start + j * golden);
    }
    if (j == columns) return;
    const Numbers rest = sixteen(start + j * golden);
    std::memcpy(out + j, &rest, (columns - j) * sizeof(float));
  }

 private:
  [[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline Numbers sixteen(
      std::uint64_t start) const {
    constexpr Halves upper = {1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31};
    const auto first = reinterpret_cast<Halves>(mix_upper((counts + 1) * golden + start));
    const auto second = reinterpret_cast<Halves>(mix_upper((counts + 9) * golden + start));
    // The eight lowest bits are cleared where hash_float shifts them out.
    const float scale = hash_float(std::uint64_t{1} << 40, shift + 8);
    const Halves top = __builtin_shuffle(first, second, upper) & ~0xff;
    return __builtin_convertvector(top, Numbers) * scale;
  }
};

/// The rows of a tile, each as `contents` makes it.
template <class T, class Contents>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void generate_rows(
    const WeightTile& tile, T* out, Contents contents) {
  const std::uint64_t shift = tile.column * golden;
  for (std::size_t first = 0; first < tile.rows; first += 8) {
    // The keys of eight rows, of which the last may be none.
    const Hashes keys = mix_lanes((tile.key ^ (counts + (tile.row + first))) + golden) + shift;
    const std::size_t rows = std::min<std::size_t>(8, tile.rows - first);
    for (std::size_t i = 0; i < rows; ++i) {
      contents.row(keys[i], tile.columns, out);
      out += tile.columns;
    }
  }
}

}  // namespace

[[gnu::target("arch=x86-64-v4")]] void generate_mod64(const WeightTile& tile, std::uint64_t* out) {
  generate_rows(tile, out, AllBits{});
}

[[gnu::target("arch=x86-64-v4")]] void generate_float(const WeightTile& tile, float* out) {
  generate_rows(tile, out, Floats{tile.shift});
}

#else

void generate_mod64(const WeightTile&, std::uint64_t*) {
  std::abort();
}
void generate_float(const WeightTile&, float*) {
  std::abort();
}

#endif

}  // namespace reducecheck::wide
