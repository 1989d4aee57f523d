// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {

/// A smaller scenario of one variant for which `persists` is true, as it is for `scenario`: sizes
/// fixed to those of `at`, statements left out, variables replaced by their values, expressions
/// replaced by a part of them, unused weights gone. Nothing that is smaller by one such step has
/// the property, unless a bound on the number of trials was met. `persists` is asked about texts
/// that load only.
Scenario shrunk_program(Scenario scenario, const Configuration& at,
                        const std::function<bool(const Scenario&)>& persists);

}  // namespace reducecheck
