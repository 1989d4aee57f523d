// SPDX-License-Identifier: Apache-2.0
// Faults in the words of the classes of defects.
#pragma once

#include <string>

#include "sim/diagnose/diagnose.hpp"
#include "sim/diagnose/fault.hpp"

namespace reducecheck::diagnosing {

DiagnosisFinding finding_of(const Case& one, const Fault& fault);

/// `shared is summed again over tp (double_reduce, coefficient 4 = tp)`.
std::string fault_text(const Case& one, const Faults& faults);

}  // namespace reducecheck::diagnosing
