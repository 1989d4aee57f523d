// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/print.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/frame/broken_scenario_test.hpp"
#include "scenarios/frame/loaded_test.hpp"
#include "scenarios/program/parser.hpp"

namespace reducecheck {
namespace {

void expect_round_trip(const Scenario& scenario) {
  const std::string text = print_scenario(scenario);
  EXPECT_TRUE(loaded(text) == scenario) << text;
}

TEST(Print, ExampleFilesComeBackEqual) {
  for (const auto& entry :
       std::filesystem::directory_iterator("scenarios/frame/test_data/examples")) {
    expect_round_trip(loaded(file_text(entry.path().string())));
  }
}

TEST(Print, WritesTheKeysInTheOrderOfTheLanguagePage) {
  EXPECT_EQ(print_scenario(loaded(sound_scenario)), R"toml(title  = "a shared and a routed branch"
mesh   = { axes = ["dp", "tp"], dp = [1, 2], tp = [1, 2, 4], ep = "dp * tp" }
switch = { use_ep = [false, true] }
sizes  = { L = 2 }
input  = { x = "tokens / dp, hidden" }
output = { y = "tokens / dp, hidden" }

[weights]
gate   = "linear(hidden, E)"
shared = "mlp(inter / tp)"

[program]
reference = '''
p, ids = topk(gate(x), k)
y = shared(x) * sum(p)
'''
distributed = '''
p, ids = topk(gate(x), k)
y = all_reduce(shared(x) * sum(p), g)
'''

[variant]
fixed = "g = tp"
buggy = "g = dp"

[expect]
buggy = "wrong_group(shared) when tp > 1"
)toml");
}

TEST(Print, WhatIsPrintedPrintsTheSameAgain) {
  const std::string once = print_scenario(loaded(sound_scenario));
  EXPECT_EQ(print_scenario(loaded(once)), once);
}

TEST(Print, AMeshThatIsTooLongForALineBecomesASection) {
  Scenario scenario = loaded(sound_scenario);
  scenario.axes[1].sizes.clear();
  for (std::int64_t size = 1; size <= 40; ++size) scenario.axes[1].sizes.push_back(size);
  scenario.ranks = 80;
  const std::string text = print_scenario(scenario);
  EXPECT_NE(text.find("\n[mesh]\naxes  = [\"dp\", \"tp\"]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\nranks = 80\n"), std::string::npos) << text;
  expect_round_trip(scenario);
}

TEST(Print, AVariantWithWeightsKeepsItsPlaceAmongTheOthers) {
  Scenario scenario = loaded(sound_scenario);
  scenario.variants[0].weights = scenario.weights;
  scenario.variants[0].weights[0].dimensions.back() = Expr{ExprKind::number};
  scenario.variants[0].weights[0].dimensions.back().number = 1;
  const std::string text = print_scenario(scenario);
  EXPECT_NE(text.find("[variant.fixed]\nprogram = \"g = tp\"\nweights = { gate = "),
            std::string::npos)
      << text;
  expect_round_trip(scenario);
}

TEST(Print, StringsThatNeedEscapesComeBackEqual) {
  Scenario scenario = loaded(sound_scenario);
  for (const std::string text :
       {"a \"b\" c", "a 'b' \"c\"", "back\\slash", "tab\tbed", "two\nlines", "ends in '\n'",
        "'''\nquotes", "\"\"\"\n\\", "\x01\x7f", "é 😀", "\n", "\r\n", "ends in a quote'",
        "two\nlines'", "two\nlines\""}) {
    scenario.title = scenario.note = text;
    scenario.switches[0].values = {text, std::string("other")};
    expect_round_trip(scenario);
  }
}

TEST(Print, ProgramsThatHoldQuotesComeBackEqual) {
  for (const char* program :
       {"g = tp if '''' == \"'''\" else dp\nh = g\n", "g = tp\nsection \"'''\"\n",
        "section 'a\\\\b\\n'\ng = tp\n", "section '\"'\ng = tp\n", "section \"'\\\"\"\ng = tp\n"}) {
    Diagnostics diagnostics;
    Scenario scenario = loaded(sound_scenario);
    scenario.variants[0].program = parse_program(program, {1, 1}, diagnostics);
    if (diagnostics.empty()) expect_round_trip(scenario);
  }
}

TEST(Print, EveryFormOfASizeComesBackEqual) {
  Scenario scenario = loaded(sound_scenario);
  for (const char* size : {"3", "-3", "-0", "[0, 1, -1]", "[-0]", "[]", "[L2]", "1 / 4", "0.5",
                           "(1, 2)", "2 if use_ep else 3"}) {
    Diagnostics diagnostics;
    scenario.sizes[0].value = parse_expression(size, {1, 1}, diagnostics);
    if (std::string_view(size) == "[L2]") scenario.sizes[0].value.children[0].name = "k";
    ASSERT_TRUE(diagnostics.empty()) << size;
    expect_round_trip(scenario);
  }
}

TEST(Print, ReplayKeepsTheLargestSeed) {
  Scenario scenario = loaded(sound_scenario);
  scenario.replay = Replay{{}, ~std::uint64_t{0}, "buggy"};
  EXPECT_NE(print_scenario(scenario).find("seed    = \"18446744073709551615\""), std::string::npos);
  expect_round_trip(scenario);
  scenario.replay = Replay{{}, 7, ""};
  expect_round_trip(scenario);
}

TEST(Print, ExpectationsOfSeveralVerdictsComeBackEqual) {
  expect_round_trip(loaded(broken("\"wrong_group(shared) when tp > 1\"",
                                  "[\"missing_reduce(shared, x) when tp == 2\", 'holds when tp > "
                                  "2', \"token_layout\"]")));
}

TEST(Print, AScenarioWithoutVariantsComesBackEqual) {
  const std::string text = R"(
mesh = { axes = ["tp"] }
input = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }
program = { reference = "y = x", distributed = "y = x" }
)";
  const Scenario scenario = loaded(text);
  EXPECT_EQ(print_scenario(scenario).find("[variant]"), std::string::npos);
  expect_round_trip(scenario);
}

}  // namespace
}  // namespace reducecheck
