// SPDX-License-Identifier: Apache-2.0
// Ranks as processes of this machine, started and watched from here; and the control process of a
// job that a launcher started. Neither touches a GPU.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "real/supervise/launcher.hpp"
#include "real/supervise/supervise.hpp"

namespace reducecheck::real {

struct RankJob {
  std::vector<std::string> command;  // of each rank: an executable and its words
  int ranks = 1;
  int deadline_milliseconds = 10'000;
  std::map<std::string, std::string> environment;  // of all ranks, beyond this process's own
};

/// Runs the ranks to their end. One that dies, stops, hangs or calls something else ends the job;
/// the report names it. No rank is left: what does not end by itself is killed, and ranks die with
/// this process. Ranks find their place as rank_place() does, and connect by ControlClient.
JobReport run_ranks(const RankJob& job);

/// The control process of a job whose ranks a launcher started, forked from rank 0, before that has
/// threads or a device. It tells the report on standard error.
class ControlProcess {
 public:
  /// Throws: BackendError where it cannot listen.
  ControlProcess(const RankPlace& place, int deadline_milliseconds);
  ControlProcess(const ControlProcess&) = delete;
  ControlProcess& operator=(const ControlProcess&) = delete;

  /// Waits for its end, which comes with that of the last rank; not longer than the deadline.
  ~ControlProcess();

 private:
  pid_t process_ = -1;
  int deadline_;
};

}  // namespace reducecheck::real
