// SPDX-License-Identifier: Apache-2.0
// The prover against exact runs on random programs: straight lines over every operation, and layers
// with faults in them. What it says of a configuration is what the run there shows, or nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "props/faults.hpp"
#include "props/layer_generator.hpp"
#include "props/prover_agreement.hpp"
#include "props/prover_program.hpp"
#include "scenarios/frame/print.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck::props {
namespace {

/// Meshes of several axes have many configurations of few ranks.
std::int64_t most_ranks(const Scenario& scenario) {
  return scenario.axes.size() > 1 ? 6 : 8;
}

void require_agreement(const Scenario& scenario, Agreement& totals) {
  const Variant& variant = *prove::variants_of(scenario).front();
  const Agreement one = compared(scenario, variant, configurations(scenario, most_ranks(scenario)));
  totals += one;
  if (!one.disagreements.empty())
    RC_FAIL(one.disagreements.front() + '\n' + print_scenario(scenario));
}

TEST(ProverRandom, StraightLines) {
  Agreement totals;
  EXPECT_TRUE(rc::check("the prover agrees with exact runs", [&](const StraightLine& line) {
    require_agreement(loaded(scenario_text(line)), totals);
  }));
  fmt::print("{}", summary(totals));
  EXPECT_GT(totals.mixed, totals.programs / 10);
}

/// The layer for all sizes: what its text fixes is free but for tables of slots.
Scenario freed(Scenario scenario, bool sizes) {
  for (Axis& axis : scenario.axes) axis.sizes.clear();
  const auto whole = [](const NamedExpr& size) { return size.name == "slots"; };
  const bool slots = std::ranges::any_of(scenario.sizes, whole);
  if (sizes && !slots)
    std::erase_if(scenario.sizes,
                  [](const NamedExpr& size) { return size.value.kind != ExprKind::list; });
  return scenario;
}

TEST(ProverRandom, LayersWithFaults) {
  Agreement totals;
  EXPECT_TRUE(rc::check("the prover agrees with exact runs", [&](const LayerSpec& spec) {
    Scenario scenario = freed(scenario_of(spec), *rc::gen::inRange(0, 2) == 0);
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
      const std::vector<Fault> all = faults(scenario.variants[0].program, group_names(scenario));
      if (all.empty()) break;
      const Fault& fault = all[*rc::gen::inRange<std::size_t>(0, all.size())];
      scenario =
          with_program(scenario, scenario.variants[0], plant(scenario.variants[0].program, fault));
    }
    require_agreement(scenario, totals);
  }));
  fmt::print("{}", summary(totals));
  EXPECT_GT(totals.mixed, totals.programs / 10);
}

}  // namespace
}  // namespace reducecheck::props
