// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/columns.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// The comparisons in floating formats, one line for each pair of variants and format: the layout
/// with the largest share of differing elements, and in how many layouts any differs. Verbose: a
/// line for each layout.
std::string bits_text(const ScenarioResult& result, TextOptions options);

}  // namespace reducecheck
