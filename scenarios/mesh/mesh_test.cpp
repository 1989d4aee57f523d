// SPDX-License-Identifier: Apache-2.0
#include "scenarios/mesh/mesh.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace reducecheck {
namespace {

TEST(Mesh, LastAxisIsTheFastest) {
  const Mesh mesh({"dp", "tp"}, {2, 3});
  EXPECT_EQ(mesh.ranks(), 6);
  EXPECT_EQ(mesh.coordinate(4, 0), 1);
  EXPECT_EQ(mesh.coordinate(4, 1), 1);
}

TEST(Group, OrderOfAxesIsTheOrderOfMembers) {
  const Mesh mesh({"dp", "tp"}, {2, 2});
  EXPECT_EQ(group_members(mesh, {{0, 1}}, 0), (std::vector{0, 1, 2, 3}));
  EXPECT_EQ(group_members(mesh, {{1, 0}}, 0), (std::vector{0, 2, 1, 3}));
}

TEST(Group, AxesOfSizeOneDoNotDistinguishGroups) {
  const Mesh mesh({"ep", "moe_tp"}, {1, 4});
  EXPECT_EQ(effective(mesh, {{0, 1}}), effective(mesh, {{1}}));
  EXPECT_EQ(to_string(mesh, {{0, 1}}), "ep * moe_tp");
  EXPECT_EQ(to_string(mesh, {}), "1");
}

RC_GTEST_PROP(Group, EveryRankIsWhereItsIndexSays, ()) {
  const auto sizes =
      *rc::gen::container<std::vector<std::int64_t>>(3, rc::gen::inRange<std::int64_t>(1, 4));
  const Mesh mesh({"a", "b", "c"}, sizes);
  std::vector<int> axes{0, 1, 2};
  std::ranges::rotate(axes, axes.begin() + *rc::gen::inRange(0, 3));
  axes.resize(*rc::gen::inRange<std::size_t>(0, 4));
  const Group group{axes};
  const int rank = *rc::gen::inRange(0, mesh.ranks());
  const auto members = group_members(mesh, group, rank);
  RC_ASSERT(static_cast<std::int64_t>(members.size()) == group_size(mesh, group));
  RC_ASSERT(members[static_cast<std::size_t>(group_index(mesh, group, rank))] == rank);
  for (const int member : members) RC_ASSERT(group_members(mesh, group, member) == members);
}

}  // namespace
}  // namespace reducecheck
