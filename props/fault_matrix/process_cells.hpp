// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: jobs of processes.
#pragma once

#include <string>
#include <vector>

#include "props/fault_matrix/cell.hpp"

namespace reducecheck::matrix {

/// What is said of a job whose last rank does that: a fault's id without its class, or `none`.
std::vector<Report> process_reports(const std::string& drill, const Setting& at);

}  // namespace reducecheck::matrix
