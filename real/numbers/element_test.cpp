// SPDX-License-Identifier: Apache-2.0
// Both sides of a comparison round by code of their own; here they must agree.
#include <gtest/gtest.h>

#include <bit>

#include "real/numbers/element.hpp"
#include "sim/domain/hash.hpp"
#include "sim/format/format.hpp"

namespace reducecheck::real {
namespace {

constexpr ElementType floating[] = {ElementType::fp32, ElementType::bf16, ElementType::fp16,
                                    ElementType::fp8_e4m3, ElementType::fp8_e5m2};

Format format_of(ElementType type) {
  return format_named(facts(type).name).value();
}

/// Every encoding of a short type, hashed ones of fp32.
std::uint32_t sample(ElementType type, std::uint64_t i) {
  if (type == ElementType::fp32) return static_cast<std::uint32_t>(mix(i));
  return static_cast<std::uint32_t>(i & ((1U << (8 * facts(type).bytes)) - 1));
}

TEST(Element, DecodesAsTheSimulatorWidens) {
  for (const ElementType type : floating) {
    for (std::uint64_t i = 0; i < 65536; ++i) {
      const std::uint32_t encoding = sample(type, i);
      const float ours = decode(type, encoding);
      const float theirs = widen(format_of(type), encoding);
      ASSERT_EQ(ours != ours, theirs != theirs) << facts(type).name << ' ' << encoding;
      ASSERT_EQ(is_nan(type, encoding), theirs != theirs) << facts(type).name << ' ' << encoding;
      if (theirs == theirs) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(ours), std::bit_cast<std::uint32_t>(theirs))
            << facts(type).name << ' ' << encoding;
      }
    }
  }
}

TEST(Element, RoundsAsTheSimulatorDoes) {
  for (const ElementType type : floating) {
    for (std::uint64_t i = 0; i < 400'000; ++i) {
      // Neighbours of ties as often as anything else: they have few low bits.
      const auto random = static_cast<std::uint32_t>(mix(i));
      const std::uint32_t kept = (i & 1) != 0 ? 0xffffffffU : 0xffffffffU << (random & 31U);
      const auto bits = static_cast<std::uint32_t>(mix(i ^ golden)) & kept;
      const auto value = std::bit_cast<float>(bits);
      const std::uint64_t ours = encode(type, value);
      const std::uint32_t theirs = round_to(format_of(type), value);
      if (is_nan(type, ours) && is_nan(type, theirs)) continue;
      ASSERT_EQ(ours, theirs) << facts(type).name << ' ' << bits;
    }
  }
}

TEST(Element, AddsAsTheSimulatorDoes) {
  for (const ElementType type : floating) {
    for (std::uint64_t i = 0; i < 300'000; ++i) {
      const std::uint32_t a = sample(type, mix(2 * i));
      const std::uint32_t b = sample(type, mix(2 * i + 1));
      const std::uint64_t ours = add(type, a, b);
      const std::uint32_t theirs = add_in(format_of(type), a, b);
      if (is_nan(type, ours) && is_nan(type, theirs)) continue;
      ASSERT_EQ(ours, theirs) << facts(type).name << ' ' << a << ' ' << b;
    }
  }
}

TEST(Element, IntegersWrap) {
  EXPECT_EQ(add(ElementType::mod64, ~std::uint64_t{0}, 2), 1U);
  EXPECT_FALSE(is_nan(ElementType::mod64, ~std::uint64_t{0}));
}

TEST(Element, TheGreaterIsTheFirstOfEquals) {
  EXPECT_EQ(greater(ElementType::bf16, 0x8000, 0x0000), 0x8000U);
  EXPECT_EQ(greater(ElementType::bf16, 0x3f80, 0x4000), 0x4000U);
}

}  // namespace
}  // namespace reducecheck::real
