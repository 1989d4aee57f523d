// SPDX-License-Identifier: Apache-2.0
#include "sim/report/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/report/sample_results.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;

TEST(JsonReport, HoldsEveryFieldOfTheFormat) {
  const json read = json::parse(json_report(sample::report_of(sample::aria())));
  EXPECT_EQ(read.at("format"), "reducecheck.report/1");
  EXPECT_EQ(read.at("version"), "0.1.0 (1a2b3c4)");
  EXPECT_EQ(read.at("seed"), 7);
  EXPECT_EQ(read.at("summary"), json({{"scenarios", 1},
                                      {"variants", 2},
                                      {"cells", 6},
                                      {"as_expected", 6},
                                      {"unexpected", 0},
                                      {"undecided", 0},
                                      {"not_run", 0},
                                      {"skipped", 0},
                                      {"beyond_rounding", 0}}));
  ASSERT_EQ(read.at("scenarios").size(), 1U);
  const json& scenario = read.at("scenarios").at(0);
  EXPECT_EQ(scenario.at("file"), "aria.toml");
  EXPECT_EQ(scenario.at("title"), "Aria: summed twice");
  EXPECT_EQ(scenario.at("source"), "https://example.org/49366");
  ASSERT_EQ(scenario.at("cells").size(), 6U);
  const json& cell = scenario.at("cells").at(2);
  EXPECT_EQ(cell.at("mesh"), json({{"tp", 4}}));
  EXPECT_EQ(cell.at("groups"), json::object());
  EXPECT_EQ(cell.at("switch"), json::object());
  EXPECT_EQ(cell.at("variant"), "buggy");
  EXPECT_EQ(cell.at("verdict"), "defect");
  EXPECT_EQ(cell.at("expected"), "double_reduce(shared)");
  EXPECT_EQ(cell.at("as_expected"), true);
  EXPECT_EQ(cell.at("class"), "double_reduce");
  EXPECT_EQ(cell.at("branch"), "shared");
  EXPECT_EQ(cell.at("group"), "tp");
  EXPECT_EQ(cell.at("coefficient"), "4 = tp");
  EXPECT_EQ(cell.at("ranks"), json({0, 1, 2, 3}));
  EXPECT_EQ(cell.at("op"), "all_reduce(y, tp)");
  EXPECT_EQ(cell.at("output"), "y");
  EXPECT_EQ(cell.at("collectives"), json({{"count", 2}, {"bytes", 4096}}));
  EXPECT_FALSE(scenario.at("cells").at(0).contains("class"));
  const json& condition = scenario.at("conditions").at(0);
  EXPECT_EQ(condition.at("variant"), "buggy");
  EXPECT_EQ(condition.at("class"), "double_reduce");
  EXPECT_EQ(condition.at("branch"), "shared");
  EXPECT_EQ(condition.at("condition"), "tp > 1");
  EXPECT_EQ(condition.at("smallest").at("mesh"), json({{"tp", 2}}));
}

TEST(JsonReport, KeepsTheTypesOfSwitchesAndTheSizesOfGroups) {
  ScenarioResult result = sample::aria();
  result.cells[0].configuration.groups = {{"ep", 8}};
  result.cells[0].configuration.switches = {
      {"use_ep", true}, {"tokens", std::int64_t{4}}, {"path", std::string("deepep")}};
  const json read = json::parse(json_report(sample::report_of(result)));
  const json& cell = read.at("scenarios").at(0).at("cells").at(0);
  EXPECT_EQ(cell.at("groups"), json({{"ep", 8}}));
  EXPECT_EQ(cell.at("switch"), json({{"use_ep", true}, {"tokens", 4}, {"path", "deepep"}}));
}

TEST(JsonReport, KeepsAxesInTheOrderOfTheMesh) {
  const std::string text = json_report(sample::report_of(sample::middle_layouts()));
  EXPECT_LT(text.find("\"ep\""), text.find("\"moe_tp\""));
  EXPECT_LT(text.find("\"format\""), text.find("\"version\""));
}

TEST(JsonReport, SurvivesTextThatIsNotUtf8) {
  ScenarioResult result = sample::aria();
  result.file = "bad\xff.toml";
  result.title = "<&\"'\x01 \xc3\xa9";
  const json read = json::parse(json_report(sample::report_of(result)));
  EXPECT_EQ(read.at("scenarios").at(0).at("file"), "bad\xef\xbf\xbd.toml");
  EXPECT_EQ(read.at("scenarios").at(0).at("title"), "<&\"'\x01 \xc3\xa9");
}

TEST(JsonReport, IsEqualForEqualResultsWhateverTheTime) {
  ScenarioResult slow = sample::aria();
  slow.seconds = 12.5;
  EXPECT_EQ(json_report(sample::report_of(slow)), json_report(sample::report_of(sample::aria())));
}

}  // namespace
}  // namespace reducecheck
