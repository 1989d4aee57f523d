// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: how often each addend is counted where it is used.
#pragma once

#include <vector>

#include "sim/prove/case_run.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck::prove {

/// One count for each weight and layer, in the order of use: of the first use that the reference
/// does not have, else of the first use.
std::vector<AddendCount> counts_of(const CaseRun& run);

/// The same of `uses` in place of those of the run.
std::vector<AddendCount> counts_of(const CaseRun& run, const std::vector<Use>& uses);

}  // namespace reducecheck::prove
