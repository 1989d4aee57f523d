// SPDX-License-Identifier: Apache-2.0
// Internal to sim/report: a search for repairs as text.
#pragma once

#include <string>

#include "sim/report/columns.hpp"
#include "sim/report/repairs.hpp"

namespace reducecheck {

/// The edits that work, each with its line before and after, then those that do not, with what they
/// turn the fault into. Empty where nothing was tried.
std::string repairs_text(const RepairReport& report, TextOptions options);

/// What is known of the branch: over what it is split, the sums it goes through, whose shares the
/// first wrong value has and lacks.
std::string state_text(const BranchState& state);

}  // namespace reducecheck
