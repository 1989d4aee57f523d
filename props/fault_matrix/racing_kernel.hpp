// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: a kernel that sums what its threads bring and does not wait.
#pragma once

#include <string>

#include "props/fault_matrix/cell.hpp"

namespace reducecheck::matrix {

/// What the executor of kernels says of a sum over as many blocks as there are ranks: with `early`
/// a thread reads the total while others write it, else two blocks write one total. Empty where it
/// says nothing.
std::string race_of(bool early, const Setting& at);

}  // namespace reducecheck::matrix
