// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "real/tool/job.hpp"
#include "real/tool/layouts.hpp"
#include "real/tool/request.hpp"

namespace reducecheck::real {

/// Runs every variant of every scenario in every layout on the ranks of the job, compares each with
/// the simulator, and prints tables; returns the exit status, on all ranks the same. `layouts` has
/// one entry a scenario. Throws: CallFailure, BackendError.
int run_layouts(const Request& request, const std::vector<Scenario>& scenarios,
                const std::vector<Layouts>& layouts, Job& job);

/// Prints the tables of runs that cannot be: each not compared, for that reason.
int skip_layouts(const Request& request, const std::vector<Scenario>& scenarios,
                 const std::vector<Layouts>& layouts, const std::string& library,
                 const std::string& reason);

/// Counts whose sums show an order: one element, fewer than ranks, several blocks with a rest,
/// several segments, and more than once round the ring where chunks are small enough for that.
std::vector<std::size_t> counts_of_sums(ElementType type, int ranks, const SumsBy& said);

/// Whether an order is what the job's sums show, on every rank and for every element, for a few
/// counts; collective.
bool sums_as_said(Job& job, ElementType type, const SumsBy& said);

}  // namespace reducecheck::real
