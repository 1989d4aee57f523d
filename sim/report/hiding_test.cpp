// SPDX-License-Identifier: Apache-2.0
#include "sim/report/hiding.hpp"

#include <gtest/gtest.h>

namespace reducecheck {
namespace {

using Texts = std::vector<std::string>;

/// A layout of dp x tp with the derived group ep.
Cell layout(std::int64_t dp, std::int64_t tp) {
  Cell cell;
  cell.configuration.mesh = {{"dp", dp}, {"tp", tp}};
  cell.configuration.groups = {{"ep", dp * tp}};
  return cell;
}

Hiding hiding(const std::string& condition) {
  const Cell cells[] = {layout(1, 1), layout(1, 2), layout(2, 1), layout(2, 2), layout(2, 4)};
  std::vector<const Cell*> pointers;
  for (const Cell& cell : cells) pointers.push_back(&cell);
  return hiding_of(condition, pointers);
}

TEST(Hiding, TurnsEachPartOfAConjunctionRound) {
  EXPECT_EQ(hiding("dp > 1 and tp > 1 and use_ep").conditions,
            (Texts{"dp == 1", "tp == 1", "not use_ep"}));
  EXPECT_EQ(hiding("not fusion and mode == 'a' and pp != 2").conditions,
            (Texts{"fusion", "mode != \"a\"", "pp == 2"}));
  EXPECT_EQ(hiding("tokens % tp != 0").conditions, (Texts{"tokens % tp == 0"}));
}

TEST(Hiding, SaysEqualOnlyWhereTheSweepHasNothingBeyond) {
  EXPECT_EQ(hiding("dp < ep").conditions, (Texts{"dp == ep"}));
  EXPECT_EQ(hiding("dp < tp").conditions, (Texts{"dp >= tp"}));
  EXPECT_EQ(hiding("tp > 2").conditions, (Texts{"tp <= 2"}));
}

TEST(Hiding, NamesTheEndsOfAFactorisation) {
  const Hiding middle = hiding("fusion and 1 < dp < ep");
  EXPECT_EQ(middle.conditions, (Texts{"not fusion", "dp == 1", "dp == ep"}));
  EXPECT_EQ(middle.ends, (Texts{"dp == 1", "dp == ep"}));
  EXPECT_TRUE(hiding("dp > 1 and tp > 1").ends.empty());
}

TEST(Hiding, IsSilentWhereTheConditionIsNoConjunction) {
  EXPECT_TRUE(hiding("dp > 1 or tp > 1").conditions.empty());
  EXPECT_TRUE(hiding("always").conditions.empty());
  EXPECT_TRUE(hiding("no short condition says where").conditions.empty());
}

}  // namespace
}  // namespace reducecheck
