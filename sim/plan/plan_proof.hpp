// SPDX-License-Identifier: Apache-2.0
// Internal to sim/plan: a plan's text proved correct for all sizes.
#pragma once

#include <cstdint>
#include <string>

#include "sim/plan/plan.hpp"

namespace reducecheck::planning {

/// A scenario whose branches arrive in the states of the problem (a linear weight split over the
/// axes along which one is pending, an input sharded as it is) and whose distributed program ends
/// in the plan's text; in the language of scenario files.
std::string abstract_scenario(const Problem& problem, const std::string& program);

struct PlanProof {
  bool proved = false;
  std::string words;  // `proved for all sizes ...`, or why not
};

/// What the prover says of that scenario: for all sizes of the axes above 1.
PlanProof prove_plan(const Problem& problem, const std::string& program, std::uint64_t seed);

}  // namespace reducecheck::planning
