// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "scenarios/frame/scenario.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// Proves every variant that `result`, a check of `scenario` at toy sizes, has cells of, and notes
/// in `result.proofs` how far the proof goes. A cell where proof and exact run disagree becomes
/// `undecided` and says so: one of the two has a fault.
void prove_beside_sweep(const Scenario& scenario, std::uint64_t seed, ScenarioResult& result);

}  // namespace reducecheck
