// SPDX-License-Identifier: Apache-2.0
// The place where the calls of all ranks of a communicator meet: a thread of the process that made
// the unique id. It matches calls, computes results, and says who failed.
#pragma once

#include <string>

namespace reducecheck::standin {

/// Starts a hub for one communicator and all that are split off it; gives the name of its socket,
/// empty if there is none to be had. It ends with the last of its ranks.
std::string start_hub();

/// Whether the hub of that name, if it is one of this process, has no rank left to serve.
bool hub_is_over(const std::string& name);

}  // namespace reducecheck::standin
