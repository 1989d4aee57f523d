// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck {

/// A TOML file that load_scenario reads back to an equal scenario.
std::string print_scenario(const Scenario& scenario);

}  // namespace reducecheck
