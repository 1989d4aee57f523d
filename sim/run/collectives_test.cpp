// SPDX-License-Identifier: Apache-2.0
// Collectives on small numbers, against results worked out by hand.
#include <gtest/gtest.h>

#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

/// Three members that hold 2 x 3 numbers each.
struct ThreeMembers {
  PlanSketch sketch;
  std::vector<int> members = {sketch.numbers({{1, 2, 3}, {4, 5, 6}}),
                              sketch.numbers({{10, 20, 30}, {40, 50, 60}}),
                              sketch.numbers({{100, 5, 300}, {7, 500, 1}})};

  template <class D>
  Integers reduced(StepKind kind) {
    const int result = sketch.add(kind, members, {{2, 3}});
    return sketch.run<D>(result);
  }
};

template <class D>
class Collectives : public testing::Test {};

using Exact = testing::Types<Prime, Mod64, Float32>;  // small integers are exact in float, too
TYPED_TEST_SUITE(Collectives, Exact);

TYPED_TEST(Collectives, AllReduceAddsMembersOnce) {
  EXPECT_EQ(ThreeMembers().reduced<TypeParam>(StepKind::all_reduce_sum),
            (Integers{{111, 27, 333}, {51, 555, 67}}));
}

TYPED_TEST(Collectives, AllReduceTakesTheLargest) {
  EXPECT_EQ(ThreeMembers().reduced<TypeParam>(StepKind::all_reduce_max),
            (Integers{{100, 20, 300}, {40, 500, 60}}));
}

TEST(CollectivesByHand, AllReduceAveragesOverMembers) {
  const Integers expected = {{37, 9, 111}, {17, 185, 0}};  // 67 / 3 is no integer
  for (const Integers& average : {ThreeMembers().reduced<Prime>(StepKind::all_reduce_avg),
                                  ThreeMembers().reduced<Float32>(StepKind::all_reduce_avg)}) {
    EXPECT_EQ(average[0], expected[0]);
    EXPECT_EQ(average[1][0], expected[1][0]);
    EXPECT_EQ(average[1][1], expected[1][1]);
  }
  EXPECT_EQ(
      static_cast<std::uint64_t>(ThreeMembers().reduced<Prime>(StepKind::all_reduce_avg)[1][2]),
      Prime::divide(67, 3));
}

TYPED_TEST(Collectives, AllReduceOfOneMemberIsItsValue) {
  PlanSketch sketch;
  const int x = sketch.numbers({{3, 1}, {4, 1}});
  const int y = sketch.add(StepKind::all_reduce_sum, {x}, {{2, 2}});
  EXPECT_EQ(sketch.run<TypeParam>(y), (Integers{{3, 1}, {4, 1}}));
}

TYPED_TEST(Collectives, ReduceScatterGivesEachMemberItsRowsOfTheSum) {
  PlanSketch sketch;
  const int a = sketch.numbers({{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  const int b = sketch.numbers({{10, 20}, {30, 40}, {50, 60}, {70, 80}});
  const int first = sketch.add(StepKind::reduce_scatter, {a, b}, {{2, 2}, {2, 2}});
  EXPECT_EQ(sketch.run<TypeParam>(first), (Integers{{11, 22}, {33, 44}}));
  EXPECT_EQ(sketch.run<TypeParam>(first + 1), (Integers{{55, 66}, {77, 88}}));
}

TYPED_TEST(Collectives, ReduceScatterByColumnsCutsFeatures) {
  ThreeMembers three;
  const int first =
      three.sketch.add(StepKind::reduce_scatter_cols, three.members, {{2, 1}, {2, 1}, {2, 1}});
  EXPECT_EQ(three.sketch.run<TypeParam>(first), (Integers{{111}, {51}}));
  EXPECT_EQ(three.sketch.run<TypeParam>(first + 1), (Integers{{27}, {555}}));
  EXPECT_EQ(three.sketch.run<TypeParam>(first + 2), (Integers{{333}, {67}}));
}

TYPED_TEST(Collectives, ReduceScatterVGivesEachMemberTheNextRows) {
  PlanSketch sketch;
  const int a = sketch.numbers({{1}, {2}, {3}, {4}});
  const int b = sketch.numbers({{10}, {20}, {30}, {40}});
  const int c = sketch.numbers({{100}, {200}, {300}, {400}});
  const int first =
      sketch.add(StepKind::reduce_scatter_v, {a, b, c}, {{1, 1}, {0, 1}, {3, 1}}, {1, 0, 3});
  EXPECT_EQ(sketch.run<TypeParam>(first), (Integers{{111}}));
  EXPECT_EQ(sketch.run<TypeParam>(first + 1), Integers{});
  EXPECT_EQ(sketch.run<TypeParam>(first + 2), (Integers{{222}, {333}, {444}}));
}

TYPED_TEST(Collectives, AllGatherPutsRowsInGroupOrder) {
  PlanSketch sketch;
  const int a = sketch.numbers({{1, 2}});
  const int b = sketch.numbers({{3, 4}, {5, 6}});
  const int y = sketch.add(StepKind::all_gather, {b, a}, {{3, 2}});
  EXPECT_EQ(sketch.run<TypeParam>(y), (Integers{{3, 4}, {5, 6}, {1, 2}}));
}

TYPED_TEST(Collectives, AllGatherByColumnsPutsFeaturesInGroupOrder) {
  PlanSketch sketch;
  const int a = sketch.numbers({{1}, {2}});
  const int b = sketch.numbers({{3, 4}, {5, 6}});
  const int y = sketch.add(StepKind::all_gather_cols, {a, b}, {{2, 3}});
  EXPECT_EQ(sketch.run<TypeParam>(y), (Integers{{1, 3, 4}, {2, 5, 6}}));
}

TEST(CollectivesByHand, AllGatherMovesIds) {
  PlanSketch sketch;
  const int a = sketch.ids({{1, -1}});
  const int b = sketch.ids({{3, 4}});
  const int rows = sketch.add(Step{StepKind::all_gather, {b, a}}, {{2, 2}}, true);
  const int columns = sketch.add(Step{StepKind::all_gather_cols, {a, b}}, {{1, 4}}, true);
  EXPECT_EQ(sketch.run<Prime>(rows), (Integers{{3, 4}, {1, -1}}));
  EXPECT_EQ(sketch.run<Prime>(columns), (Integers{{1, -1, 3, 4}}));
}

TYPED_TEST(Collectives, BroadcastGivesTheValueOfTheFirstMember) {
  PlanSketch sketch;
  const int a = sketch.numbers({{1, 2}});
  const int b = sketch.numbers({{3, 4}});
  const int y = sketch.add(StepKind::broadcast, {b, a}, {{1, 2}});
  EXPECT_EQ(sketch.run<TypeParam>(y), (Integers{{3, 4}}));
}

/// Two members with two rows and one row of two ids. Expert 0 answers at member 0, 1 and 3 at
/// member 1 (a replica of 3 elsewhere is not the first holder), 2 nowhere.
struct Exchange {
  PlanSketch sketch;
  std::vector<int> ids = {sketch.ids({{0, 1}, {3, -1}}), sketch.ids({{2, 9}})};
  std::vector<std::int64_t> owners = {0, 1, -1, 1};
  int received = dispatch();

  int dispatch() {
    Step step{StepKind::dispatch, ids};
    step.experts = owners;
    return sketch.add(std::move(step), {{3, 2}, {3, 2}}, true);
  }
  int combine(const std::vector<int>& returned, const std::vector<int>& asked) {
    Step step{StepKind::combine, returned};
    step.operands.insert(step.operands.end(), asked.begin(), asked.end());
    step.numbers = {sketch.plan().values[static_cast<std::size_t>(received)].step};
    step.experts = owners;
    return sketch.add(std::move(step), {{2, 2}, {1, 2}});
  }
};

TEST(CollectivesByHand, DispatchShowsEachMemberTheIdsItAnswersFor) {
  const Exchange exchange;
  EXPECT_EQ(exchange.sketch.run<Prime>(exchange.received), (Integers{{0, -1}, {-1, -1}, {-1, -1}}));
  EXPECT_EQ(exchange.sketch.run<Prime>(exchange.received + 1),
            (Integers{{-1, 1}, {3, -1}, {-1, -1}}));
}

TYPED_TEST(Collectives, CombineAddsWhatTheHoldersReturned) {
  Exchange exchange;
  const int zero = exchange.sketch.numbers({{1, 2}, {3, 4}, {5, 6}});
  const int one = exchange.sketch.numbers({{10, 20}, {30, 40}, {50, 60}});
  const int y = exchange.combine({zero, one}, exchange.ids);
  EXPECT_EQ(exchange.sketch.run<TypeParam>(y), (Integers{{11, 22}, {30, 40}}));
  EXPECT_EQ(exchange.sketch.run<TypeParam>(y + 1), (Integers{{0, 0}}));  // sent to nobody
}

TYPED_TEST(Collectives, CombineCountsAHolderOnceAndOnlyIfTheRowWasSent) {
  Exchange exchange;
  const int zero = exchange.sketch.numbers({{1, 2}, {3, 4}, {5, 6}});
  const int one = exchange.sketch.numbers({{10, 20}, {30, 40}, {50, 60}});
  // Row 0 asks member 1 twice; row 1 asks member 0, which never received it.
  const int asked = exchange.sketch.ids({{1, 3}, {0, -1}});
  const int y = exchange.combine({zero, one}, {asked, exchange.ids[1]});
  EXPECT_EQ(exchange.sketch.run<TypeParam>(y), (Integers{{10, 20}, {0, 0}}));
}

}  // namespace
}  // namespace reducecheck
