// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/result.hpp"

namespace reducecheck {

/// The report as `reducecheck.report/1`, indented by two, keys always in the same order; ends in a
/// line break. Wall times are left out, so that equal runs give equal files. Bytes of a text that
/// are not UTF-8 are replaced by U+FFFD.
std::string json_report(const Report& report);

}  // namespace reducecheck
