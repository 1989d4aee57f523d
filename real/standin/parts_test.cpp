// SPDX-License-Identifier: Apache-2.0
// The parts of the stand-in by themselves: settings, orders, arithmetic.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "real/standin/numbers.hpp"
#include "real/standin/orders.hpp"
#include "real/standin/settings.hpp"

namespace reducecheck::standin {
namespace {

std::optional<Settings> parsed(const std::map<std::string, const char*>& variables,
                               std::string& error) {
  return parse_settings(
      [&](const std::string& name) -> const char* {
        const auto found = variables.find(name.substr(std::strlen("REDUCECHECK_STANDIN_")));
        return found == variables.end() ? nullptr : found->second;
      },
      error);
}

TEST(Settings, AreRead) {
  std::string error;
  const auto read = parsed({{"SEED", "18446744073709551615"},
                            {"DEADLINE_MS", "250"},
                            {"ORDER", "tree"},
                            {"CHUNK_BYTES", "64"},
                            {"DEVICES", "2"},
                            {"FAULT", "corrupt rank=3 call=9 value=17"}},
                           error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->seed, ~std::uint64_t{0});
  EXPECT_EQ(read->deadline_milliseconds, 250);
  EXPECT_EQ(read->order, SumOrder::tree);
  EXPECT_EQ(read->chunk_bytes, 64U);
  EXPECT_EQ(read->devices, 2);
  EXPECT_EQ(read->fault.kind, FaultKind::corrupt);
  EXPECT_EQ(read->fault.rank, 3);
  EXPECT_EQ(read->fault.call, 9U);
  EXPECT_EQ(read->fault.value, 17U);
}

TEST(Settings, ThatAreNotValidSayWhatIsExpected) {
  const std::tuple<const char*, const char*, const char*> table[] = {
      {"SEED", "x", "SEED: expected a number from 0 to 18446744073709551615, not `x`"},
      {"SEED", "", "SEED: expected a number"},
      {"DEADLINE_MS", "0", "DEADLINE_MS: expected a number from 1 to 3600000, not `0`"},
      {"ORDER", "rign",
       "REDUCECHECK_STANDIN_ORDER: expected rank, ring, tree or random, not `rign`; did you mean "
       "`ring`?"},
      {"FAULT", "kil rank=1", "stop or delay, not `kil`; did you mean `kill`?"},
      {"FAULT", "kill rnk=1", "expected rank=, call= or value=, not `rnk=1`"},
      {"FAULT", "kill rank=", "expected a number from 0 to 4095, not ``"},
  };
  for (const auto& [name, text, expected] : table) {
    std::string error;
    EXPECT_FALSE(parsed({{name, text}}, error));
    EXPECT_NE(error.find(expected), std::string::npos) << error;
  }
}

/// The bracketing of a range as text: `x0+(x2+x1)`.
std::string bracketing(const CombinedRange& range, int ranks) {
  std::vector<std::string> texts;
  for (int rank = 0; rank < ranks; ++rank) texts.push_back("x" + std::to_string(rank));
  for (const auto& [into, from] : range.steps) {
    std::string& left = texts[static_cast<std::size_t>(into)];
    const std::string& right = texts[static_cast<std::size_t>(from)];
    const bool simple = right.find('+') == std::string::npos;
    left = (left.find('+') == std::string::npos ? left : "(" + left + ")") + "+" +
           (simple ? right : "(" + right + ")");
  }
  return texts[static_cast<std::size_t>(range.result)];
}

TEST(Orders, OfTheTreeAreNcclsFirst) {
  const char* table[] = {"x0",
                         "x0+x1",
                         "x0+(x2+x1)",
                         "x0+((x2+x1)+x3)",
                         "x0+(x4+((x2+x1)+x3))",
                         "x0+((x4+((x2+x1)+x3))+x5)",
                         "x0+((x4+((x2+x1)+x3))+(x6+x5))",
                         "x0+((x4+((x2+x1)+x3))+((x6+x5)+x7))"};
  for (int ranks = 1; ranks <= 8; ++ranks) {
    const auto ranges =
        combined_ranges({.order = SumOrder::tree, .ranks = ranks, .count = 5, .chunk_bytes = 64});
    ASSERT_EQ(ranges.size(), 1U);
    EXPECT_EQ(bracketing(ranges[0], ranks), table[ranks - 1]);
  }
}

TEST(Orders, OfTheRingFollowTheChunks) {
  // Two loops: chunks of 8 elements, then what is left in chunks of whole 16 bytes.
  const auto ranges =
      combined_ranges({.order = SumOrder::ring, .ranks = 3, .count = 24 + 10, .chunk_bytes = 32});
  std::string text;
  for (const CombinedRange& range : ranges) {
    text += std::to_string(range.begin) + "-" + std::to_string(range.end) + " " +
            bracketing(range, 3) + "; ";
  }
  EXPECT_EQ(text,
            "0-8 (x1+x2)+x0; 8-16 (x2+x0)+x1; 16-24 (x0+x1)+x2; "
            "24-28 (x1+x2)+x0; 28-32 (x2+x0)+x1; 32-34 (x0+x1)+x2; ");
  const auto one = combined_ranges(
      {.order = SumOrder::tree, .ranks = 3, .count = 9, .chunk_bytes = 32, .last = 1});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(bracketing(one[0], 3), "(x2+x0)+x1");
}

TEST(Orders, DrawnAtRandomHoldEachRankOnce) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto ranges = combined_ranges(
        {.order = SumOrder::random, .ranks = 4, .count = 100, .chunk_bytes = 64, .seed = seed});
    EXPECT_EQ(ranges.front().begin, 0U);
    EXPECT_EQ(ranges.back().end, 100U);
    for (const CombinedRange& range : ranges) {
      const std::string text = bracketing(range, 4);
      for (const char* rank : {"x0", "x1", "x2", "x3"}) {
        EXPECT_NE(text.find(rank), std::string::npos) << text;
      }
      EXPECT_EQ(std::ranges::count(text, 'x'), 4) << text;
      seen.insert(text);
    }
  }
  EXPECT_GT(seen.size(), 20U);
}

template <class T>
T combined(ncclDataType_t type, Combine how, T a, T b) {
  combine(type, how, reinterpret_cast<std::byte*>(&a), reinterpret_cast<const std::byte*>(&b), 0,
          1);
  return a;
}

TEST(Numbers, OfEightBitsWrapAndCompareWithTheirSign) {
  for (int a = -128; a < 128; ++a) {
    for (int b = -128; b < 128; ++b) {
      const auto x = static_cast<std::int8_t>(a);
      const auto y = static_cast<std::int8_t>(b);
      ASSERT_EQ(combined(ncclInt8, Combine::sum, x, y), static_cast<std::int8_t>(a + b));
      ASSERT_EQ(combined(ncclInt8, Combine::product, x, y), static_cast<std::int8_t>(a * b));
      ASSERT_EQ(combined(ncclInt8, Combine::maximum, x, y), std::max(x, y));
      ASSERT_EQ(combined(ncclInt8, Combine::minimum, x, y), std::min(x, y));
    }
  }
}

TEST(Numbers, ThatAreFloatsRoundOnceAndPassOverNaN) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(combined(ncclFloat32, Combine::maximum, nan, -1.0F), -1.0F);
  EXPECT_EQ(combined(ncclFloat32, Combine::minimum, 2.0F, nan), 2.0F);
  EXPECT_TRUE(std::isnan(combined(ncclFloat32, Combine::maximum, nan, nan)));
  EXPECT_FALSE(std::signbit(combined(ncclFloat32, Combine::maximum, -0.0F, 0.0F)));
  EXPECT_TRUE(std::signbit(combined(ncclFloat32, Combine::sum, -0.0F, -0.0F)));
  // 256 + 1 is half a unit above 256, which is even; 258 + 1 is half below 260.
  EXPECT_EQ(combined<std::uint16_t>(ncclBfloat16, Combine::sum, 0x4380, 0x3f80), 0x4380);
  EXPECT_EQ(combined<std::uint16_t>(ncclBfloat16, Combine::sum, 0x4381, 0x3f80), 0x4382);
  EXPECT_EQ(combined<std::uint16_t>(ncclFloat16, Combine::sum, 0x6800, 0x3c00), 0x6800);
  // 448 + 448 in e4m3, and the infinity of e5m2, which only a choice leaves alone.
  EXPECT_EQ(combined<std::uint8_t>(ncclFloat8e4m3, Combine::sum, 0x7e, 0x7e), 0x7e);
  EXPECT_EQ(combined<std::uint8_t>(ncclFloat8e5m2, Combine::sum, 0x7c, 0x00), 0x7b);
  EXPECT_EQ(combined<std::uint8_t>(ncclFloat8e5m2, Combine::maximum, 0x7c, 0x00), 0x7c);
}

TEST(Numbers, AreDividedTowardsZeroAndScaled) {
  std::int32_t negative = -7;
  divide(ncclInt32, reinterpret_cast<std::byte*>(&negative), 1, 2);
  EXPECT_EQ(negative, -3);
  float scaled[2] = {3, 5};
  std::byte third[8];
  store_reciprocal(ncclFloat32, 3, third);
  scale(ncclFloat32, reinterpret_cast<std::byte*>(scaled), 2, third);
  EXPECT_EQ(scaled[0], 3 * (1.0F / 3));
  EXPECT_EQ(scaled[1], 5 * (1.0F / 3));
}

}  // namespace
}  // namespace reducecheck::standin
