// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/result.hpp"

namespace reducecheck {

/// The report as one HTML file that opens from a CI artifact: no network, no script, styles inline,
/// light or dark as the reader's system is; for each scenario a heat map of variants by layouts.
std::string html_report(const Report& report);

}  // namespace reducecheck
