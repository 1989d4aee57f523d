// SPDX-License-Identifier: Apache-2.0
// Internal to sim/plan: the prover's abstract states as those of the planner.
#pragma once

#include <string>

#include "sim/plan/plan.hpp"
#include "sim/prove/journey.hpp"

namespace reducecheck::planning {

/// A state that no move of the planner makes or takes, and in what it differs.
struct NoState {
  std::string reason;
};

/// How the value of the segment lies where it is used. Throws: NoState.
Goal goal_of(const prove::Stretch& segment, const prove::Arena& arena);

/// The state of an addend as it arrives, without a name. What has no rows or no features is there
/// for all of them, so it lies as the goal does. Throws: NoState.
BranchState arriving(const prove::Arrival& arrival, const Goal& goal, const prove::Arena& arena,
                     std::size_t axes);

}  // namespace reducecheck::planning
