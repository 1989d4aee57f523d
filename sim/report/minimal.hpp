// SPDX-License-Identifier: Apache-2.0
// A counterexample as a scenario of its own, small enough to read and to run on GPUs.
#pragma once

#include <cstdint>
#include <string_view>

#include "scenarios/frame/scenario.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// `scenario` restricted to the cell: axes and switches have one value, its variant is the only
/// one, and `[replay]` holds the seed and the variant. What the file expects of the variant stays.
Scenario minimal_scenario(const Scenario& scenario, const Cell& cell, std::uint64_t seed);

/// The size `name` is `value` whatever it was before; a switch of that name stays as it is.
void fix_size(Scenario& scenario, std::string_view name, std::int64_t value);

}  // namespace reducecheck
