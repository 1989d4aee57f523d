// SPDX-License-Identifier: Apache-2.0
// The plans of a scenario as a person reads them, and as JSON.
#pragma once

#include <string>

#include "sim/plan/scenario_plan.hpp"

namespace reducecheck {

/// A block for each case; every number with what it depends on.
std::string plan_text(const Scenario& scenario, const ScenarioPlan& plan,
                      const ScenarioPlanOptions& options);

/// Format `reducecheck.plan/1`, to which keys are only added.
std::string plan_json(const Scenario& scenario, const ScenarioPlan& plan,
                      const ScenarioPlanOptions& options, const std::string& version);

}  // namespace reducecheck
