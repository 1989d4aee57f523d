// SPDX-License-Identifier: Apache-2.0
// Internal to sim/plan: a union of cases of a proof in few words.
#pragma once

#include <string>
#include <vector>

#include "sim/prove/facts.hpp"

namespace reducecheck::planning {

/// `tp > 1 and not use_ep`, alternatives after `|`; `always` for all. Cases of `never`, which no
/// configuration is in, may be covered.
std::string condition_words(const Scenario& scenario, const prove::SymbolTable& symbols,
                            std::vector<std::vector<prove::Fact>> cases,
                            const std::vector<std::vector<prove::Fact>>& never);

}  // namespace reducecheck::planning
