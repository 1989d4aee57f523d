// SPDX-License-Identifier: Apache-2.0
// A plan executed by the ranks of an MPI job, and what they tell of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "real/mpi/algorithm.hpp"
#include "real/mpi/mpi_transport.hpp"
#include "real/numbers/element.hpp"
#include "scenarios/mesh/mesh.hpp"
#include "scenarios/unroll/plan.hpp"

namespace reducecheck::real {

struct JobOptions {
  ElementType type = ElementType::mod64;
  std::uint64_t seed = 1;
  int deadline_milliseconds = 10'000;
};

/// Executes `run` on the ranks of `world`, which are those of `mesh`. The first rank gets the
/// record of every rank (rank_record), the others nothing. Collective. Throws: CallFailure,
/// BackendError.
std::vector<std::vector<std::uint64_t>> run_job(MPI_Comm world, const Plan& plan, const Run& run,
                                                const Mesh& mesh, const JobOptions& options,
                                                CallLog& log);

}  // namespace reducecheck::real
