// SPDX-License-Identifier: Apache-2.0
#include "sim/report/minimal.hpp"

#include <gtest/gtest.h>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"
#include "sim/report/sample_results.hpp"

namespace reducecheck {
namespace {

constexpr const char* two_branches = R"toml(title  = "Two branches"
source = "none"
mesh   = { axes = ["dp", "tp"], dp = [1, 2], tp = [1, 2, 4], where = "tp >= dp" }
switch = { late = [false, true] }
sizes  = { tokens = 4 }
input  = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }

[weights]
shared = "mlp(inter / tp)"

[program]
reference = "y = shared(x)"
distributed = '''
y = all_reduce(shared(x), tp)
if again and late: y = all_reduce(y, tp)
'''

[variant]
buggy = "again = True"
fixed = "again = False"

[expect]
buggy = "double_reduce(shared) when tp > 1 and late"
)toml";

Scenario loaded(const std::string& source) {
  Diagnostics diagnostics;
  std::optional<Scenario> scenario = load_scenario(source, "dir/two_branches.toml", diagnostics);
  EXPECT_TRUE(scenario && diagnostics.empty()) << render(diagnostics, "test", source);
  return scenario.value_or(Scenario{});
}

Cell failing_cell() {
  Cell cell = sample::cell("buggy", {});
  cell.configuration.mesh = {{"dp", 1}, {"tp", 2}};
  cell.configuration.switches = {{"late", true}};
  cell.configuration.ranks = 2;
  cell.verdict = Verdict::defect;
  cell.finding = sample::doubled(2);
  return cell;
}

TEST(MinimalScenario, HasOneLayoutOneVariantAndTheSeed) {
  const Scenario minimal = minimal_scenario(loaded(two_branches), failing_cell(), 42);
  ASSERT_EQ(minimal.axes.size(), 2U);
  EXPECT_EQ(minimal.axes[0].sizes, std::vector<std::int64_t>{1});
  EXPECT_EQ(minimal.axes[1].sizes, std::vector<std::int64_t>{2});
  EXPECT_EQ(minimal.ranks, 2);
  EXPECT_EQ(minimal.where.kind, ExprKind::absent);
  ASSERT_EQ(minimal.switches.size(), 1U);
  EXPECT_EQ(minimal.switches[0].values, std::vector<SwitchValue>{true});
  ASSERT_EQ(minimal.variants.size(), 1U);
  EXPECT_EQ(minimal.variants[0].name, "buggy");
  ASSERT_EQ(minimal.expectations.size(), 1U);
  ASSERT_TRUE(minimal.replay);
  EXPECT_EQ(minimal.replay->seed, 42U);
  EXPECT_EQ(minimal.replay->variant, "buggy");
  EXPECT_EQ(minimal.entry, "two_branches");
}

TEST(MinimalScenario, IsReadBackFromItsFile) {
  const Scenario minimal = minimal_scenario(loaded(two_branches), failing_cell(), 42);
  EXPECT_TRUE(loaded(print_scenario(minimal)) == minimal) << print_scenario(minimal);
}

TEST(FixSize, ReplacesAddsAndLeavesSwitchesAlone) {
  Scenario scenario = loaded(two_branches);
  fix_size(scenario, "tokens", 16);
  fix_size(scenario, "hidden", 4096);
  fix_size(scenario, "late", 3);
  ASSERT_EQ(scenario.sizes.size(), 2U);
  EXPECT_EQ(scenario.sizes[0].value.number, Fraction(16));
  EXPECT_EQ(scenario.sizes[1].name, "hidden");
  EXPECT_TRUE(loaded(print_scenario(scenario)) == scenario);
}

}  // namespace
}  // namespace reducecheck
