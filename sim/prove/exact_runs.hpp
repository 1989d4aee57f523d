// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: what the exact interpreter says of one variant in single configurations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/unroll/scope.hpp"
#include "sim/report/result.hpp"

namespace reducecheck::prove {

enum class Exact {
  right,
  wrong,
  meaningless,  // the text is in error there, such as a size that does not divide
};

/// The exact run of `variant` at toy sizes.
Exact exact_run(const Scenario& scenario, const Variant& variant, const Configuration& at,
                std::uint64_t seed);

/// The judged cell of `variant` there: class, branches, operation.
std::optional<Finding> exact_finding(const Scenario& scenario, const Variant& variant,
                                     const Configuration& at, std::uint64_t seed);

/// The variants of a scenario; the text alone, called `program`, if there are none.
std::vector<const Variant*> variants_of(const Scenario& scenario);

}  // namespace reducecheck::prove
