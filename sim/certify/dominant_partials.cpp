// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/dominant_partials.hpp"

#include <cmath>

#include "sim/domain/domain.hpp"

namespace reducecheck {

float near_normal(std::uint64_t hash) {
  std::int32_t sum = 0;
  for (int part = 0; part < 4; ++part) sum += static_cast<std::int16_t>(hash >> (16 * part));
  return static_cast<float>(sum) * 0x1p-15F;
}

std::vector<std::vector<float>> dominant_partials(Format format, int ranks, int branches,
                                                  std::size_t elements, std::uint64_t seed) {
  const auto leaves = static_cast<std::size_t>(ranks) * static_cast<std::size_t>(branches);
  std::vector<std::vector<float>> partials(leaves, std::vector<float>(elements));
  for (std::size_t l = 0; l < leaves; ++l) {
    const std::uint64_t row = row_key(mix(seed), l);
    for (std::size_t i = 0; i < elements; ++i) {
      // One power of two an element, so that tensors have many scales; one sign a partial sum.
      const int power = static_cast<int>(mix(seed ^ i) % 8);
      const std::uint64_t hash = element(row, i);
      float x = std::ldexp((hash & 1U) != 0 ? -1.0F : 1.0F, power);
      if (i % leaves != l) x *= hash_float(hash, 0) / (8 * static_cast<float>(leaves));
      partials[l][i] = widen(format, round_to(format, x));
    }
  }
  return partials;
}

}  // namespace reducecheck
