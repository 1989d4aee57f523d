// SPDX-License-Identifier: Apache-2.0
// Results as text that reads well in a log and in a terminal; colour and detail by TextOptions.
#pragma once

#include <string>

#include "sim/report/columns.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// One scenario in full: heading, a line for each variant and condition, a block for each defect,
/// bit comparisons. Ends in a line break.
std::string scenario_text(const ScenarioResult& result, TextOptions options);

/// Several scenarios: one line for each variant and condition, no blocks.
std::string overview_text(const Report& report, TextOptions options);

/// What one group of cells found: operation with its place, the detail, the ranks, and what was
/// expected where that differs.
std::string finding_text(const ScenarioResult& result, const CellGroup& group, TextOptions options);

/// `13 scenarios, 41 variants, 812 cells: 812 as expected, 0 unexpected, 0 undecided, 0 skipped`
std::string totals_text(const Report& report);

}  // namespace reducecheck
