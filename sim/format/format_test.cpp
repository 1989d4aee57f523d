// SPDX-License-Identifier: Apache-2.0
#include "sim/format/format.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <cmath>

#include "sim/domain/hash.hpp"
#include "sim/format/rounding_check_test.hpp"

namespace reducecheck {
namespace {

/// A format of 16 or 8 bits as a type.
template <Format F>
struct InFormat {
  static constexpr Format format = F;
  static constexpr std::uint32_t sign = 1U << (8 * traits(F).bytes - 1);
  static const NearestTable& table() {
    static const NearestTable all(F);
    return all;
  }
};

template <class N>
class NarrowFormat : public testing::Test {};

using NarrowFormats = testing::Types<InFormat<Format::bf16>, InFormat<Format::fp16>,
                                     InFormat<Format::fp8_e4m3>, InFormat<Format::fp8_e5m2>>;
TYPED_TEST_SUITE(NarrowFormat, NarrowFormats);

constexpr std::uint32_t sampled = 1021;  // a prime: every place of a tie is met

TYPED_TEST(NarrowFormat, WidensEveryEncodingToItsNumber) {
  constexpr Format F = TypeParam::format;
  const std::vector<double>& numbers = TypeParam::table().numbers();
  for (std::uint32_t i = 0; i < TypeParam::sign; ++i) {
    const float plus = widen<F>(i);
    const float minus = widen<F>(i | TypeParam::sign);
    ASSERT_FALSE(std::signbit(plus)) << i;
    ASSERT_TRUE(std::signbit(minus)) << i;
    if (TypeParam::table().is_nan(i)) {
      ASSERT_TRUE(std::isnan(plus) && std::isnan(minus)) << i;
    } else if (i == numbers.size()) {
      ASSERT_TRUE(std::isinf(plus) && std::isinf(minus)) << i;
    } else {
      ASSERT_EQ(static_cast<double>(plus), numbers[i]) << i;
      ASSERT_EQ(static_cast<double>(minus), -numbers[i]) << i;
    }
  }
}

TYPED_TEST(NarrowFormat, RoundsEveryValueToItself) {
  constexpr Format F = TypeParam::format;
  for (std::uint32_t i = 0; i < 2 * TypeParam::sign; ++i) {
    const std::uint32_t magnitude = i & (TypeParam::sign - 1);
    const std::uint32_t back = round_to<F>(widen<F>(i));
    if (TypeParam::table().is_nan(magnitude)) {
      ASSERT_TRUE(TypeParam::table().is_nan(back & (TypeParam::sign - 1))) << i;
    } else if (traits(F).saturates && magnitude == TypeParam::table().numbers().size()) {
      ASSERT_EQ(widen<F>(back), std::copysign(traits(F).largest, widen<F>(i)));
    } else {
      ASSERT_EQ(back, i);
    }
  }
}

TYPED_TEST(NarrowFormat, RoundsToTheNearestValueTiesToEven) {
  const auto round = [](float x) { return round_to<TypeParam::format>(x); };
  EXPECT_EQ(mismatches(TypeParam::table(), TypeParam::sign, sampled, round).count, 0U)
      << mismatches(TypeParam::table(), TypeParam::sign, sampled, round);
  EXPECT_EQ(nan_mismatches(TypeParam::table(), TypeParam::sign, 1, round).count, 0U);
}

// The two ways in which the judge finds the nearest number.
TYPED_TEST(NarrowFormat, TheTableAgreesWithItself) {
  const auto look_up = [](float x) { return TypeParam::table().nearest(static_cast<double>(x)); };
  EXPECT_EQ(mismatches(TypeParam::table(), TypeParam::sign, 65521, look_up).count, 0U);
  std::uint32_t next = 0;
  for (const Preimage& image : TypeParam::table().preimages()) {
    ASSERT_EQ(image.first, next);
    next = image.last + 1;
  }
  EXPECT_EQ(next, 0x7f800001U);
}

TYPED_TEST(NarrowFormat, TraitsAgreeWithEachOther) {
  constexpr FormatTraits f = traits(TypeParam::format);
  EXPECT_EQ(8 * f.bytes, 1 + f.exponent_bits + f.fraction_bits);
  EXPECT_EQ(f.bias, (1 << (f.exponent_bits - 1)) - 1);
  EXPECT_EQ(static_cast<double>(f.largest), TypeParam::table().numbers().back());
  EXPECT_EQ(format_named(f.name), TypeParam::format);
  EXPECT_EQ(widen<TypeParam::format>(Encoding<TypeParam::format>::largest), f.largest);
}

TYPED_TEST(NarrowFormat, IsTheSameWhenKnownAtRunTimeOnly) {
  constexpr Format F = TypeParam::format;
  for (std::uint32_t i = 0; i < 2 * TypeParam::sign; i += 3) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(mix(i)));
    const std::uint32_t other = round_to<F>(x);
    ASSERT_EQ(round_to(F, x), other);
    // Of two NaNs a processor takes the first, and a compiler may exchange them.
    const std::uint32_t sum = add_in(F, i, other);
    ASSERT_TRUE(sum == add_in<F>(i, other) ||
                (std::isnan(widen<F>(sum)) && std::isnan(widen<F>(add_in<F>(i, other)))))
        << i;
    ASSERT_TRUE(widen(F, i) == widen<F>(i) || std::isnan(widen<F>(i))) << i;
  }
}

TEST(Float32Format, IsBinary32) {
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const auto pattern = static_cast<std::uint32_t>(mix(i));
    const auto x = std::bit_cast<float>(pattern);
    ASSERT_EQ(round_to<Format::fp32>(x), pattern);
    ASSERT_EQ(round_to(Format::fp32, widen(Format::fp32, pattern)), pattern);
    const std::uint32_t sum = add_in(Format::fp32, pattern, 0x3f800000U);
    ASSERT_TRUE(std::bit_cast<float>(sum) == x + 1.0F || std::isnan(x)) << x;
  }
  EXPECT_EQ(format_named("fp32"), Format::fp32);
  EXPECT_EQ(format_named("fp64"), std::nullopt);
}

// One more witness, with no table of ours.
TEST(Eigen, RoundsLikeTheFormats) {
  std::uint64_t wrong = 0;
  for (std::uint64_t pattern = 0; pattern < (std::uint64_t{1} << 32); pattern += sampled) {
    const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(pattern));
    if (std::isnan(x)) continue;
    const auto half = Eigen::half_impl::float_to_half_rtne(x).x;
    const auto bfloat = std::bit_cast<std::uint16_t>(Eigen::bfloat16(x));
    wrong += half != round_to<Format::fp16>(x) || bfloat != round_to<Format::bf16>(x) ? 1U : 0U;
  }
  EXPECT_EQ(wrong, 0U);
}

// Rounding differently, in ways that have been met.
template <Format F>
std::uint32_t truncate(float x) {
  const std::uint32_t nearest = round_to<F>(x);
  return std::abs(widen<F>(nearest)) > std::abs(x) ? nearest - 1 : nearest;
}

template <Format F>
std::uint32_t ties_away(float x) {
  const std::uint32_t nearest = round_to<F>(x);
  const double up = static_cast<double>(widen<F>(nearest + 1)) - static_cast<double>(x);
  const double down = static_cast<double>(x) - static_cast<double>(widen<F>(nearest));
  return up == down ? nearest + 1 : nearest;
}

template <Format F>
std::uint32_t flush_subnormals(float x) {
  const std::uint32_t nearest = round_to<F>(x);
  const std::uint32_t magnitude = nearest & (Encoding<F>::sign - 1);
  return magnitude >> traits(F).fraction_bits == 0 ? nearest - magnitude : nearest;
}

template <Format F>
std::uint32_t other_overflow(float x) {
  const std::uint32_t nearest = round_to<F>(x);
  const std::uint32_t from = traits(F).saturates ? Encoding<F>::largest : Encoding<F>::infinity;
  const std::uint32_t to = traits(F).saturates ? Encoding<F>::nan : Encoding<F>::largest;
  const bool beyond = std::abs(x) > traits(F).largest;
  return beyond && (nearest & from) == from ? (nearest & Encoding<F>::sign) | to : nearest;
}

/// Rounds to one bit more before.
template <Format F>
std::uint32_t twice(float x) {
  constexpr std::uint32_t kept = ~std::uint32_t{0} << (22 - traits(F).fraction_bits);
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return round_to<F>(std::bit_cast<float>((bits + (~kept >> 1) + 1) & kept));
}

TYPED_TEST(NarrowFormat, PlantedRoundingsAreCaught) {
  constexpr Format F = TypeParam::format;
  const auto wrong = [](auto round) {
    return mismatches(TypeParam::table(), TypeParam::sign, sampled, round).count;
  };
  EXPECT_GT(wrong(truncate<F>), 0U);
  EXPECT_GT(wrong(ties_away<F>), 0U);
  EXPECT_GT(wrong(flush_subnormals<F>), 0U);
  EXPECT_GT(wrong(other_overflow<F>), 0U);
  EXPECT_GT(wrong(twice<F>), 0U);
  const auto infinite = [](float) { return Encoding<F>::largest + 1; };
  if (traits(F).has_infinity) {
    EXPECT_GT(nan_mismatches(TypeParam::table(), TypeParam::sign, sampled, infinite).count, 0U);
  }
}

}  // namespace
}  // namespace reducecheck
