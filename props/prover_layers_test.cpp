// SPDX-License-Identifier: Apache-2.0
// The prover against exact runs on random layers, most of them with faults.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "props/faults.hpp"
#include "props/layer_generator.hpp"
#include "props/prover_agreement.hpp"
#include "scenarios/frame/print.hpp"

namespace reducecheck::props {
namespace {

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

TEST(ProverLayers, LayersWithFaults) {
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
    const std::string disagreement = first_disagreement(scenario, totals, REDUCECHECK_ONE_IN);
    if (!disagreement.empty()) RC_FAIL(disagreement + '\n' + print_scenario(scenario));
  }));
  fmt::print("{}", summary(totals));
  EXPECT_GT(totals.mixed, totals.programs / 10);
}

}  // namespace
}  // namespace reducecheck::props
