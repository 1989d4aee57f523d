// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/result.hpp"

namespace reducecheck {

/// An SVG element: a row for each variant, a column for each layout in sweep order; every cell has
/// its layout and verdict as a tooltip. Colours are the classes `holds`, `expected`, `bad` and
/// `doubtful` of the page around it; what is not as expected also carries a cross or a question
/// mark, for readers who do not tell the colours apart.
std::string heat_map_svg(const ScenarioResult& result);

}  // namespace reducecheck
