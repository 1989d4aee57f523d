// SPDX-License-Identifier: Apache-2.0
// Short ways from a scenario to what the simulator says of it.
#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/plan.hpp"
#include "sim/judge/check.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck::props {

/// The text of a scenario, or of a program with a planted fault, makes no sense in some
/// configuration; holds the first error.
struct IllFormed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What check_scenario says. Throws: IllFormed.
ScenarioResult judged(const Scenario& scenario, const CheckOptions& options);

/// With `threads` threads and `seed`.
ScenarioResult judged(const Scenario& scenario, std::uint64_t seed = 1, int threads = 1);

/// Everything of a result but its wall time, as text.
std::string everything(const ScenarioResult& result);

/// All variants in the first configuration. Throws: TextError.
Plan first_plan(const Scenario& scenario);

/// The row of each token (owner, index) of an output.
using TokenRows = std::map<std::pair<int, int>, std::vector<std::uint64_t>>;

/// What each rank of `run` holds of output 0 after a run with `seed`, by token as the layout
/// requires them. Throws: std::logic_error if the run cannot go on or a shape is not the required
/// one.
template <class D>
std::vector<TokenRows> rows_by_rank(const Plan& plan, const Run& run, std::uint64_t seed);

/// The same of all ranks together. Throws: std::logic_error also if two ranks hold different rows
/// of one token.
template <class D>
TokenRows rows_by_token(const Plan& plan, const Run& run, std::uint64_t seed);

}  // namespace reducecheck::props
