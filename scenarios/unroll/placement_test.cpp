// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/placement.hpp"

#include <gtest/gtest.h>

#include "scenarios/unroll/tiny_scenario_test.hpp"

namespace reducecheck {
namespace {

/// The rows of the input on each rank.
std::vector<std::string> input_rows(const std::string& layout, const std::string& sizes) {
  return output_rows({"", "y = x", "y = x", two_by_two, "x = '" + layout + "'",
                      "y = '" + layout + "'", "sizes = { " + sizes + " }"});
}

/// The logical numbers of the first weight on each rank.
std::vector<std::vector<std::int64_t>> numbers_of(const std::string& weight,
                                                  const std::string& more = "") {
  const Scenario scenario = loaded({"w = '" + weight + "'", "y = x", "y = x", two_by_two,
                                    "x = 'tokens, hidden'", "y = 'tokens, hidden'", more});
  const Scope scope(scenario, first_configuration(scenario));
  std::vector<std::vector<std::int64_t>> numbers;
  Holdings holdings(scope);
  const HeldWeights held = holdings.of(&scenario.variants[0]);
  for (const HeldWeight& rank : held[0]) numbers.push_back(rank.numbers);
  return numbers;
}

using Rows = std::vector<std::string>;
using Numbers = std::vector<std::vector<std::int64_t>>;

TEST(Placement, OneOwnerGivesAllRanksTheSameRows) {
  EXPECT_EQ(input_rows("tokens, hidden", "tokens = 2"), (Rows(4, "0.0 0.1")));
}

TEST(Placement, OwnersHaveOtherTokensAndAListGivesThemUnevenNumbers) {
  EXPECT_EQ(input_rows("tokens / dp, hidden", "tokens = [3, 1]"),
            (Rows{"0.0 0.1 0.2", "0.0 0.1 0.2", "1.0", "1.0"}));
}

TEST(Placement, CutsRoundUpAndTheLastRankHasWhatIsLeft) {
  EXPECT_EQ(input_rows("tokens // (dp * tp), hidden", "tokens = 5"),
            (Rows{"0.0 0.1", "0.2 0.3", "0.4", ""}));
  EXPECT_EQ(input_rows("tokens // (tp * dp), hidden", "tokens = 5"),
            (Rows{"0.0 0.1", "0.4", "0.2 0.3", ""}));
}

TEST(Placement, CutsNestFromTheOutsideIn) {
  EXPECT_EQ(input_rows("tokens // dp // tp, hidden", "tokens = 5"),
            (Rows{"0.0 0.1", "0.2", "0.3", "0.4"}));
  EXPECT_EQ(input_rows("tokens / dp // tp, hidden", "tokens = [3, 1]"),
            (Rows{"0.0 0.1", "0.2", "1.0", ""}));
}

TEST(Placement, NumberSplitOverAGroupIsABlock) {
  EXPECT_EQ(numbers_of("experts(E / tp, inter)"), (Numbers{{0, 1}, {2, 3}, {0, 1}, {2, 3}}));
  EXPECT_EQ(numbers_of("experts(E / (tp * dp), inter)"), (Numbers{{0}, {2}, {1}, {3}}));
}

TEST(Placement, TableOfOwnershipIsAnyListOverTheRank) {
  EXPECT_EQ(numbers_of("experts(block(E, tp) + [E], inter)"),
            (Numbers{{0, 1, 4}, {2, 3, 4}, {0, 1, 4}, {2, 3, 4}}));
  EXPECT_EQ(numbers_of("experts(chunk(slots, dp), inter)", "sizes = { slots = [0, 0, -1, 2] }"),
            (Numbers{{0, 0}, {0, 0}, {-1, 2}, {-1, 2}}));
}

TEST(Placement, AxesAlongWhichTheNumbersDifferAreTheirSplit) {
  const Scenario scenario = loaded(
      {"w = 'experts(E / tp, inter)'\nv = 'experts(E, inter)'", "y = x", "y = x", two_by_two});
  const Scope scope(scenario, first_configuration(scenario));
  Holdings holdings(scope);
  const HeldWeights held = holdings.of(&scenario.variants[0]);
  const auto split = [&](std::size_t i) { return held[i][0].number_split.axes; };
  const std::size_t w = held[0][0].name == "w" ? 0 : 1;
  EXPECT_EQ(split(w), std::vector{1});
  EXPECT_EQ(split(1 - w), std::vector<int>{});
}

TEST(Placement, AVariantThatPlacesAWeightOtherwiseLeavesTheOthersAsTheyAre) {
  const Scenario scenario =
      loaded({"w = 'mlp(inter / tp)'\nv = 'mlp(inter)'", "y = x", "y = x", two_by_two,
              "x = 'tokens, hidden'", "y = 'tokens, hidden'", "",
              "p = ''\n[variant.other]\nweights = { w = 'mlp(inter)', u = 'mlp(inter)' }"});
  const Scope scope(scenario, first_configuration(scenario));
  Holdings holdings(scope);
  const HeldWeights base = holdings.of(nullptr);
  const HeldWeights plain = holdings.of(&scenario.variants[0]);
  const HeldWeights other = holdings.of(&scenario.variants[1]);
  for (std::size_t i = 0; i < holdings.names().size(); ++i) {
    const std::string& name = holdings.names()[i];
    EXPECT_EQ(plain[i].data(), base[i].data()) << name;  // worked out once
    EXPECT_EQ(base[i].empty(), name == "u") << name;
    ASSERT_EQ(other[i].size(), 4U) << name;
    EXPECT_EQ(other[i][1].dimensions[0].chunks, 1) << name;
    EXPECT_EQ(other[i].data() == base[i].data(), name == "v") << name;
    if (name != "w") continue;
    EXPECT_EQ(base[i][1].dimensions[0].chunks, 2);
    EXPECT_EQ(base[i][1].dimensions[0].begin, base[i][1].dimensions[0].width);
  }
}

std::string error_with(const std::string& weight, const std::string& more = "") {
  return error_of({"w = '" + weight + "'", "y = x", "y = x", "axes = ['tp'], tp = 4",
                   "x = 'tokens, hidden'", "y = 'tokens, hidden'", more});
}

TEST(Placement, SizeThatDoesNotDivideIsAnErrorWithTheChoices) {
  EXPECT_EQ(error_with("mlp(inter / tp)", "sizes = { inter = 6 }"),
            "/ tp)' -> `inter / tp`: 6 does not divide by tp = 4 [possible: 1 2 3 6]");
  EXPECT_EQ(error_with("experts(block(6, tp), inter)"),
            "block(6, tp), inter)' -> block(6, tp): 6 does not divide by 4");
}

TEST(Placement, DimensionsAndNumbersHaveLimits) {
  EXPECT_EQ(error_with("experts([5000], inter)"),
            "[5000], inter)' -> expert 5000; they are numbered from 0 to 4095, or -1 for a slot "
            "that was never loaded");
  EXPECT_EQ(error_with("experts(5000, inter)"), "5000, inter)' -> 5000 experts; the limit is 4096");
  EXPECT_EQ(error_with("vector(100000)"),
            "100000)' -> a dimension of 100000; it must be from 1 to 65536");
  EXPECT_EQ(error_with("vector(hidden / 4)"),
            "4)' -> what a dimension is split over must be a group such as `tp` or `dp * tp`, got "
            "an integer");
}

}  // namespace
}  // namespace reducecheck
