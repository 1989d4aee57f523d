// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/scope.hpp"

#include <gtest/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

TinyScenario with(const std::string& mesh, const std::string& more = "",
                  const std::string& weights = "",
                  const std::string& input = "x = 'tokens, hidden'") {
  return {weights, "y = x", "y = x", mesh, input, "y = 'tokens, hidden'", more};
}

/// The value of `name` in the first configuration, on rank `rank`, as the text would write it.
std::string value_of(const TinyScenario& tiny, const std::string& name, int rank = -1,
                     const SizeOverrides& overrides = {}) {
  const Scenario scenario = loaded(tiny);
  try {
    Configuration configuration;
    for (const Axis& axis : scenario.axes) configuration.axes.push_back(axis.sizes[0]);
    const Scope scope(scenario, configuration, overrides);
    const auto value = scope.find(name, rank);
    return value ? show(*value) : "none";
  } catch (const TextError& error) {
    return error.what();
  }
}

const std::string eight = "axes = ['dp', 'tp'], dp = 2, tp = 4";

TEST(Scope, WidthThatIsSplitLeavesEveryRankTwoFeatures) {
  EXPECT_EQ(value_of(with(eight, "", "w = 'mlp(inter / tp)'"), "inter"), "16");
  EXPECT_EQ(value_of(with(eight, "", "w = 'mlp(inter / tp)'"), "hidden"), "4");
  EXPECT_EQ(value_of(with(eight, "", "w = 'mlp(inter)'"), "inter"), "4");
  EXPECT_EQ(value_of(with("axes = ['tp'], tp = 1", "", "w = 'mlp(inter / tp)'"), "inter"), "4");
}

TEST(Scope, WidthIsAlsoSplitByVariantsAndByCutsOfColumns) {
  TinyScenario t = with(eight);
  t.variants = "[variant.v]\nprogram = ''\nweights = { w = 'linear(hidden / tp, hidden)' }";
  t.variants = "v = { program = '', weights = { w = 'linear(hidden / tp, hidden)' } }";
  EXPECT_EQ(value_of(t, "hidden"), "16");
  TinyScenario cut = with(eight);
  cut.distributed = "y = all_gather(chunk(x, tp, dim=cols), tp, dim=cols)";
  EXPECT_EQ(value_of(cut, "hidden"), "16");
}

TEST(Scope, ExpertsAreAMultipleOfTheRanksAndAtLeastFour) {
  EXPECT_EQ(value_of(with(eight), "E"), "8");
  EXPECT_EQ(value_of(with("axes = ['tp'], tp = 3"), "E"), "6");
  EXPECT_EQ(value_of(with(eight), "k"), "2");
}

TEST(Scope, TokensFollowTheExpertsAndDivideByTheRanksOfAnOwner) {
  EXPECT_EQ(value_of(with("axes = ['tp'], tp = 1"), "tokens"), "4");
  EXPECT_EQ(value_of(with(eight), "tokens"), "8");
  EXPECT_EQ(value_of(with(eight, "", "e = 'experts(E, inter)'"), "tokens"), "16");
  EXPECT_EQ(
      value_of(with(eight, "", "e = 'experts(E, inter)'", "x = 'tokens / dp, hidden'"), "tokens"),
      "8");
}

TEST(Scope, DerivedGroupsAndSizesMayUseEachOtherInAnyOrder) {
  EXPECT_EQ(
      value_of(with(eight + ", a = 'b', b = 'tp if n > 1 else 1'", "sizes = { n = 'm', m = 3 }"),
               "a"),
      "a group of 4 ranks");
  EXPECT_EQ(value_of(with(eight + ", zz = 'dp * tp', aa = 'zz'"), "aa"), "a group of 8 ranks");
}

TEST(Scope, ForwardReferenceMayBeTheSizeOfAGroupOrAnAlias) {
  EXPECT_EQ(value_of(with(eight + ", a = 'tp if b_size > 4 else dp', b = 'dp * tp'"), "a"),
            "a group of 4 ranks");
  EXPECT_EQ(value_of(with(eight + ", a = 'world', b = 'dp * tp'", "alias = { world = 'b' }"), "a"),
            "a group of 8 ranks");
  EXPECT_EQ(
      value_of(with(eight, "sizes = { n = '2 * m_alias', m = 'k + 1' }\nalias = { m_alias = 'm' }"),
               "n"),
      "6");
  EXPECT_EQ(value_of(with(eight + ", a = 'tp if world > 4 else dp', b = 'dp * tp'",
                          "alias = { world = 'b_size' }"),
                     "a"),
            "a group of 4 ranks");
}

TEST(Scope, GroupMayDependOnABuiltInSizeAndOnItsReplacement) {
  const TinyScenario t = with(eight + ", a = 'tp if k == 2 else dp'");
  EXPECT_EQ(value_of(t, "a"), "a group of 4 ranks");
  EXPECT_EQ(value_of(t, "a", -1, {{"k", 3}}), "a group of 2 ranks");
  const TinyScenario own = with(eight + ", a = 'tp if n == 2 else dp'", "sizes = { n = 2 }");
  EXPECT_EQ(value_of(own, "a", -1, {{"n", 3}}), "a group of 2 ranks");
}

TEST(Scope, SuffixesAskForTheSizeAndTheRank) {
  const TinyScenario t = with(eight + ", ep = 'dp * tp'", "alias = { world_rank = 'ep_rank' }");
  EXPECT_EQ(value_of(t, "tp_size"), "a group of 4 ranks");
  EXPECT_EQ(value_of(t, "tp_rank", 6), "2");
  EXPECT_EQ(value_of(t, "ep_rank", 6), "6");
  EXPECT_EQ(value_of(t, "world_rank", 6), "6");
  EXPECT_EQ(value_of(t, "tp_rank"), "none");
}

TEST(Scope, RankIsMarkedAndASizeIsNot) {
  const Scenario scenario = loaded(with(eight));
  const Scope scope(scenario, first_configuration(scenario));
  EXPECT_TRUE(scope.find("tp_rank", 1)->rank_local);
  EXPECT_FALSE(scope.find("tp_size", 1)->rank_local);
}

TEST(Scope, WhatIsNoGroupCannotBeADerivedGroup) {
  EXPECT_EQ(value_of(with(eight + ", a = '2 * tp'"), "a"),
            "the derived group `a` must be a group such as `tp` or `dp * tp`, got an integer");
  EXPECT_EQ(value_of(with(eight + ", a = '1'"), "a"), "a group of 1 ranks");
}

TEST(Scope, WidthsHaveALimit) {
  EXPECT_EQ(value_of(with(eight, "sizes = { hidden = 1000000 }"), "hidden"),
            "hidden = 1000000; it must be from 1 to 65536");
  EXPECT_EQ(value_of(with(eight, "sizes = { inter = 'dp - dp' }"), "inter"),
            "inter = 0; it must be from 1 to 65536");
  for (const char* tokens : {"", ", tokens = 4"}) {
    EXPECT_EQ(value_of(with(eight, fmt::format("sizes = {{ k = 'dp - dp'{} }}", tokens)), "k"),
              "k = 0; it must be from 1 to 4096");
    EXPECT_EQ(
        value_of(with(eight, fmt::format("sizes = {{ E = 5000000000000000000{} }}", tokens)), "E"),
        "E = 5000000000000000000; it must be from 1 to 4096");
  }
}

}  // namespace
}  // namespace reducecheck
