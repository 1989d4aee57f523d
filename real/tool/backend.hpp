// SPDX-License-Identifier: Apache-2.0
// What the tool asks of the backends that the build found.
#pragma once

#include <string>
#include <vector>

#include "real/tool/request.hpp"

namespace reducecheck::real {

/// Runs the request as one rank of the job that a launcher started, or says how to start one; with
/// `launches` starts it. Returns the exit status.
int run_request(const Request& request, const std::vector<std::string>& words);

/// Lines that say what can be run: the library, and whether it obeys.
std::string backend_state();

}  // namespace reducecheck::real
