// SPDX-License-Identifier: Apache-2.0
// All 2^32 patterns of binary32, to each format.
#include <gtest/gtest.h>

#include "sim/format/rounding_check_test.hpp"

namespace reducecheck {
namespace {

template <Format F>
void expect_nearest() {
  const NearestTable table(F);
  const auto round = [](float x) { return round_to<F>(x); };
  const Mismatches wrong = mismatches(table, Encoding<F>::sign, 1, round);
  EXPECT_EQ(wrong.count, 0U) << wrong;
  EXPECT_EQ(nan_mismatches(table, Encoding<F>::sign, 1, round).count, 0U);
}

TEST(EveryFloat, IsRoundedToNearestInBf16) {
  expect_nearest<Format::bf16>();
}
TEST(EveryFloat, IsRoundedToNearestInFp16) {
  expect_nearest<Format::fp16>();
}
TEST(EveryFloat, IsRoundedToNearestInFp8E4M3) {
  expect_nearest<Format::fp8_e4m3>();
}
TEST(EveryFloat, IsRoundedToNearestInFp8E5M2) {
  expect_nearest<Format::fp8_e5m2>();
}

}  // namespace
}  // namespace reducecheck
