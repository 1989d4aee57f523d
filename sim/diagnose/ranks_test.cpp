// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/ranks.hpp"

#include <gtest/gtest.h>

namespace reducecheck::diagnosing {
namespace {

TEST(Ranks, GroupsDifferAlongTheirAxesOnly) {
  const Ranks ranks({{"dp", 2}, {"tp", 6}});
  EXPECT_EQ(ranks.count(), 12);
  EXPECT_EQ(ranks.members(ranks.axis("tp"), 8), (std::vector<int>{6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(ranks.members(ranks.axis("dp"), 8), (std::vector<int>{2, 8}));
  EXPECT_EQ(ranks.members(0, 8), std::vector<int>{8});
  EXPECT_EQ(ranks.members(ranks.all(), 8).size(), 12U);
  EXPECT_EQ(ranks.name(ranks.all()), "dp * tp");
  EXPECT_EQ(ranks.name(0), "1");
}

TEST(Ranks, PartsOfAnAxisAreBlocksAndStrides) {
  const Ranks ranks({{"tp", 4}});
  ASSERT_EQ(ranks.axes().size(), 2U);
  EXPECT_EQ(ranks.members(2, 1), (std::vector<int>{0, 1}));
  EXPECT_EQ(ranks.members(1, 1), (std::vector<int>{1, 3}));
  EXPECT_EQ(ranks.name(2), "2 of tp");
  EXPECT_FALSE(ranks.whole_axes(2));
  EXPECT_TRUE(ranks.whole_axes(3));
}

TEST(Ranks, OneRankIsOneGroup) {
  const Ranks ranks({{"tp", 1}});
  EXPECT_EQ(ranks.count(), 1);
  EXPECT_EQ(ranks.axis("tp"), 0U);
  EXPECT_EQ(ranks.size_of(ranks.all()), 1);
}

}  // namespace
}  // namespace reducecheck::diagnosing
