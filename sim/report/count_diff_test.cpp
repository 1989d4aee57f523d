// SPDX-License-Identifier: Apache-2.0
#include "sim/report/count_diff.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace reducecheck {
namespace {

using Layers = std::vector<std::int64_t>;

LayoutCount count(const std::string& name, std::int64_t layer, const std::string& text,
                  const std::string& wanted = "1") {
  const CountStanding standing = text == "?"      ? CountStanding::unknown
                                 : text == wanted ? CountStanding::right
                                                  : CountStanding::wrong;
  return {name, layer, text, wanted, standing};
}

CountedCell cell(std::vector<LayoutCount> counts, const std::string& defect = "") {
  CountedCell made;
  made.verdict = defect.empty() ? Verdict::holds : Verdict::defect;
  made.defect_class = defect;
  made.counts = std::move(counts);
  return made;
}

/// Columns `a`, `b`, ... over tp = 1, 2, 4.
CountTable table_of(std::vector<std::vector<CountedCell>> columns) {
  CountTable table;
  for (const std::int64_t tp : {1, 2, 4}) {
    CountedLayout layout;
    layout.configuration.mesh = {{"tp", tp}};
    layout.configuration.ranks = tp;
    table.layouts.push_back(layout);
  }
  char name = 'a';
  for (auto& cells : columns) {
    table.columns.push_back({"f.toml", std::string(1, name++), std::move(cells)});
  }
  return table;
}

const CountedCell right = cell({count("mlp", 0, "1"), count("moe", 1, "1"), count("moe", 2, "1")});
const CountedCell doubled =
    cell({count("mlp", 0, "1"), count("moe", 1, "tp"), count("moe", 2, "tp")}, "double_reduce");
const CountedCell lost =
    cell({count("mlp", 0, "0"), count("moe", 1, "1"), count("moe", 2, "1")}, "missing_branch");

TEST(CountDiff, NamesLayersByRanges) {
  EXPECT_EQ(row_name("moe", {}), "moe");
  EXPECT_EQ(row_name("moe", {3}), "moe[3]");
  EXPECT_EQ(row_name("moe", {0, 1, 2, 4, 6, 7}), "moe[0..2,4,6..7]");
}

TEST(CountDiff, IsABlockForEachTableWithTheConditionThatIsTrueThere) {
  const CountTable table = table_of({{right, doubled, doubled}, {right, right, right}});
  const CountDiff diff = compare_counts(table, false);
  ASSERT_EQ(diff.blocks.size(), 2U);
  EXPECT_TRUE(diff.blocks[0].right);
  const CountBlock& block = diff.blocks[1];
  EXPECT_EQ(block.condition, "tp > 1");
  EXPECT_EQ(block.smallest, 1U);
  ASSERT_EQ(block.rows.size(), 1U) << "rows that are right in every column are left out";
  EXPECT_EQ(row_name(block.rows[0].name, block.rows[0].layers), "moe[1..2]");
  EXPECT_EQ(block.findings, std::vector<std::string>(2)) << "the counts say what is wrong";
  EXPECT_EQ(compare_counts(table, true).blocks[1].rows.size(), 2U);
}

TEST(CountDiff, TellsBetterFromWorse) {
  const CountDiff mended =
      compare_counts(table_of({{right, doubled, lost}, {right, right, right}}), false);
  EXPECT_FALSE(mended.worse());
  EXPECT_EQ(mended.changed, 2U);
  ASSERT_EQ(mended.steps.size(), 1U);
  EXPECT_EQ(mended.steps[0].better.size(), 2U);
  const CountDiff broken =
      compare_counts(table_of({{right, right, right}, {right, doubled, right}}), false);
  EXPECT_TRUE(broken.worse());
  ASSERT_EQ(broken.steps[0].worse.size(), 1U);
  EXPECT_EQ(broken.steps[0].worse[0].layers, (Layers{1, 2}));
  EXPECT_EQ(broken.steps[0].worse[0].to, "tp");
}

TEST(CountDiff, IsWorseWhereOneRepairBreaksSomethingElse) {
  const CountDiff diff =
      compare_counts(table_of({{right, doubled, right}, {right, lost, right}}), false);
  EXPECT_TRUE(diff.worse());
  EXPECT_EQ(diff.steps[0].better.size(), 1U);
  EXPECT_EQ(diff.steps[0].worse.size(), 1U);
}

TEST(CountDiff, ShowsTheClassOfWhatNoCountShows) {
  const CountedCell rows = cell(right.counts, "token_layout");
  const CountTable table = table_of({{right, right, right}, {right, rows, rows}});
  const CountDiff diff = compare_counts(table, false);
  EXPECT_TRUE(diff.worse());
  EXPECT_EQ(diff.blocks[1].findings, (std::vector<std::string>{"holds", "token_layout"}));
  EXPECT_EQ(counts_text(table, diff, {}),
            "counted where they are used (must be 1)\n"
            "\n"
            "when tp > 1 (2 layouts, smallest tp=2)\n"
            "             a      b\n"
            "    (check)  holds  token_layout\n"
            "\n"
            "right in every column: the other 1 layout\n"
            "\n"
            "changed in 2 of 3 layouts\n"
            "worse: holds -> token_layout in 2 layouts\n");
}

TEST(CountDiff, CountsNothingUnknownForBetterOrWorse) {
  CountedCell open = cell({count("mlp", 0, "?")});
  open.reason = "no rule";
  const CountTable table = table_of({{right, right, right}, {right, open, open}});
  const CountDiff diff = compare_counts(table, false);
  EXPECT_FALSE(diff.worse());
  EXPECT_NE(counts_text(table, diff, {}).find("    ? in b: no rule\n"), std::string::npos);
}

TEST(CountDiff, SaysWhatIsWantedWhereThatIsNotOne) {
  const CountedCell scaled = cell({count("moe", 1, "s", "s")});
  const CountedCell plain = cell({count("moe", 1, "1", "s")}, "scale_placement");
  const CountTable table = table_of({{plain, plain, plain}, {scaled, scaled, scaled}});
  const std::string text = counts_text(table, compare_counts(table, false), {});
  EXPECT_NE(text.find("(must be as wanted)"), std::string::npos) << text;
  EXPECT_NE(text.find("            a  b  wanted\n    moe[1]  1  s  s\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("always (3 layouts"), std::string::npos) << text;
}

TEST(CountDiff, WritesEveryCountAsJson) {
  const CountTable table = table_of({{right, doubled, doubled}, {right, right, right}});
  const auto json =
      nlohmann::json::parse(counts_json(table, compare_counts(table, false), "0.1.0"));
  EXPECT_EQ(json.at("format"), "reducecheck.diff/1");
  EXPECT_EQ(json.at("layouts").size(), 3U);
  const auto& wrong = json.at("layouts").at(1).at("cells").at(0).at("counts").at(1);
  EXPECT_EQ(wrong.at("count"), "tp");
  EXPECT_EQ(wrong.at("standing"), "wrong");
  EXPECT_EQ(json.at("blocks").at(1).at("condition"), "tp > 1");
  EXPECT_EQ(json.at("steps").at(0).at("better").at(0).at("layers"), (Layers{1, 2}));
}

}  // namespace
}  // namespace reducecheck
