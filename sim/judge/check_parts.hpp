// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: the parts of check_scenario, for checks whose parts are elsewhere.
#pragma once

#include <optional>
#include <vector>

#include "sim/judge/cell.hpp"

namespace reducecheck {

/// A check before any cell is judged.
struct BegunCheck {
  ScenarioResult result;  // what is known of it
  std::vector<const Variant*> variants;
  std::vector<Configuration> configurations;
};

/// Nothing after an error of the options, which is then in `diagnostics`.
std::optional<BegunCheck> begin_check(const Scenario& scenario, const CheckOptions& options,
                                      Diagnostics& diagnostics);

/// Every configuration, spread over threads; each result has its own place, so that nothing depends
/// on which thread made it.
std::vector<JudgedConfiguration> judge_all(const Scenario& scenario, const CheckOptions& options,
                                           const std::vector<const Variant*>& variants,
                                           const std::vector<Configuration>& configurations);

/// The result, of judgements in the order of the configurations.
ScenarioResult end_check(BegunCheck check, std::vector<JudgedConfiguration> judged,
                         Diagnostics& diagnostics);

}  // namespace reducecheck
