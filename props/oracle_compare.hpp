// SPDX-License-Identifier: Apache-2.0
// The interpreter beside the third oracle, on one scenario in one configuration.
#pragma once

#include <string>
#include <vector>

#include "props/oracle.hpp"
#include "scenarios/unroll/plan.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck::oracle {

/// Every scenario of the catalogue. Throws: std::runtime_error with the first error of a file.
std::vector<Scenario> catalogue();

/// The scenario of a text. Throws: std::runtime_error with its first error.
Scenario scenario_of(const std::string& text, const std::string& file = "test.toml");

/// Every configuration of the scenario with at most `ranks` ranks.
std::vector<Configuration> configurations(const Scenario& scenario, std::int64_t ranks);

/// What the frame says of the configuration, as the oracle wants to hear it.
Question question_in(const Scope& scope, std::uint64_t seed, Domain domain);

/// Runs the plan and compares every output of the reference with the oracle's. Empty when every
/// element is equal, else a sentence about the first difference.
template <class D>
std::string difference(const Plan& plan, const Scenario& scenario, const Question& question,
                       Interpreter<D>& interpreter);

/// The plan of the reference and of all variants.
Plan plan_of(const Scope& scope);

}  // namespace reducecheck::oracle
