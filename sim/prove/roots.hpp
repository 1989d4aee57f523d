// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: whether a difference vanishes at single sizes of its case.
#pragma once

#include "scenarios/unroll/scope.hpp"
#include "sim/prove/case_run.hpp"

namespace reducecheck::prove {

/// Whether it vanishes at these sizes, though maybe not at all of the case: `tp/2` is 1 at 2.
bool vanishes_at(const CaseRun& run, const Configuration& at);

/// Whether an addend of the difference is there at all sizes; false where that is not known.
bool never_vanishes(const CaseRun& run, const std::vector<Fact>& facts);

}  // namespace reducecheck::prove
