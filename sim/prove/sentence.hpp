// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: where a variant fails, as a predicate that a person would write.
#pragma once

#include <string>

#include "sim/prove/prover.hpp"

namespace reducecheck::prove {

/// A predicate over the names of the file that is true in every configuration of every failing case
/// of `prover` and false in those of all others. It is found on small configurations and then
/// decided in every case for all sizes; empty where none was found that passes.
std::string failing_sentence(const Scenario& scenario, Prover& prover);

}  // namespace reducecheck::prove
