// SPDX-License-Identifier: Apache-2.0
// For tests of the planner: the roles of a branch along an axis, in short.
#pragma once

#include "sim/plan/plan.hpp"

namespace reducecheck::planning {

inline constexpr AxisRole complete = AxisRole::replicated;
inline constexpr AxisRole pending = AxisRole::pending;
inline constexpr AxisRole once = AxisRole::once;

}  // namespace reducecheck::planning
