// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/sweep.hpp"

#include <gtest/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

using Sizes = std::vector<std::vector<std::int64_t>>;

Scenario on_mesh(const std::string& mesh, const std::string& more = "") {
  return loaded({"", "y = x", "y = x", mesh, "x = 'tokens, hidden'", "y = 'tokens, hidden'", more});
}

Sweep swept(const Scenario& scenario, const SweepOptions& options = {}) {
  Diagnostics diagnostics;
  Sweep result = sweep(scenario, options, diagnostics);
  EXPECT_EQ(render(diagnostics, "tiny.toml", ""), "");
  return result;
}

Sizes sizes_of(const Sweep& sweep) {
  Sizes sizes;
  for (const Configuration& c : sweep.configurations) sizes.push_back(c.axes);
  return sizes;
}

std::string error_with(const Scenario& scenario, const SweepOptions& options) {
  Diagnostics diagnostics;
  sweep(scenario, options, diagnostics);
  return diagnostics.empty() ? "" : diagnostics.sorted()[0].message + diagnostics.sorted()[0].hint;
}

TEST(Sweep, AxesWithoutSizesTakeEveryFactorisation) {
  EXPECT_EQ(sizes_of(swept(on_mesh("axes = ['ep', 'tp'], ranks = 4"))),
            (Sizes{{1, 1}, {1, 2}, {1, 3}, {1, 4}, {2, 1}, {2, 2}, {3, 1}, {4, 1}}));
}

TEST(Sweep, IsCutAtTheNumberOfRanksAndByWhere) {
  EXPECT_EQ(sizes_of(swept(on_mesh("axes = ['ep', 'tp'], ep = [1, 2, 4], tp = [1, 2, 4], ranks = "
                                   "4, where = 'all in (1, 4)', "
                                   "all = 'ep * tp'"))),
            (Sizes{{1, 1}, {1, 4}, {2, 2}, {4, 1}}));
}

TEST(Sweep, SwitchesVaryFastestInTheOrderOfTheFile) {
  const Sweep s = swept(
      on_mesh("axes = ['tp'], tp = [1, 2]", "switch = { a = [false, true], b = ['u', 'v'] }"));
  ASSERT_EQ(s.configurations.size(), 8U);
  EXPECT_EQ(s.configurations[1].switches, (std::vector<SwitchValue>{false, std::string("v")}));
  EXPECT_EQ(s.configurations[2].switches, (std::vector<SwitchValue>{true, std::string("u")}));
}

TEST(Sweep, OptionsFixAnAxisAndCountWhatTheyLeaveOut) {
  const Sweep s =
      swept(on_mesh("axes = ['dp', 'tp'], dp = [1, 2], tp = [1, 2, 4]"), {{{"tp", 2}}, {}});
  EXPECT_EQ(sizes_of(s), (Sizes{{1, 2}, {2, 2}}));
  EXPECT_EQ(s.left_out, 4U);
}

TEST(Sweep, WhatOptionsLeaveOutMayBeTooMuch) {
  const std::string switches =
      "switch = { a = [false, true], b = [false, true], c = [0, 1, 2, 3] }";
  const Scenario many = on_mesh("axes = ['dp', 'tp', 'ep'], ranks = 1024", switches);
  EXPECT_EQ(swept(many, {{{"tp", 2}, {"dp", 1}, {"ep", 1}}, {}}).configurations.size(), 16U);
}

TEST(Sweep, OptionsFixADerivedGroup) {
  const Sweep s = swept(on_mesh("axes = ['dp', 'tp'], dp = [1, 2], tp = [1, 2, 4], ep = 'dp * tp'"),
                        {{{"ep", 4}}, {}});
  EXPECT_EQ(sizes_of(s), (Sizes{{1, 4}, {2, 2}}));
  EXPECT_EQ(s.left_out, 4U);
}

TEST(Sweep, OptionsMayAskForMoreRanksThanTheFile) {
  EXPECT_EQ(sizes_of(swept(on_mesh("axes = ['tp'], tp = [1, 2]"), {{{"tp", 16}}, {}})),
            (Sizes{{16}}));
}

TEST(Sweep, UpToRanksGoesBeyondTheListsButKeepsASingleSize) {
  const Scenario s = on_mesh("axes = ['dp', 'tp'], dp = 2, tp = [1, 2]");
  EXPECT_EQ(sizes_of(swept(s, {{}, 6})), (Sizes{{2, 1}, {2, 2}, {2, 3}}));
  EXPECT_EQ(sizes_of(swept(s, {{}, 2})), (Sizes{{2, 1}}));
}

TEST(Sweep, UnknownAxisIsAnErrorWithTheNearest) {
  EXPECT_EQ(error_with(on_mesh("axes = ['tp'], tp = 2"), {{{"tq", 2}}, {}}),
            "--mesh names `tq`, which is no axis or group of this filedid you mean `tp`?");
}

TEST(Sweep, TooManyConfigurationsAreAnErrorWithTheLimit) {
  std::string values;
  for (int i = 0; i < 300; ++i) values += (i == 0 ? "" : ", ") + std::to_string(i);
  EXPECT_EQ(
      error_with(on_mesh("axes = ['tp'], tp = 2",
                         "switch = { a = [" + values + "], b = [" + values + "] }"),
                 {}),
      "the sweep has more than 65536 configurationsrestrict it with `ranks`, `where` or --mesh");
}

}  // namespace
}  // namespace reducecheck
