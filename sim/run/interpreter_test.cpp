// SPDX-License-Identifier: Apache-2.0
// Single steps on small numbers, against results worked out by hand.
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "scenarios/program/ast.hpp"
#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

std::int64_t prime(std::uint64_t x) {
  return static_cast<std::int64_t>(x);
}

TEST(Interpreter, AddsSubtractsAndMultipliesElementwise) {
  PlanSketch sketch;
  const int a = sketch.numbers({{5, 6}, {7, 8}});
  const int b = sketch.numbers({{1, 2}, {3, 4}});
  const int sum = sketch.add(StepKind::add, {a, b}, {{2, 2}});
  const int difference = sketch.add(StepKind::subtract, {a, b}, {{2, 2}});
  const int product = sketch.add(StepKind::multiply, {a, b}, {{2, 2}});
  EXPECT_EQ(sketch.run<Prime>(sum), (Integers{{6, 8}, {10, 12}}));
  EXPECT_EQ(sketch.run<Mod64>(difference), (Integers{{4, 4}, {4, 4}}));
  EXPECT_EQ(sketch.run<Float32>(product), (Integers{{5, 12}, {21, 32}}));
}

TEST(Interpreter, OneRowOrOneColumnStandsForAll) {
  PlanSketch sketch;
  const int x = sketch.numbers({{10, 20, 30}, {40, 50, 60}});
  const int row = sketch.numbers({{1, 2, 3}});
  const int column = sketch.numbers({{7}, {9}});
  const int minus_row = sketch.add(StepKind::subtract, {x, row}, {{2, 3}});
  const int minus_column = sketch.add(StepKind::subtract, {x, column}, {{2, 3}});
  const int outer = sketch.add(StepKind::multiply, {column, row}, {{2, 3}});
  EXPECT_EQ(sketch.run<Prime>(minus_row), (Integers{{9, 18, 27}, {39, 48, 57}}));
  EXPECT_EQ(sketch.run<BFloat16>(outer).size(), 2U);
  EXPECT_EQ(sketch.run<Float32>(minus_column), (Integers{{3, 13, 23}, {31, 41, 51}}));
  EXPECT_EQ(sketch.run<Mod64>(outer), (Integers{{7, 14, 21}, {9, 18, 27}}));
}

TEST(Interpreter, DividesInTheField) {
  PlanSketch sketch;
  const int a = sketch.numbers({{6, 1, 5}});
  const int b = sketch.numbers({{3, 2, 0}});
  const int quotient = sketch.add(StepKind::divide, {a, b}, {{1, 3}});
  const std::int64_t half = (std::int64_t{1} << 60);  // 2 * 2^60 = 2^61 = 1
  EXPECT_EQ(sketch.run<Prime>(quotient), (Integers{{2, half, 0}}));
}

TEST(Interpreter, MultipliesMatrices) {
  PlanSketch sketch;
  const int a = sketch.numbers({{1, 2}, {3, 4}});
  const int b = sketch.numbers({{5, 6, 7}, {8, 9, 10}});
  const int product = sketch.add(StepKind::matmul, {a, b}, {{2, 3}});
  EXPECT_EQ(sketch.run<Prime>(product), (Integers{{21, 24, 27}, {47, 54, 61}}));
  EXPECT_EQ(sketch.run<Float32>(product), (Integers{{21, 24, 27}, {47, 54, 61}}));
}

TEST(Interpreter, TopkTakesTheEarlierOfEqualsFirst) {
  PlanSketch sketch;
  const int scores = sketch.numbers({{3, 7, 7, 1}, {2, 2, 2, 2}});
  Step step{StepKind::topk, {scores}};
  step.numbers = {3};
  const int values = sketch.add(std::move(step), {{2, 3}, {2, 3}});
  EXPECT_EQ(sketch.run<Prime>(values), (Integers{{7, 7, 3}, {2, 2, 2}}));
  EXPECT_EQ(sketch.run<Float32>(values + 1), (Integers{{1, 2, 0}, {0, 1, 2}}));
}

TEST(Interpreter, StatisticsRunOverFeaturesOrRows) {
  PlanSketch sketch;
  const int x = sketch.numbers({{1, 9, 2}, {8, 3, 4}});
  EXPECT_EQ(sketch.run<Prime>(sketch.add(StepKind::sum_cols, {x}, {{2, 1}})),
            (Integers{{12}, {15}}));
  EXPECT_EQ(sketch.run<Prime>(sketch.add(StepKind::sum_rows, {x}, {{1, 3}})),
            (Integers{{9, 12, 6}}));
  EXPECT_EQ(sketch.run<Prime>(sketch.add(StepKind::max_cols, {x}, {{2, 1}})), (Integers{{9}, {8}}));
  EXPECT_EQ(sketch.run<Prime>(sketch.add(StepKind::max_all, {x}, {{1, 1}})), (Integers{{9}}));
}

TEST(Interpreter, NormDividesByTheRootMeanSquare) {
  PlanSketch sketch;
  const int x = sketch.numbers({{3, 4}});
  const int w = sketch.numbers({{1, 2}});
  const int y = sketch.add(StepKind::norm, {x, w}, {{1, 2}});
  const std::uint64_t factor = Prime::function(Function::rsqrt, Prime::divide(25, 2));
  EXPECT_EQ(sketch.run<Prime>(y),
            (Integers{{prime(Prime::multiply(3, factor)), prime(Prime::multiply(8, factor))}}));
}

TEST(Interpreter, PaddingIsZeroOrGarbageThatDiffersByRank) {
  PlanSketch sketch;
  const int x = sketch.numbers({{1, 2}});
  const int zeros = sketch.add(StepKind::pad, {x}, {{3, 2}}, {3, 0});
  EXPECT_EQ(sketch.run<Prime>(zeros), (Integers{{1, 2}, {0, 0}, {0, 0}}));
  std::set<Integers> memories;
  for (const std::int64_t rank : {0, 1, 2}) {
    const int garbage = sketch.add(StepKind::pad, {x}, {{2, 2}}, {2, 1 + rank});
    const Integers padded = sketch.run<Prime>(garbage);
    EXPECT_EQ(padded[0], (std::vector<std::int64_t>{1, 2}));
    // "within 2^16 of p": larger than nearly every content.
    for (const std::int64_t y : padded[1]) EXPECT_GE(y, prime(Prime::modulus) - 1 - 0xffff);
    memories.insert(padded);
  }
  EXPECT_EQ(memories.size(), 3U);
}

TEST(Interpreter, PaddedIdsNameNoExpert) {
  PlanSketch sketch;
  const int ids = sketch.ids({{4, 5}});
  Step step{StepKind::pad, {ids}};
  step.numbers = {2, 0};
  EXPECT_EQ(sketch.run<Prime>(sketch.add(step, {{2, 2}}, true)), (Integers{{4, 5}, {-1, -1}}));
  step.numbers = {2, 1};
  EXPECT_GT(sketch.run<Prime>(sketch.add(step, {{2, 2}}, true))[1][0], 1 << 20);
}

TEST(Interpreter, SlicesAndJoinsMoveNumbersAndIds) {
  PlanSketch sketch;
  const int x = sketch.numbers({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  const int rows = sketch.add(StepKind::slice_rows, {x}, {{2, 3}}, {1, 3});
  const int columns = sketch.add(StepKind::slice_cols, {rows}, {{2, 2}}, {1, 3});
  EXPECT_EQ(sketch.run<Prime>(columns), (Integers{{5, 6}, {8, 9}}));
  const int joined = sketch.add(StepKind::cat_cols, {columns, rows}, {{2, 5}});
  EXPECT_EQ(sketch.run<BFloat16>(joined).size(), 2U);
  EXPECT_EQ(sketch.run<Mod64>(joined), (Integers{{5, 6, 4, 5, 6}, {8, 9, 7, 8, 9}}));
  const int ids = sketch.ids({{1, 2, 3}, {4, 5, 6}});
  Step slice{StepKind::slice_cols, {ids}};
  slice.numbers = {0, 2};
  EXPECT_EQ(sketch.run<Prime>(sketch.add(slice, {{2, 2}}, true)), (Integers{{1, 2}, {4, 5}}));
}

TEST(Interpreter, TablesOfIdsFollowFloorDivision) {
  PlanSketch sketch;
  const int a = sketch.ids({{7, -7, 0}});
  const int b = sketch.ids({{2}});
  const auto table = [&](BinaryOp op) {
    Step step{StepKind::integer_binary, {a, b}};
    step.numbers = {static_cast<std::int64_t>(op)};
    return sketch.run<Prime>(sketch.add(std::move(step), {{1, 3}}, true));
  };
  EXPECT_EQ(table(BinaryOp::floor_divide), (Integers{{3, -4, 0}}));
  EXPECT_EQ(table(BinaryOp::modulo), (Integers{{1, 1, 0}}));
  EXPECT_EQ(table(BinaryOp::less), (Integers{{0, 1, 1}}));
  EXPECT_EQ(table(BinaryOp::subtract), (Integers{{5, -9, -2}}));
}

TEST(Interpreter, TablesOfIdsWrapAround) {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  PlanSketch sketch;
  const int a = sketch.ids({{least}});
  const int b = sketch.ids({{-1}});
  const auto table = [&](BinaryOp op) {
    Step step{StepKind::integer_binary, {a, b}};
    step.numbers = {static_cast<std::int64_t>(op)};
    return sketch.run<Prime>(sketch.add(std::move(step), {{1, 1}}, true));
  };
  EXPECT_EQ(table(BinaryOp::floor_divide), (Integers{{least}}));
  EXPECT_EQ(table(BinaryOp::modulo), (Integers{{0}}));
  EXPECT_EQ(table(BinaryOp::multiply), (Integers{{least}}));
  EXPECT_EQ(table(BinaryOp::add), (Integers{{std::numeric_limits<std::int64_t>::max()}}));
}

TEST(Interpreter, TablesOfIdsAreComparedAndCombined) {
  PlanSketch sketch;
  const int a = sketch.ids({{1, 2, 3, 0, 0, 2}});
  const int b = sketch.ids({{2, 2, 2, 0, 3, 0}});
  const auto table = [&](BinaryOp op) {
    Step step{StepKind::integer_binary, {a, b}};
    step.numbers = {static_cast<std::int64_t>(op)};
    return sketch.run<Prime>(sketch.add(std::move(step), {{1, 6}}, true));
  };
  EXPECT_EQ(table(BinaryOp::less), (Integers{{1, 0, 0, 0, 1, 0}}));
  EXPECT_EQ(table(BinaryOp::less_equal), (Integers{{1, 1, 0, 1, 1, 0}}));
  EXPECT_EQ(table(BinaryOp::greater), (Integers{{0, 0, 1, 0, 0, 1}}));
  EXPECT_EQ(table(BinaryOp::greater_equal), (Integers{{0, 1, 1, 1, 0, 1}}));
  EXPECT_EQ(table(BinaryOp::equal), (Integers{{0, 1, 0, 1, 0, 0}}));
  EXPECT_EQ(table(BinaryOp::not_equal), (Integers{{1, 0, 1, 0, 1, 1}}));
  EXPECT_EQ(table(BinaryOp::logical_and), (Integers{{1, 1, 1, 0, 0, 0}}));
  EXPECT_EQ(table(BinaryOp::logical_or), (Integers{{1, 1, 1, 0, 1, 1}}));
  // By zero it is zero.
  EXPECT_EQ(table(BinaryOp::floor_divide), (Integers{{0, 1, 1, 0, 0, 0}}));
}

TEST(Interpreter, LookUpAndSelectPickByIds) {
  PlanSketch sketch;
  const int ids = sketch.ids({{2, 0, -1, 9}});
  Step look_up{StepKind::look_up, {ids}};
  look_up.experts = {5, 6, 7};
  const int found = sketch.add(std::move(look_up), {{1, 4}}, true);
  EXPECT_EQ(sketch.run<Prime>(found), (Integers{{7, 5, -1, -1}}));
  const int condition = sketch.ids({{1}, {0}});
  const int yes = sketch.numbers({{1, 2}, {3, 4}});
  const int no = sketch.numbers({{0}, {8}});
  const int picked = sketch.add(StepKind::select, {condition, yes, no}, {{2, 2}});
  EXPECT_EQ(sketch.run<Prime>(picked), (Integers{{1, 2}, {8, 8}}));
}

}  // namespace
}  // namespace reducecheck
