// SPDX-License-Identifier: Apache-2.0
#include "real/parity/patterns.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

struct Layout {
  ElementType type;
  int exponent_bits;
  int fraction_bits;

  [[nodiscard]] std::uint64_t made(bool negative, std::uint64_t exponent,
                                   std::uint64_t bits) const {
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << fraction_bits) - 1);
    const std::uint64_t sign = negative ? 1 : 0;
    return (sign << (exponent_bits + fraction_bits)) | (exponent << fraction_bits) | fraction;
  }
  [[nodiscard]] std::uint64_t top() const { return (std::uint64_t{1} << exponent_bits) - 1; }
};

/// Exponents around that of 1, in a short format at most those that leave room for the sum.
std::uint64_t around_one(const Layout& layout, std::uint64_t binades, std::uint64_t bits) {
  const std::uint64_t most = layout.top() - 5;
  const std::uint64_t width = most > binades ? binades : most;
  const std::uint64_t first = layout.top() / 2 - width / 2;
  return layout.made((bits & 1) != 0, first + (bits >> 8) % width, bits >> 32);
}

/// Sixteen of these need no more than the significand has.
std::uint64_t exact(ElementType type, std::uint64_t element, std::uint64_t bits) {
  const int most = std::max(1, (1 << (facts(type).fraction_bits + 1)) / 16);
  const auto span = static_cast<std::uint64_t>(2 * most + 1);
  const int integer = static_cast<int>((bits >> 20) % span) - most;
  const int power = static_cast<int>(mix(element) % 7) - 3;
  return encode(type, std::ldexp(static_cast<float>(integer), power));
}

constexpr std::uint64_t wide = 24;
constexpr std::uint64_t narrow = 4;

std::uint64_t special(const Layout& layout, std::uint64_t bits) {
  const std::uint64_t top = layout.top();
  const std::uint64_t all = ~std::uint64_t{0};
  const bool negative = (bits & 1) != 0;
  const std::array<std::uint64_t, 9> values = {
      layout.made(negative, 0, 0),         layout.made(negative, 0, 1),
      layout.made(negative, 0, all),       layout.made(negative, 1, 0),
      layout.made(negative, top - 1, all), layout.made(negative, top, 0),
      layout.made(negative, top / 2, 0),   layout.made(negative, top / 2, 1),
      layout.made(negative, top, all)};
  // The last is a NaN, which hides what else is in its sum: one in 64 is enough.
  return (bits >> 8) % 64 == 0 ? values.back() : values[(bits >> 16) % (values.size() - 1)];
}

std::uint64_t adversarial(const Layout& layout, std::uint64_t seed, std::uint64_t rank,
                          std::uint64_t index) {
  const std::uint64_t bits = mix(mix(seed ^ index) + rank * golden);
  switch (index % 7) {
    case 0: return layout.made(true, 0, 0);  // a sum of -0 is -0 only if nothing begins at +0
    case 1: return bits & ((std::uint64_t{1} << (8 * facts(layout.type).bytes)) - 1);
    case 2: return special(layout, bits);
    case 3: return layout.made((bits & 1) != 0, (bits >> 8) & 1, bits >> 32);
    case 4: {  // pairs of ranks cancel but for the last bits
      const std::uint64_t pair = mix(mix(seed ^ index) + (rank / 2) * golden);
      return layout.made((rank & 1) != 0, 1 + (pair >> 8) % (layout.top() - 5),
                         (pair >> 32) ^ (bits & 3));
    }
    case 5: return layout.made((bits & 1) != 0, layout.top() - 1 - ((bits >> 8) & 1), bits >> 32);
    default: return around_one(layout, wide, bits);
  }
}

std::uint64_t patterned(Pattern pattern, const Layout& layout, std::uint64_t seed,
                        std::uint64_t rank, std::uint64_t index) {
  const std::uint64_t bits = mix(mix(seed ^ index) + rank * golden);
  switch (pattern) {
    case Pattern::spread: return around_one(layout, wide, bits);
    case Pattern::close: return around_one(layout, narrow, bits);
    case Pattern::exact: return exact(layout.type, index, bits);
    case Pattern::adversarial: break;
  }
  return adversarial(layout, seed, rank, index);
}

}  // namespace

std::vector<std::byte> pattern_elements(Pattern pattern, ElementType type, std::uint64_t seed,
                                        int rank, std::size_t count) {
  const ElementFacts& f = facts(type);
  const Layout layout{type, f.exponent_bits, f.fraction_bits};
  std::vector<std::byte> elements(count * f.bytes);
  for (std::size_t i = 0; i < count; ++i) {
    const auto r = static_cast<std::uint64_t>(rank);
    const std::uint64_t bits = mix(mix(seed ^ i) + r * golden);
    std::uint64_t encoding = bits;
    if (type != ElementType::mod64) encoding = patterned(pattern, layout, seed, r, i);
    store(type, elements.data(), i, encoding);
  }
  return elements;
}

}  // namespace reducecheck::real
