// SPDX-License-Identifier: Apache-2.0
// The proof of a variant as data, for a checker that shares no code with the prover.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "scenarios/frame/scenario.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck {

/// The proof that `variant` holds for all sizes, in format `reducecheck.proof/1`: JSON with the
/// tree of cases, and for each case the value of every call, assignment and output of the variant's
/// text. The text is not in it: a checker takes that from the scenario. Equal bytes in every run.
/// Nothing unless the variant holds in every case.
std::optional<std::string> certificate(const Scenario& scenario, std::size_t variant,
                                       const ProveOptions& options = {});

}  // namespace reducecheck
