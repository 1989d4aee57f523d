// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/plan/search.hpp"

namespace reducecheck::planning {

/// The way to the value as statements of the scenario language that assign it to `output`: one
/// expression where that fits in a line and no rank would evaluate a collective that others skip;
/// otherwise through output_1, output_2, ...
std::string program_text(const Problem& problem, const Instance& instance, const Found& found,
                         int goal, const std::string& output);

/// The axes of the list as the problem numbers them.
Group group_of(const Instance& instance, AxisList list);

}  // namespace reducecheck::planning
