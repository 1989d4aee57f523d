// SPDX-License-Identifier: Apache-2.0
// All that an explanation says beside the result of the check itself.
#pragma once

#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/repair/repair.hpp"
#include "sim/report/explanation.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// A file that was checked, to look for faults of the same pattern in.
struct Checked {
  const Scenario* scenario = nullptr;
  const ScenarioResult* result = nullptr;
};

/// Repairs of every failing variant of `result`, the check of `scenario` with `options.check`; for
/// each of its defects the state of the branch, and the defects of `others` that share class, kind
/// of weight and kind of coefficient.
ExplanationDetails explain(const Scenario& scenario, const ScenarioResult& result,
                           const RepairOptions& options, const std::vector<Checked>& others);

}  // namespace reducecheck
