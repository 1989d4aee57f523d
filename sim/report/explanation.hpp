// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/report/columns.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// For each defect of the result: what is wrong in one sentence, coefficient, condition, the
/// layouts that hide it, the smallest layout to try, repairs and what would not be one. For a
/// result without defects, a sentence that says so. Ends in a line break.
std::string explanation_text(const ScenarioResult& result, TextOptions options);

}  // namespace reducecheck
