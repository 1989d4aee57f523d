// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/diagnose/fault.hpp"

namespace reducecheck::diagnosing {

/// A scenario with the mesh of the dump, variant `diagnosed` with the faults and `fixed` without,
/// which load_scenario() reads. Names that a scenario cannot have are replaced; a note says them.
/// Empty where no scenario can say it.
std::string defect_scenario(const Case& one, const Faults& faults);

}  // namespace reducecheck::diagnosing
