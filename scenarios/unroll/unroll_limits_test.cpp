// SPDX-License-Identifier: Apache-2.0
// Hostile texts end in an error that names limit and value, before they use up the machine.
#include <gtest/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

std::string on_ranks(int ranks, const std::string& program, const std::string& more = "",
                     const std::string& weights = "", const std::string& input = "tokens, hidden") {
  return error_of({weights, "y = x", program,
                   fmt::format("axes = ['tp'], tp = {0}, ranks = {0}", ranks),
                   "x = '" + input + "'", "y = '" + input + "'", more});
}

TEST(UnrollLimits, LongLists) {
  EXPECT_EQ(error_of("for i in range(1000000000): y = x"),
            "range(1000000000): y = x -> a list of 1000000000 items; the limit is 4096");
  EXPECT_EQ(error_of("for i in range(-9223372036854775807, 9223372036854775807): y = x"),
            "range(-9223372036854775807, 9223372036854775807): y = x -> a list of "
            "18446744073709551614 items; the limit is 4096");
  EXPECT_EQ(error_of("y = x\nfor i in range(9223372036854775807, -9223372036854775807): y = 1"),
            "no error");
  EXPECT_EQ(error_of("l = block(1000000000, tp)\ny = x"),
            "block(1000000000, tp) -> a list of 500000000 items; the limit is 4096");
  EXPECT_EQ(error_of("y = x\nl = [0]\nfor i in range(100): l = l + l"),
            "+ l -> a list of 8192 items or more; the limit is 4096");
}

TEST(UnrollLimits, ListsOfLists) {
  EXPECT_EQ(error_of("y = x\nl = [0]\nm = [0]\nfor i in range(100):\n    l = [l, l]\n    m = [m, "
                     "m]\nb = l == m"),
            "[l, l] -> a list of 4098 items or more; the limit is 4096");
  EXPECT_EQ(error_of("y = x\nl = []\nfor i in range(100): l = [l, l]").substr(0, 6), "[l, l]");
}

TEST(UnrollLimits, LoopsInLoops) {
  EXPECT_EQ(error_of("y = x\nfor i in range(4096):\n    for j in range(4096):\n        pass"),
            "pass -> a rank runs more than 2000 statements");
}

TEST(UnrollLimits, LongExpressionsInLoops) {
  std::string list = "0";
  for (int i = 0; i < 200; ++i) list += ", 0";
  const std::string error = error_of("y = x\nfor i in range(1900): l = [" + list + "]");
  EXPECT_NE(error.find("a rank runs more than 200000 operations"), std::string::npos) << error;
}

TEST(UnrollLimits, CallsThatBranch) {
  std::string text = "def f0(a): return a\n";
  for (int i = 1; i < 15; ++i) text += fmt::format("def f{0}(a): return f{1}(f{1}(a))\n", i, i - 1);
  EXPECT_EQ(error_of(text + "y = f14(x)"),
            "return f0(f0(a)) -> a rank runs more than 2000 statements");
}

TEST(UnrollLimits, RowsOfOneTensor) {
  EXPECT_EQ(error_of("y = pad(x, 1000000000000)"),
            "pad(x, 1000000000000) -> pad to 1000000000000 rows; the limit is 65536");
  EXPECT_EQ(error_of("y = x\nfor i in range(40): y = cat(y, y)"),
            "cat(y, y) -> 131072 rows; the limit is 65536");
  EXPECT_EQ(error_of("y = x\nfor i in range(40): y = cat(y, y, dim=cols)"),
            "cat(y, y, dim=cols) -> 131072 features; the limit is 65536");
}

TEST(UnrollLimits, RowsThatRanksTakeOfASum) {
  // The sum of these two is 8 if it wraps around.
  EXPECT_EQ(error_of("n = 9223372036854775807 if rank(tp) == 0 else -9223372036854775799\n"
                     "y = reduce_scatterv(x, tp, n)"),
            "reduce_scatterv(x, tp, n) -> 9223372036854775807 rows; the limit is 65536");
}

TEST(UnrollLimits, NumbersBesideTensors) {
  for (const char* program :
       {"y = x * 2305843009213693952", "y = x / 2305843009213693952",
        "y = x - (-9223372036854775807 - 1)", "y = x / (-9223372036854775807 - 1)"}) {
    EXPECT_NE(error_of(program).find("a number beyond 2^60 beside a tensor"), std::string::npos)
        << error_of(program);
  }
  EXPECT_EQ(error_of("y = x * 1152921504606846976 / 1152921504606846976"), "no error");
}

TEST(UnrollLimits, RowsThatManyRanksGather) {
  EXPECT_EQ(on_ranks(1024, "y = all_gather(pad(x, 65536), tp)"),
            "all_gather(pad(x, 65536), tp) -> 131072 gathered rows or more; the limit is 65536");
  EXPECT_EQ(on_ranks(1024, "y = x\nfor i in range(9): y = all_gather(y, tp)"),
            "all_gather(y, tp) -> 66560 gathered rows or more; the limit is 65536");
}

TEST(UnrollLimits, TokensOfAllOwners) {
  EXPECT_EQ(on_ranks(1024, "y = x", "sizes = { tokens = 1000 }", "", "tokens / tp, hidden"),
            "tokens / tp, hidden' } -> more than 65536 rows in all");
  EXPECT_EQ(on_ranks(1024, "y = x", "sizes = { tokens = 1000000000000 }"),
            "tokens, hidden' } -> 1000000000000 rows; the limit is 65536");
}

TEST(UnrollLimits, ElementsOfAllTensors) {
  const std::string big = "sizes = { tokens = 65536, hidden = 4096 }";
  EXPECT_EQ(on_ranks(2, "y = act(silu(x))", big),
            "act(silu(x)) -> the tensors of one program have more than 268435456 elements");
  EXPECT_EQ(on_ranks(1024, "y = x * (1 + rank(tp))", "sizes = { tokens = 1024, hidden = 4096 }"),
            "* (1 + rank(tp)) -> the tensors of one program have more than 268435456 elements");
}

TEST(UnrollLimits, ExpertsOfAllRanks) {
  std::string weights;
  for (int i = 0; i < 5; ++i) weights += fmt::format("w{} = 'experts(4096, 4)'\n", i);
  EXPECT_EQ(on_ranks(1024, "y = x", "", weights),
            "w4 = 'experts(4096, 4)' -> all ranks together hold 16781312 experts or more; the "
            "limit is 16777216");
}

}  // namespace
}  // namespace reducecheck
