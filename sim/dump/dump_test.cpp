// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/dump.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sim/dump/hand_made_test.hpp"

namespace reducecheck {
namespace {

DumpTensor tensor_of(DumpType type, const std::vector<int>& bytes) {
  DumpTensor tensor{type, {bytes.size() / element_bytes(type)}, {}};
  for (const int byte : bytes) tensor.bytes.push_back(static_cast<std::byte>(byte));
  return tensor;
}

TEST(DumpTensor, ElementsAreLittleEndianValuesOfTheirType) {
  const std::pair<DumpTensor, std::vector<double>> cases[] = {
      {tensor_of(DumpType::f64, {0, 0, 0, 0, 0, 0, 0xf8, 0xbf}), {-1.5}},
      {tensor_of(DumpType::f32, {0, 0, 0xc0, 0x3f}), {1.5}},
      {tensor_of(DumpType::bf16, {0xc0, 0x3f, 1, 0}), {1.5, std::ldexp(1, -133)}},
      {tensor_of(DumpType::f16, {0, 0x3e, 1, 0}), {1.5, std::ldexp(1, -24)}},
      {tensor_of(DumpType::f8_e4m3, {0x7e, 0xb8, 1}), {448, -1, std::ldexp(1, -9)}},
      {tensor_of(DumpType::f8_e5m2, {0x7b, 0xbc, 1}), {57344, -1, std::ldexp(1, -16)}},
      {tensor_of(DumpType::i64, {0xfe, 255, 255, 255, 255, 255, 255, 255}), {-2}},
      {tensor_of(DumpType::i32, {0, 0, 0, 0x80}), {-2147483648.0}},
      {tensor_of(DumpType::i16, {0xff, 0x7f, 0, 0x80}), {32767, -32768}},
      {tensor_of(DumpType::i8, {0x7f, 0x80}), {127, -128}},
      {tensor_of(DumpType::u8, {0x7f, 0x80}), {127, 128}},
  };
  for (const auto& [tensor, expected] : cases) {
    EXPECT_EQ(values(tensor), expected) << spelling(tensor.type);
    EXPECT_EQ(tensor.elements(), expected.size());
    EXPECT_EQ(dump_type_named(spelling(tensor.type)), tensor.type);
  }
  EXPECT_EQ(encoding(tensor_of(DumpType::bf16, {0xc0, 0x3f, 1, 0x80}), 1), 0x8001U);
  EXPECT_EQ(dump_type_named("bf16"), std::nullopt);
  EXPECT_EQ(format_of(DumpType::f8_e5m2), Format::fp8_e5m2);
  EXPECT_EQ(format_of(DumpType::i8), std::nullopt);
}

TEST(DumpTensor, ElementsThatAreNoNumbersAreFound) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const NonFinite found = non_finite(floats({2, 3}, {1, 2, -infinity, 4, nan, 6}));
  EXPECT_EQ(found.count, 2U);
  EXPECT_EQ(found.first, 2U);
  EXPECT_EQ(non_finite(floats({2}, {1, -3e38F})).count, 0U);
  EXPECT_EQ(non_finite(tensor_of(DumpType::f8_e4m3, {0x7f, 0xff, 0x7e})).count, 2U);
  EXPECT_EQ(non_finite(tensor_of(DumpType::i8, {0x7f, -1})).count, 0U);
}

TEST(DumpTensor, PlacesAreRowMajor) {
  const DumpTensor tensor = floats({2, 3, 1}, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(place_of(tensor, 5), (std::vector<std::uint64_t>{1, 2, 0}));
  EXPECT_EQ(place_of(tensor, 3), (std::vector<std::uint64_t>{1, 0, 0}));
  EXPECT_EQ(place_of(floats({}, {7}), 0), std::vector<std::uint64_t>());
}

TEST(DumpName, HasAScopeAKindAndAName) {
  const std::pair<const char*, DumpName> names[] = {
      {"partial/shared", {"", DumpKind::partial, "shared"}},
      {"model.layers.3.mlp/output/y", {"model.layers.3.mlp", DumpKind::output, "y"}},
      {"a/b/addend/bias", {"a/b", DumpKind::addend, "bias"}},
      {"partial/partial/partial", {"partial", DumpKind::partial, "partial"}},
  };
  for (const auto& [text, name] : names) {
    EXPECT_EQ(parse_dump_name(text), name) << text;
    EXPECT_EQ(to_string(name), text);
  }
  for (const char* text : {"", "/", "shared", "partial/", "/partial/x", "m/partials/x", "m/x",
                           "partial/x/y", "Partial/x"}) {
    EXPECT_EQ(parse_dump_name(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace reducecheck
