// SPDX-License-Identifier: Apache-2.0
// The simulator's sweep spread over the processes of a job.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "real/tool/request.hpp"

namespace reducecheck::real {

/// The processes that share a sweep.
struct SweepProcesses {
  int rank = 0;
  int count = 1;
  /// What each process gives, in their order, at the first; nothing at the others. Collective.
  std::function<std::vector<std::string>(const std::string&)> gather;
};

/// Judges this process's layouts of every file and prints at the first, file by file, the tables
/// that one process would print; returns the exit status, which is that of the first.
int run_sweep(const Request& request, const SweepProcesses& processes);

/// The same by this process alone, on all its cores.
int run_sweep_alone(const Request& request);

}  // namespace reducecheck::real
