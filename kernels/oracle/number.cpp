// SPDX-License-Identifier: Apache-2.0
#include "kernels/oracle/number.hpp"

#include <algorithm>
#include <bit>

namespace reducecheck::kernels::oracle {
namespace {

std::uint64_t nan_of(const Format& format) {
  return format.sign() - 1;
}

bool infinite(const Format& format, std::uint64_t x) {
  return (x & (format.sign() - 1)) == format.infinity();
}

bool minus(const Format& format, std::uint64_t x) {
  return (x & format.sign()) != 0;
}

bool zero(const Format& format, std::uint64_t x) {
  return (x & (format.sign() - 1)) == 0;
}

Long exact(const Format& format, std::uint64_t x) {
  const Finite f = finite(format, x);
  return Long::of(f.significand, f.exponent, f.negative);
}

/// A significand of 53 bits, ties to even, times 2^exponent.
struct Wide {
  std::uint64_t significand = 0;
  int exponent = 0;
};

/// From 55 bits, whose last says whether anything is left below.
Wide to_53_bits(std::uint64_t bits, int exponent) {
  const std::uint64_t rest = bits & 3U;
  std::uint64_t kept = bits >> 2;
  if (rest == 3 || (rest == 2 && (kept & 1U) != 0)) ++kept;
  return {kept, exponent + 2};
}

}  // namespace

Long Long::of(std::uint64_t magnitude, int exponent, bool negative) {
  Long result;
  int shift = exponent - unit;
  if (shift < 0) {
    const bool far = shift <= -64;
    const std::uint64_t kept = far ? 0 : magnitude >> -shift;
    const bool lost = far ? magnitude != 0 : (kept << -shift) != magnitude;
    magnitude = kept | (lost ? 1U : 0U);
    shift = 0;
  }
  const auto limb = static_cast<std::size_t>(shift / 64);
  const int within = shift % 64;
  result.limbs_.at(limb) = magnitude << within;
  if (within > 0) result.limbs_.at(limb + 1) = magnitude >> (64 - within);
  return negative ? result.negated() : result;
}

Long operator+(const Long& a, const Long& b) {
  Long sum;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < sum.limbs_.size(); ++i) {
    const std::uint64_t low = a.limbs_[i] + carry;
    carry = low < carry ? 1 : 0;
    sum.limbs_[i] = low + b.limbs_[i];
    carry += sum.limbs_[i] < low ? 1U : 0U;
  }
  return sum;
}

Long Long::negated() const {
  Long result;
  std::uint64_t carry = 1;
  for (std::size_t i = 0; i < limbs_.size(); ++i) {
    result.limbs_[i] = ~limbs_[i] + carry;
    carry = carry != 0 && result.limbs_[i] == 0 ? 1 : 0;
  }
  return result;
}

bool Long::zero() const {
  return std::ranges::all_of(limbs_, [](std::uint64_t limb) { return limb == 0; });
}

bool Long::bit(int index) const {
  return (limbs_.at(static_cast<std::size_t>(index / 64)) >> (index % 64) & 1U) != 0;
}

int Long::top_bit() const {
  for (std::size_t i = limbs_.size(); i-- > 0;) {
    if (limbs_[i] != 0)
      return static_cast<int>(i) * 64 + static_cast<int>(std::bit_width(limbs_[i])) - 1;
  }
  return -1;
}

std::uint64_t Long::rounded(const Format& format, bool minus_zero) const {
  if (zero()) return minus_zero ? format.sign() : 0;
  const Long magnitude = negative() ? negated() : *this;
  const int least = 1 - format.bias();  // exponent of the smallest normal number
  const int exponent = std::max(magnitude.top_bit() + unit, least);
  const int drop = exponent - format.fraction_bits - unit;
  std::uint64_t kept = 0;
  for (int i = magnitude.top_bit(); i >= drop; --i) {
    kept = kept << 1 | (magnitude.bit(i) ? 1U : 0U);
  }
  bool below_half = false;
  for (int i = 0; i < drop - 1; ++i) below_half = below_half || magnitude.bit(i);
  if (magnitude.bit(drop - 1) && (below_half || (kept & 1U) != 0)) ++kept;
  // The leading bit of a normal number, and a carry out of the fraction, count up the exponent.
  const std::uint64_t code =
      (static_cast<std::uint64_t>(exponent - least) << format.fraction_bits) + kept;
  return (negative() ? format.sign() : 0) | std::min(code, format.infinity());
}

Finite finite(const Format& format, std::uint64_t x) {
  const std::uint64_t field = (x & (format.sign() - 1)) >> format.fraction_bits;
  const std::uint64_t leading = std::uint64_t{1} << format.fraction_bits;
  const std::uint64_t fraction = x & (leading - 1);
  const int exponent = std::max(static_cast<int>(field), 1) - format.bias();
  return {minus(format, x), field == 0 ? fraction : fraction | leading,
          exponent - format.fraction_bits};
}

std::uint64_t add(const Format& format, std::uint64_t a, std::uint64_t b) {
  if (format.integer()) return a + b;
  if (format.is_nan(a) || format.is_nan(b)) return nan_of(format);
  if (infinite(format, a) && infinite(format, b) && a != b) return nan_of(format);
  if (infinite(format, a)) return a;
  if (infinite(format, b)) return b;
  const bool minus_zero = minus(format, a) && minus(format, b);
  return (exact(format, a) + exact(format, b)).rounded(format, minus_zero);
}

std::uint64_t multiply(const Format& format, std::uint64_t a, std::uint64_t b) {
  if (format.integer()) return a * b;
  const bool negative = minus(format, a) != minus(format, b);
  const bool unbounded = infinite(format, a) || infinite(format, b);
  const bool nothing = zero(format, a) || zero(format, b);
  if (format.is_nan(a) || format.is_nan(b) || (unbounded && nothing)) return nan_of(format);
  if (unbounded) return format.infinity() | (negative ? format.sign() : 0);
  const Finite x = finite(format, a);
  const Finite y = finite(format, b);
  return Long::of(x.significand * y.significand, x.exponent + y.exponent, negative)
      .rounded(format, negative);
}

std::uint64_t divide(const Format& format, std::uint64_t a, std::uint64_t b) {
  const bool negative = minus(format, a) != minus(format, b);
  const std::uint64_t sign = negative ? format.sign() : 0;
  if (format.is_nan(a) || format.is_nan(b)) return nan_of(format);
  if (infinite(format, a)) return infinite(format, b) ? nan_of(format) : format.infinity() | sign;
  if (infinite(format, b)) return sign;
  if (zero(format, b)) return zero(format, a) ? nan_of(format) : format.infinity() | sign;
  Finite x = finite(format, a);
  Finite y = finite(format, b);
  if (x.significand == 0) return sign;
  // A quotient of at least 28 bits; what is left makes its last bit odd.
  const int grow = 62 - static_cast<int>(std::bit_width(x.significand));
  x.significand <<= grow;
  const int shrink = std::countr_zero(y.significand);
  y.significand >>= shrink;
  const std::uint64_t quotient = x.significand / y.significand;
  const bool left = x.significand % y.significand != 0;
  const int exponent = x.exponent - grow - y.exponent - shrink;
  return Long::of(quotient | (left ? 1U : 0U), exponent, negative).rounded(format, negative);
}

std::uint64_t convert(const Format& from, const Format& to, std::uint64_t x) {
  if (from.integer()) return x;
  if (from.is_nan(x)) return nan_of(to);
  const bool negative = minus(from, x);
  if (infinite(from, x)) return to.infinity() | (negative ? to.sign() : 0);
  return exact(from, x).rounded(to, negative);
}

std::uint64_t inverse_root(std::uint64_t x) {
  if (binary32.is_nan(x)) return nan_of(binary32);
  if (zero(binary32, x)) return binary32.infinity() | (x & binary32.sign());
  if (minus(binary32, x)) return nan_of(binary32);
  if (infinite(binary32, x)) return 0;
  // The root digit by digit, two bits of the significand for each: 54 bits and one for the rest.
  Finite from = finite(binary32, x);
  const int grow = 62 - static_cast<int>(std::bit_width(from.significand));
  from.significand <<= grow;
  from.exponent -= grow;
  if (from.exponent % 2 != 0) {
    from.significand <<= 1;
    --from.exponent;
  }
  std::uint64_t root = 0;
  std::uint64_t rest = 0;
  int digits = 32;
  for (; digits > 0 || root >> 53 == 0; --digits) {
    const std::uint64_t next =
        digits > 0 ? (from.significand >> (2 * (digits - 1))) & 3U : std::uint64_t{0};
    rest = rest << 2 | next;
    const std::uint64_t trial = root << 2 | 1U;
    root <<= 1;
    if (rest < trial) continue;
    rest -= trial;
    root |= 1U;
  }
  const Wide s = to_53_bits(root << 1 | (rest != 0 ? 1U : 0U), from.exponent / 2 + digits - 1);
  // 1 / s the same way.
  std::uint64_t quotient = 0;
  std::uint64_t left = 1;
  int power = 0;
  while (quotient >> 53 == 0) {
    left <<= 1;
    --power;
    quotient <<= 1;
    if (left < s.significand) continue;
    left -= s.significand;
    quotient |= 1U;
  }
  const Wide q = to_53_bits(quotient << 1 | (left != 0 ? 1U : 0U), power - s.exponent - 1);
  return Long::of(q.significand, q.exponent, false).rounded(binary32, false);
}

}  // namespace reducecheck::kernels::oracle
