// SPDX-License-Identifier: Apache-2.0
// Collectives that add in the order of a library, on numbers where the order shows.
#include "sim/run/sum_orders.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

constexpr int width = 32;

/// Four ranks: the first holds 256 everywhere, the others 1. In bf16 256 + 1 is 256.
struct FourRanks {
  PlanSketch sketch;
  std::vector<int> members;

  FourRanks() {
    for (const std::int64_t number : {256, 1, 1, 1}) {
      members.push_back(sketch.numbers({std::vector<std::int64_t>(width, number)}));
    }
  }

  /// The elements of `result` and of the results after it that belong to the same step.
  std::vector<float> run(int result, const SumOrders& orders) const {
    Interpreter<BFloat16> interpreter;
    interpreter.load(sketch.plan(), &orders);
    interpreter.run(1);
    std::vector<float> numbers;
    const auto& values = sketch.plan().values;
    const auto& step =
        sketch.plan()
            .steps[static_cast<std::size_t>(values[static_cast<std::size_t>(result)].step)];
    for (const int value : step.results) {
      const PlanValue& shape = values[static_cast<std::size_t>(value)];
      const BFloat16::Scalar* from = interpreter.numbers(value);
      for (int i = 0; i < shape.rows * shape.width; ++i) {
        numbers.push_back(BFloat16::widen(from[i]));
      }
    }
    return numbers;
  }
};

/// Each number stands for an equal share of the elements.
std::vector<float> shares(const std::vector<float>& each) {
  std::vector<float> all;
  for (const float x : each) all.insert(all.end(), width / each.size(), x);
  return all;
}

TEST(SumOrders, GiveTheBitsOfTheirLibrary) {
  FourRanks ranks;
  const int sum = ranks.sketch.add(StepKind::all_reduce_sum, ranks.members, {{1, width}});
  const auto sums = [&](const char* name) {
    SumOrders orders = orders_named(name, {}, Format::bf16);
    EXPECT_EQ(orders.prepare(ranks.sketch.plan()), "");
    return ranks.run(sum, orders);
  };
  EXPECT_EQ(sums("rank_order"), shares({256}));
  EXPECT_EQ(sums("vllm_one_shot"), shares({260}));  // in binary32, rounded once
  EXPECT_EQ(sums("openmpi_recursive_doubling"), shares({258}));
  EXPECT_EQ(sums("nccl_ring"), shares({260, 260, 256, 256}));
  EXPECT_EQ(sums("openmpi_ring"), shares({256, 260, 260, 256}));
}

TEST(SumOrders, AnAverageIsTheSumDividedOnce) {
  FourRanks ranks;
  const int average = ranks.sketch.add(StepKind::all_reduce_avg, ranks.members, {{1, width}});
  SumOrders orders = orders_named("openmpi_recursive_doubling", {}, Format::bf16);
  ASSERT_EQ(orders.prepare(ranks.sketch.plan()), "");
  EXPECT_EQ(ranks.run(average, orders), shares({64.5F}));
}

TEST(SumOrders, AScatterOfRowsHasItsOwnOrderWhereThereIsOne) {
  FourRanks ranks;
  std::vector<int> rows;
  for (const int member : ranks.members) {
    rows.push_back(
        ranks.sketch.add(StepKind::cat_rows, {member, member, member, member}, {{4, width}}));
  }
  const std::vector<Size> one_row(4, {1, width});
  const int first = ranks.sketch.add(StepKind::reduce_scatter, rows, one_row);
  const Plan& plan = ranks.sketch.plan();
  const Step& step =
      plan.steps[static_cast<std::size_t>(plan.values[static_cast<std::size_t>(first)].step)];
  SumOrders ring = orders_named("nccl_ring", {{"protocol", "ll"}}, Format::bf16);
  ASSERT_EQ(ring.prepare(plan), "");
  EXPECT_EQ(ring.of(plan, step)->order.name, "nccl_ring_reduce_scatter");
  // Rank r ends what rank r + 1 began, so that 256 comes first for rank 3 and last for rank 0.
  std::vector<float> expected;
  for (const float x : {260.0F, 260.0F, 256.0F, 256.0F}) expected.insert(expected.end(), width, x);
  EXPECT_EQ(ranks.run(first, ring), expected);
  SumOrders linear = orders_named("openmpi_basic_linear", {}, Format::bf16);
  ASSERT_EQ(linear.prepare(plan), "");
  EXPECT_EQ(linear.of(plan, step)->order.name, "openmpi_basic_linear");
}

TEST(SumOrders, RefuseWhatTheyAreNotAndWhatAProgramCannotHold) {
  FourRanks ranks;
  ranks.sketch.add(StepKind::all_reduce_sum, {ranks.members[0], ranks.members[1], ranks.members[2]},
                   {{1, width}});
  const auto refusal = [&](const char* name) {
    return orders_named(name, {}, Format::bf16).prepare(ranks.sketch.plan());
  };
  EXPECT_EQ(refusal("rank_order"), "");
  EXPECT_EQ(refusal("vllm_one_shot"),
            "`vllm_one_shot` is not built for 3 ranks; possible: 2, 4, 6, 8");
  EXPECT_EQ(refusal("flashinfer_lamport"), "`flashinfer_lamport` leaves ranks with different bits");
}

TEST(SumOrders, AreNoneOfStepsThatAddNothingOverRanks) {
  FourRanks ranks;
  const int alone = ranks.sketch.add(StepKind::all_reduce_sum, {ranks.members[0]}, {{1, width}});
  const int largest = ranks.sketch.add(StepKind::all_reduce_max, ranks.members, {{1, width}});
  SumOrders orders = orders_named("nccl_ring", {}, Format::bf16);
  ASSERT_EQ(orders.prepare(ranks.sketch.plan()), "");
  for (const Step& step : ranks.sketch.plan().steps) {
    EXPECT_EQ(orders.of(ranks.sketch.plan(), step), nullptr);
  }
  EXPECT_EQ(ranks.run(alone, orders), shares({256}));
  EXPECT_EQ(ranks.run(largest, orders), shares({256}));
}

}  // namespace
}  // namespace reducecheck
