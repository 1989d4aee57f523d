// SPDX-License-Identifier: Apache-2.0
#include "sim/report/words.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "sim/report/columns.hpp"

namespace reducecheck {
namespace {

TEST(RankSet, ShortensRunsAndCountsWhatItLeavesOut) {
  EXPECT_EQ(rank_set({}), "{}");
  EXPECT_EQ(rank_set(std::vector{3}), "{3}");
  EXPECT_EQ(rank_set(std::vector{0, 1}), "{0,1}");
  EXPECT_EQ(rank_set(std::vector{0, 1, 2, 3}), "{0..3}");
  EXPECT_EQ(rank_set(std::vector{0, 4, 5, 6, 9}), "{0,4..6,9}");
  std::vector<int> even;
  for (int rank = 0; rank < 64; rank += 2) even.push_back(rank);
  EXPECT_EQ(rank_set(even), "{0,2,4,6,8,10,.. 32 ranks}");
}

TEST(GroupedDigits, PutsACommaAfterEveryThird) {
  EXPECT_EQ(grouped_digits(0), "0");
  EXPECT_EQ(grouped_digits(999), "999");
  EXPECT_EQ(grouped_digits(1000), "1,000");
  EXPECT_EQ(grouped_digits(1048576), "1,048,576");
  EXPECT_EQ(grouped_digits(-100000), "-100,000");
}

TEST(LayoutText, NamesAxesThenSwitches) {
  Configured configured;
  EXPECT_EQ(layout_text(configured), "one rank");
  configured.mesh = {{"dp", 1}, {"tp", 2}};
  configured.switches = {
      {"use_ep", true}, {"tokens", std::int64_t{4}}, {"path", std::string("a2a")}};
  EXPECT_EQ(layout_text(configured), "dp=1 tp=2 use_ep=true tokens=4 path=a2a");
}

TEST(OneLine, LeavesNothingThatDrivesATerminal) {
  const std::string line = one_line("a\x1b[31m\nb\tc\x07");
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\x07'), std::string::npos);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(Wrapped, BreaksBetweenWordsAndIndentsEveryLine) {
  EXPECT_EQ(wrapped("one two three four", 2, 11), "  one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("", 2), "");
  EXPECT_EQ(wrapped("averylongwordindeed ok", 0, 8), "averylongwordindeed\nok\n");
}

TEST(Aligned, LeavesOutEmptyColumnsAndTrailingSpaces) {
  const std::vector<Row> rows = {
      {{"a"}, {"empty"}, {"last"}}, {{"long"}, {""}, {"x"}}, {{"b"}, {""}, {""}}};
  EXPECT_EQ(aligned(rows, "  ", false), "  a     last\n  long  x\n  b\n");
}

TEST(Aligned, ColourDoesNotMoveColumns) {
  const std::vector<Row> rows = {{{"a"}, {"b"}}, {{"bad", Ink::bad}, {"x"}}};
  EXPECT_EQ(aligned(rows, "", true),
            "\x1b[2ma\x1b[0m    \x1b[2mb\x1b[0m\n\x1b[1;31mbad\x1b[0m  x\n");
}

}  // namespace
}  // namespace reducecheck
