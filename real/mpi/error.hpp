// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "real/calls/backend_error.hpp"

namespace reducecheck::real {

/// Throws BackendError unless `code` is MPI_SUCCESS. `call` is the function that gave it.
void check_mpi(int code, const char* call);

}  // namespace reducecheck::real
