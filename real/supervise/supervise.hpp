// SPDX-License-Identifier: Apache-2.0
// A process that starts the ranks and outlives them: it owns the deadline, and says which rank
// failed in which call.
#pragma once

#include <string>
#include <vector>

namespace reducecheck::real {

struct SupervisedJob {
  std::vector<std::string> command;  // the launcher with its words: `mpirun`, `-n`, `4`, ...
  int ranks = 1;
  /// A rank that is longer in one call, or the job without a rank that begins, has failed. Ranks
  /// have their own deadline, which should be shorter: they know more.
  int deadline_milliseconds = 15'000;
};

enum class JobOutcome {
  ended,       // every rank did all its work; `status` is the launcher's
  mismatched,  // ranks called different collectives
  failed,      // a rank died, stopped, or did not come
};

struct JobReport {
  JobOutcome outcome = JobOutcome::ended;
  int status = 0;                 // of the launcher
  std::vector<std::string> told;  // sentences: who failed and in which call
  std::vector<int> ranks;         // that died, stopped or hang
};

/// Runs the job to its end and no longer than the deadline allows: what is left of it is killed.
/// Ranks must write call logs (CallLog); the folder of the logs is made and removed here. What the
/// job writes goes where this process writes.
JobReport supervise(const SupervisedJob& job);

}  // namespace reducecheck::real
