// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/value.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace reducecheck {
namespace {

Value number(std::int64_t n) {
  return make_integer(n);
}
Value group(std::vector<int> axes, std::vector<std::int64_t> sizes) {
  return {GroupValue{{std::move(axes)}, std::move(sizes)}};
}
std::string shown(BinaryOp op, const Value& a, const Value& b) {
  return show(apply(op, a, b, {}));
}

std::string message_of(BinaryOp op, const Value& a, const Value& b) {
  try {
    apply(op, a, b, {});
  } catch (const TextError& error) {
    return error.what();
  }
  return "no error";
}

const Value tp = group({1}, {4});
const Value dp = group({0}, {2});

TEST(Value, DivisionIsExactAndRoundsDownWhereItRounds) {
  EXPECT_EQ(shown(BinaryOp::divide, number(1), number(4)), "1/4");
  EXPECT_EQ(shown(BinaryOp::floor_divide, number(-7), number(2)), "-4");
  EXPECT_EQ(shown(BinaryOp::modulo, number(-7), number(2)), "1");
}

RC_GTEST_PROP(Value, FloorAndRemainderAreThoseOfPython, (std::int16_t a, std::int16_t b)) {
  RC_PRE(b != 0);
  const auto value = [&](BinaryOp op) {
    return as_integer(apply(op, number(a), number(b), {}), {}, "");
  };
  const std::int64_t rest = value(BinaryOp::modulo);
  RC_ASSERT(value(BinaryOp::floor_divide) * b + rest == a);
  const bool between = b > 0 ? (0 <= rest && rest < b) : (b < rest && rest <= 0);
  RC_ASSERT(between);
}

TEST(Value, AWordingNamesWhatItIsOfWhereItHasAName) {
  EXPECT_EQ(Wording("the k of `topk`").text(), "the k of `topk`");
  EXPECT_EQ(Wording("the argument of", "act").text(), "the argument of `act`");
}

TEST(Value, GroupIsItsSizeInArithmeticAndComparison) {
  EXPECT_EQ(shown(BinaryOp::greater, tp, number(1)), "True");
  EXPECT_EQ(shown(BinaryOp::floor_divide, number(8), tp), "2");
  EXPECT_EQ(shown(BinaryOp::multiply, tp, number(2)), "8");
  EXPECT_EQ(shown(BinaryOp::equal, tp, number(4)), "True");
  EXPECT_EQ(shown(BinaryOp::equal, tp, group({0}, {4})), "True");
}

TEST(Value, ProductOfGroupsKeepsTheWrittenOrderAndEachAxisOnce) {
  const auto product = [](const Value& a, const Value& b) {
    return std::get<GroupValue>(apply(BinaryOp::multiply, a, b, {}).data);
  };
  EXPECT_EQ(product(tp, dp).group.axes, (std::vector{1, 0}));
  EXPECT_EQ(product(dp, tp).group.axes, (std::vector{0, 1}));
  EXPECT_EQ(product(tp, dp).size(), 8);
  EXPECT_EQ(product(apply(BinaryOp::multiply, dp, tp, {}), dp).group.axes, (std::vector{0, 1}));
}

TEST(Value, TruthIsANumberAndAnEmptyListIsFalse) {
  EXPECT_EQ(shown(BinaryOp::equal, {true}, number(1)), "True");
  EXPECT_EQ(shown(BinaryOp::add, {true}, {true}), "2");
  EXPECT_FALSE(as_condition(make_list({}), {}));
  EXPECT_FALSE(as_condition({None{}}, {}));
  EXPECT_FALSE(as_condition({std::string()}, {}));
  EXPECT_TRUE(as_condition(make_integers({0}), {}));
  EXPECT_TRUE(as_condition(tp, {}));
}

TEST(Value, ListsAreComparedJoinedAndSearched) {
  EXPECT_EQ(shown(BinaryOp::add, make_integers({1}), make_integers({2})), "[1, 2]");
  EXPECT_EQ(shown(BinaryOp::equal, make_integers({1, 2}), make_integers({1, 2})), "True");
  EXPECT_EQ(shown(BinaryOp::not_equal, make_integers({1}), number(1)), "True");
  EXPECT_EQ(shown(BinaryOp::in, tp, make_integers({1, 4})), "True");
  EXPECT_EQ(shown(BinaryOp::not_in, {std::string("a")}, make_list({{std::string("b")}})), "True");
}

TEST(Value, RankLocalMarkFollowsValues) {
  const Value rank = make_integer(1, true);
  EXPECT_TRUE(apply(BinaryOp::equal, rank, number(0), {}).rank_local);
  EXPECT_TRUE(apply(BinaryOp::add, number(1), rank, {}).rank_local);
  EXPECT_TRUE(negate(rank, {}).rank_local);
  EXPECT_TRUE(make_list({number(0), rank}).rank_local);
  EXPECT_FALSE(apply(BinaryOp::add, number(1), tp, {}).rank_local);
}

TEST(Value, MessagesNameTheOperandAndWhatItIs) {
  EXPECT_EQ(message_of(BinaryOp::add, {std::string("a")}, number(1)),
            "an operand of `+` must be a number, got a string");
  EXPECT_EQ(message_of(BinaryOp::divide, number(1), number(0)), "`1 / 0`: division by zero");
  EXPECT_EQ(message_of(BinaryOp::in, number(1), number(1)), "`in` needs a list, got an integer");
  EXPECT_EQ(message_of(BinaryOp::matmul, number(1), number(1)),
            "`@` multiplies tensors, not numbers");
  EXPECT_EQ(message_of(BinaryOp::logical_and, {TensorRef{0}}, number(1)),
            "a tensor cannot steer control flow");
}

}  // namespace
}  // namespace reducecheck
