// SPDX-License-Identifier: Apache-2.0
// add_in against exact sums.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/domain/hash.hpp"
#include "sim/format/nearest_table_test.hpp"

namespace reducecheck {
namespace {

/// What a correct addition gives: the exact sum, rounded once by definition.
class ExactAddition {
 public:
  explicit ExactAddition(Format format) : format_(format), table_(format) {}

  [[nodiscard]] bool agrees(std::uint32_t a, std::uint32_t b, std::uint32_t sum) const {
    const double x = number(a);
    const double y = number(b);
    const double rounded = x + y;
    if (std::isnan(rounded)) return table_.is_nan(sum & (sign() - 1));
    double rest = 0;  // of the sum in double precision (Knuth's two-sum)
    if (std::isfinite(rounded)) {
      const double z = rounded - x;
      rest = (x - (rounded - z)) + (y - z);
    }
    return sum == table_.nearest(rounded, rest);
  }

  [[nodiscard]] std::uint32_t sign() const { return 1U << (8 * traits(format_).bytes - 1); }

 private:
  [[nodiscard]] double number(std::uint32_t encoding) const {
    const std::uint32_t magnitude = encoding & (sign() - 1);
    const double minus = (encoding & sign()) != 0 ? -1 : 1;
    if (table_.is_nan(magnitude)) return std::nan("");
    const std::vector<double>& numbers = table_.numbers();
    return minus * (magnitude < numbers.size() ? numbers[magnitude] : HUGE_VAL);
  }

  Format format_;
  NearestTable table_;
};

template <class Add>
std::uint64_t wrong_of_all_pairs(const ExactAddition& exact, Add add) {
  std::uint64_t wrong = 0;
  for (std::uint32_t a = 0; a < 2 * exact.sign(); ++a) {
    for (std::uint32_t b = 0; b < 2 * exact.sign(); ++b) {
      wrong += exact.agrees(a, b, add(a, b)) ? 0U : 1U;
    }
  }
  return wrong;
}

/// Pairs whose sum is often a tie or next to one: the second operand lies about as many powers of
/// two lower as the format has digits; also the ends of the range and whatever comes.
template <class Add>
std::uint64_t wrong_of_hard_pairs(const ExactAddition& exact, int fraction_bits, Add add) {
  const std::uint32_t sign = exact.sign();
  const std::uint32_t ends[] = {0, 1, sign - 1, (sign - 1) ^ ((1U << fraction_bits) - 1)};
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    const std::uint64_t bits = mix(i);
    const auto a = static_cast<std::uint32_t>(bits) & (2 * sign - 1);
    const auto lower = static_cast<std::uint32_t>((bits >> 32) % 16) << fraction_bits;
    const std::uint32_t few = static_cast<std::uint32_t>(bits >> 40) & 3U;
    std::uint32_t b = static_cast<std::uint32_t>(bits >> 48);
    if (i % 4 == 0) b = ((a & (sign - 1)) - lower) ^ few;
    if (i % 4 == 1) b = (((a & (sign - 1)) - lower) >> fraction_bits << fraction_bits) + few;
    if (i % 4 == 2) b = ends[few] + static_cast<std::uint32_t>(bits >> 60);
    b = (b & (sign - 1)) | ((bits >> 37) % 2 == 0 ? 0U : sign);
    wrong += exact.agrees(a, b, add(a, b)) ? 0U : 1U;
  }
  return wrong;
}

template <Format F, Format Between>
std::uint32_t add_through(std::uint32_t a, std::uint32_t b) {
  return round_to<F>(widen<Between>(round_to<Between>(widen<F>(a) + widen<F>(b))));
}

TEST(Addition, OfEveryPairInFp8IsTheExactSumRoundedOnce) {
  const ExactAddition e4m3(Format::fp8_e4m3);
  const ExactAddition e5m2(Format::fp8_e5m2);
  EXPECT_EQ(wrong_of_all_pairs(e4m3, add_in<Format::fp8_e4m3>), 0U);
  EXPECT_EQ(wrong_of_all_pairs(e5m2, add_in<Format::fp8_e5m2>), 0U);
  // The way through a format that is too narrow.
  EXPECT_GT(wrong_of_all_pairs(e4m3, add_through<Format::fp8_e4m3, Format::fp8_e5m2>), 0U);
  EXPECT_GT(wrong_of_all_pairs(e5m2, add_through<Format::fp8_e5m2, Format::fp8_e4m3>), 0U);
}

TEST(Addition, In16BitsIsTheExactSumRoundedOnce) {
  const ExactAddition bf16(Format::bf16);
  const ExactAddition fp16(Format::fp16);
  EXPECT_EQ(wrong_of_hard_pairs(bf16, 7, add_in<Format::bf16>), 0U);
  EXPECT_EQ(wrong_of_hard_pairs(fp16, 10, add_in<Format::fp16>), 0U);
  EXPECT_GT(wrong_of_hard_pairs(bf16, 7, add_through<Format::bf16, Format::fp16>), 0U);
  EXPECT_GT(wrong_of_hard_pairs(fp16, 10, add_through<Format::fp16, Format::bf16>), 0U);
}

// The first digit of a sum that a narrower sum loses, in the formats' own numbers.
TEST(Addition, AbsorbsByFormat) {
  const auto absorbs = []<Format F>(float large) {
    return add_in<F>(round_to<F>(large), round_to<F>(1)) == round_to<F>(large);
  };
  EXPECT_TRUE(absorbs.operator()<Format::bf16>(256));
  EXPECT_FALSE(absorbs.operator()<Format::bf16>(128));
  EXPECT_TRUE(absorbs.operator()<Format::fp16>(2048));
  EXPECT_FALSE(absorbs.operator()<Format::fp16>(1024));
  EXPECT_TRUE(absorbs.operator()<Format::fp8_e4m3>(16));
  EXPECT_FALSE(absorbs.operator()<Format::fp8_e4m3>(8));
  EXPECT_TRUE(absorbs.operator()<Format::fp8_e5m2>(8));
  EXPECT_FALSE(absorbs.operator()<Format::fp8_e5m2>(4));
}

TEST(Addition, SaturatesInFp8Only) {
  const auto doubled = []<Format F>() {
    const std::uint32_t largest = round_to<F>(traits(F).largest);
    return widen<F>(add_in<F>(largest, largest));
  };
  EXPECT_EQ(doubled.operator()<Format::fp8_e4m3>(), 448.0F);
  EXPECT_EQ(doubled.operator()<Format::fp8_e5m2>(), 57344.0F);
  EXPECT_EQ(doubled.operator()<Format::fp16>(), HUGE_VALF);
  EXPECT_EQ(doubled.operator()<Format::bf16>(), HUGE_VALF);
  EXPECT_EQ(doubled.operator()<Format::fp32>(), HUGE_VALF);
}

}  // namespace
}  // namespace reducecheck
