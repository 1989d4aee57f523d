// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/result.hpp"

namespace reducecheck {

/// The report as JUnit XML: a suite for each scenario with seed and version as properties, a case
/// for each variant and configuration. A case fails when it is not as expected; the failure's text
/// is the finding. Undecided cases are skipped, with their reason.
std::string junit_report(const Report& report);

}  // namespace reducecheck
