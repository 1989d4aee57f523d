// SPDX-License-Identifier: Apache-2.0
// Internal to sim/report: where a fault does not show.
#pragma once

#include <string>
#include <vector>

#include "sim/report/result.hpp"

namespace reducecheck {

/// Where the cells of a variant hold.
struct Hiding {
  std::vector<std::string>
      conditions;                 // the fault hides where any is true: `tp == 1`, `not use_ep`
  std::vector<std::string> ends;  // those that are the ends of a factorisation
};

/// The parts of `condition` turned round, where it is a conjunction; nothing where it is not.
Hiding hiding_of(const std::string& condition, const std::vector<const Cell*>& cells);

}  // namespace reducecheck
