// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "real/tool/job.hpp"
#include "real/tool/request.hpp"

namespace reducecheck::real {

/// Checks every collective alone on the ranks of the job: exact data in every type, the bits of
/// sums where an order is pinned, else the bound of any order; and prints the order that sums show.
/// The exit status is that of all ranks. Throws: CallFailure, BackendError.
int run_collectives(const Request& request, Job& job);

}  // namespace reducecheck::real
