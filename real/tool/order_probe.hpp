// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <string>

#include "real/mpi/algorithm.hpp"

namespace reducecheck::real {

/// Whether all-reduces of the communicator combine elements as the algorithm's predicted order
/// says: seen from fingerprints that tell every bracketing apart, for a few counts. A library may
/// say one thing of itself and do another. Collective; all ranks agree.
bool sums_as_predicted(MPI_Comm comm, const Algorithm& algorithm);

}  // namespace reducecheck::real
