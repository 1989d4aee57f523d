// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace reducecheck::real {

/// Names of all-reduce algorithms that this build can force.
std::vector<std::string> algorithm_names();

}  // namespace reducecheck::real
