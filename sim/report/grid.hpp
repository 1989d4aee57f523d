// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/columns.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// For a mesh of two axes and exactly one variant that fails somewhere: a grid of `ok` and `X` over
/// the two sizes, one for each choice of the switches; otherwise an empty string. Blank where the
/// sweep has no such layout, `?` where the verdict is undecided.
std::string grid_text(const ScenarioResult& result, TextOptions options);

}  // namespace reducecheck
