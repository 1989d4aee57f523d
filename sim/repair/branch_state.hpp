// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "scenarios/frame/scenario.hpp"
#include "sim/judge/check.hpp"
#include "sim/report/repairs.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// The first branch that the finding of `cell` names, in the layout of the cell: read off the plan
/// of that layout, at toy dimensions. Nothing where no branch is named, where the run ended before
/// a number was wrong, or where its shares cannot be told apart.
std::optional<BranchState> branch_state(const Scenario& scenario, const Cell& cell,
                                        const CheckOptions& options);

}  // namespace reducecheck
