// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/load.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/frame/broken_scenario_test.hpp"
#include "scenarios/frame/loaded_test.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

using Words = std::vector<std::string>;

TEST(Load, ExampleFilesHaveNoErrors) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("scenarios/frame/test_data/examples")) {
    const std::string text = file_text(entry.path().string());
    EXPECT_EQ(errors_of(text), Words{}) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 6);
}

TEST(Load, ReadsWhatIsAssumed) {
  const auto with = [](const std::string& assume) {
    return loaded(broken("[weights]\n", assume + "[weights]\ns = \"scalar\"\n")).assume;
  };
  EXPECT_EQ(with(""), Assumptions{});
  EXPECT_EQ(with("[assume]\nscale_free = [\"norm\"]\n"), (Assumptions{true, {}}));
  EXPECT_EQ(with("[assume]\nscale_free = [\"norm\"]\npositive = [\"s\", \"s\"]\n"),
            (Assumptions{true, {"s"}}));
}

TEST(Load, ReadsEveryTable) {
  const Scenario s = loaded(sound_scenario + R"(
[alias]
"config.ep" = "ep"
[replay]
seed = 7
variant = "buggy"
)");
  EXPECT_EQ(s.file, "a.toml");
  EXPECT_EQ(s.title, "a shared and a routed branch");
  EXPECT_EQ(names_of(s.axes), (Words{"dp", "tp"}));
  EXPECT_EQ(s.axes[1].sizes, (std::vector<std::int64_t>{1, 2, 4}));
  EXPECT_EQ(s.ranks, 8);
  EXPECT_EQ(s.where.kind, ExprKind::absent);
  EXPECT_EQ(names_of(s.groups), Words{"ep"});
  EXPECT_EQ(print(s.groups[0].value), "dp * tp");
  EXPECT_EQ(s.switches[0].values, (std::vector<SwitchValue>{false, true}));
  EXPECT_EQ(print(s.sizes[0].value), "2");
  EXPECT_EQ(names_of(s.weights), (Words{"gate", "shared"}));
  EXPECT_EQ(s.weights[1].kind, WeightKind::mlp);
  EXPECT_EQ(print(s.weights[1].dimensions[0]), "inter / tp");
  EXPECT_EQ(print(s.inputs[0].rows), "tokens / dp");
  EXPECT_EQ(print(s.outputs[0].features), "hidden");
  EXPECT_EQ(s.aliases[0].name, "config.ep");
  EXPECT_EQ(s.aliases[0].target, "ep");
  EXPECT_EQ(s.reference.size(), 2U);
  EXPECT_EQ(names_of(s.variants), (Words{"fixed", "buggy"}));
  EXPECT_EQ(print(s.variants[0].program), "g = tp\n");
  EXPECT_EQ(s.expectations[0].variant, "buggy");
  EXPECT_EQ(s.expectations[0].verdicts[0].verdict, "wrong_group");
  EXPECT_EQ(s.expectations[0].verdicts[0].branches, Words{"shared"});
  EXPECT_EQ(print(s.expectations[0].verdicts[0].when), "tp > 1");
  EXPECT_EQ(s.replay->seed, 7U);
  EXPECT_EQ(s.replay->variant, "buggy");
}

TEST(Load, KeepsTheOrderOfTheFileAndNotOfTheAlphabet) {
  const Scenario s = loaded(R"toml(
mesh = { axes = ["tp"], zz = "tp", aa = "zz" }
[variant]
second.program = "y = x + w + v"
[variant.first]
program = "y = x + w + v"
[variant.between]
program = "y = x + w + v"
weights = { w = "vector(hidden)", u = "vector(hidden)" }
[input]
x = "tokens, hidden"
b = "tokens, hidden"
[output]
y = "tokens, hidden"
[weights]
w = "vector(hidden)"
v = "vector(hidden)"
[sizes]
n = 1
m = "n + 1"
[switch]
t = [3, 1]
s = ["b", "a"]
[program]
reference = "y = x + w + v"
)toml");
  EXPECT_EQ(names_of(s.groups), (Words{"zz", "aa"}));
  EXPECT_EQ(names_of(s.variants), (Words{"second", "first", "between"}));
  EXPECT_EQ(names_of(s.variants[2].weights), (Words{"w", "u"}));
  EXPECT_EQ(names_of(s.inputs), (Words{"x", "b"}));
  EXPECT_EQ(names_of(s.weights), (Words{"w", "v"}));
  EXPECT_EQ(names_of(s.sizes), (Words{"n", "m"}));
  EXPECT_EQ(names_of(s.switches), (Words{"t", "s"}));
  EXPECT_EQ(s.switches[1].values, (std::vector<SwitchValue>{"b", "a"}));
}

TEST(Load, AFileWithoutVariantsHasOneThatIsCalledProgram) {
  const std::string text = R"(
mesh = { axes = ["tp"] }
input = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }
program = { reference = "y = x", distributed = "y = x" }
expect = { program = "holds" }
)";
  const Scenario s = loaded(text);
  EXPECT_EQ(names_of(s.variants), Words{"program"});
  EXPECT_TRUE(s.variants[0].program.empty());
  EXPECT_TRUE(s.axes[0].sizes.empty());
}

TEST(Load, AcceptsEveryFormOfAValue) {
  const Scenario s = loaded(R"toml(
mesh = { axes = ["tp", "pp"], tp = 4, ranks = 16, where = "tp in (1, 4) and tp_size > 0" }
switch = { tokens = [4, 8] }
sizes = { slots = [0, 1, -1], E = "2 * tp", n = -3 }
input = { x = "tokens / tp // pp, hidden / pp", t = "tokens, index(vocab)" }
output = { y = "tokens, 1" }
weights = { s = "scalar", e = "experts(chunk(slots, tp), inter)", t2 = "table(E / tp, hidden)" }
program = { reference = "y = s", distributed = "y = e.slots(x, rank(tp), self.tp_rank)" }
[expect]
program = ["token_layout(uninitialised, x) when tp == 2", "holds when tp > 2", "unclassified"]
)toml");
  EXPECT_EQ(s.axes[0].sizes, (std::vector<std::int64_t>{4}));
  EXPECT_EQ(s.ranks, 16);
  EXPECT_EQ(print(s.where), "tp in (1, 4) and tp_size > 0");
  EXPECT_EQ(print(s.sizes[0].value), "[0, 1, -1]");
  EXPECT_EQ(print(s.sizes[2].value), "-3");
  EXPECT_EQ(s.weights[0].kind, WeightKind::scalar);
  EXPECT_TRUE(s.weights[0].dimensions.empty());
  ASSERT_EQ(s.expectations[0].verdicts.size(), 3U);
  EXPECT_EQ(s.expectations[0].verdicts[0].branches, (Words{"uninitialised", "x"}));
  EXPECT_EQ(s.expectations[0].verdicts[1].verdict, "holds");
  EXPECT_EQ(s.expectations[0].verdicts[2].when.kind, ExprKind::absent);
}

TEST(Load, PlacesAreThoseOfTheFile) {
  const Scenario s = loaded(sound_scenario);
  EXPECT_EQ(s.axes[1].at, (Position{2, 26}));
  EXPECT_EQ(s.groups[0].at, (Position{2, 62}));
  EXPECT_EQ(s.groups[0].value.children[0].at, (Position{2, 68}));
  EXPECT_EQ(s.weights[1].at, (Position{9, 1}));
  EXPECT_EQ(s.weights[1].dimensions[0].children[0].at, (Position{9, 16}));
  EXPECT_EQ(s.reference[1].at, (Position{13, 1}));
  EXPECT_EQ(s.distributed[1].value.at, (Position{17, 5}));
  EXPECT_EQ(s.variants[1].at, (Position{21, 1}));
  EXPECT_EQ(s.variants[1].program[0].value.at, (Position{21, 14}));
  EXPECT_EQ(s.expectations[0].verdicts[0].at, (Position{23, 10}));
}

TEST(Load, EqualityIgnoresFileAndPlaces) {
  Scenario s = loaded(sound_scenario);
  Scenario moved = loaded("# a comment\n\n" + sound_scenario);
  moved.file = "elsewhere";
  EXPECT_TRUE(s == moved);
  moved.axes[0].sizes = {2};
  EXPECT_FALSE(s == moved);
}

}  // namespace
}  // namespace reducecheck
