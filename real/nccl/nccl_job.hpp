// SPDX-License-Identifier: Apache-2.0
// A plan executed by the ranks of a job over NCCL, and what they tell of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "real/nccl/session.hpp"
#include "real/numbers/element.hpp"
#include "scenarios/mesh/mesh.hpp"
#include "scenarios/unroll/plan.hpp"

namespace reducecheck::real {

/// Executes `run` on the ranks of the session, which are those of `mesh`. The first rank gets the
/// record of every rank (rank_record), the others nothing. Records go by the control channel, not
/// by what is tested. Collective. Throws: CallFailure, BackendError.
/// What this rank's steps ran on is added to `places`.
std::vector<std::vector<std::uint64_t>> run_nccl_job(NcclSession& session, const Plan& plan,
                                                     const Run& run, const Mesh& mesh,
                                                     ElementType type, std::uint64_t seed,
                                                     std::map<std::string, StepPlaces>& places);

}  // namespace reducecheck::real
