// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace reducecheck {
namespace {

constexpr int unit_exponent = -149;

}  // namespace

void ExactSum::add_scaled(float x, bool negate) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t field = bits >> 23 & 0xffU;
  // |x| = significand * 2^(place + unit_exponent); subnormals have the scale of field 1.
  const std::uint64_t significand = (bits & 0x7fffffU) | (field == 0 ? 0U : 0x800000U);
  const unsigned place = std::max(field, 1U) - 1;
  const unsigned shift = place % 64;
  std::size_t at = place / 64;
  std::uint64_t term = significand << shift;
  std::uint64_t next = shift > 40 ? significand >> (64 - shift) : 0;
  const bool minus = (bits >> 31 != 0) != negate;
  std::uint64_t carry = 0;
  for (; at < size && (term | next | carry) != 0; ++at) {
    const std::uint64_t before = words_[at];
    if (minus) {
      const std::uint64_t partly = before - term;
      words_[at] = partly - carry;
      carry =
          static_cast<std::uint64_t>(before < term) | static_cast<std::uint64_t>(partly < carry);
    } else {
      const std::uint64_t partly = before + term;
      words_[at] = partly + carry;
      carry = static_cast<std::uint64_t>(partly < term) |
              static_cast<std::uint64_t>(words_[at] < carry);
    }
    term = next;
    next = 0;
  }
}

ExactSum& ExactSum::operator+=(const ExactSum& other) {
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t partly = words_[i] + other.words_[i];
    const bool over = partly < words_[i];
    words_[i] = partly + carry;
    carry = static_cast<std::uint64_t>(over) | static_cast<std::uint64_t>(words_[i] < carry);
  }
  return *this;
}

ExactSum& ExactSum::operator-=(const ExactSum& other) {
  ExactSum negative;
  for (std::size_t i = 0; i < size; ++i) negative.words_[i] = ~other.words_[i];
  ExactSum one;
  one.words_[0] = 1;
  negative += one;
  return *this += negative;
}

double ExactSum::magnitude(bool& exact) const {
  ExactSum positive;
  if (is_negative()) {
    positive -= *this;
  } else {
    positive = *this;
  }
  exact = true;
  std::size_t top = size;
  while (top > 0 && positive.words_[top - 1] == 0) --top;
  if (top == 0) return 0;
  const int lead = std::countl_zero(positive.words_[top - 1]);
  std::uint64_t first = positive.words_[top - 1] << lead;
  if (top > 1 && lead > 0) first |= positive.words_[top - 2] >> (64 - lead);
  const std::uint64_t kept = first & ~std::uint64_t{0x7ff};  // 53 bits
  exact = kept == first;
  if (top > 1) exact = exact && (positive.words_[top - 2] << lead) == 0;
  for (std::size_t i = 0; i + 2 < top; ++i) exact = exact && positive.words_[i] == 0;
  const int exponent = 64 * static_cast<int>(top - 1) - lead + unit_exponent;
  return std::ldexp(static_cast<double>(kept), exponent);
}

double ExactSum::towards_zero() const {
  bool exact = false;
  const double absolute = magnitude(exact);
  return is_negative() ? -absolute : absolute;
}

bool ExactSum::exceeds(double bound) const {
  bool exact = false;
  const double absolute = magnitude(exact);
  return absolute > bound || (absolute == bound && !exact);
}

}  // namespace reducecheck
