// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "real/mpi/session.hpp"
#include "real/tool/layouts.hpp"
#include "real/tool/request.hpp"

namespace reducecheck::real {

/// Runs every variant in every layout on the ranks of the job, compares each with the simulator,
/// and prints a table; returns the exit status, on all ranks the same.
/// Throws: CallFailure, BackendError.
int run_layouts(const Request& request, const Scenario& scenario, const Layouts& layouts,
                const Session& session);

}  // namespace reducecheck::real
