// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/supervise.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include "real/calls/call_log.hpp"
#include "real/supervise/job_folder.hpp"
#include "real/supervise/verdict.hpp"

namespace reducecheck::real {
namespace {

/// The status of a shell for a command that is not there.
constexpr int not_started = 127;

/// The job in a process group of its own; -1 where it could not be started.
pid_t started(const SupervisedJob& job, const std::filesystem::path& logs) {
  std::vector<std::string> words = job.command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setpgid(0, 0);
  ::setenv(call_log_variable, logs.c_str(), 1);
  // What Open MPI's launcher says of a failure is said better here.
  ::setenv("OMPI_MCA_orte_execute_quiet", "1", 0);
  // Ranks that wait give their core to those that work: there may be fewer than ranks.
  ::setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  ::execvp(arguments[0], arguments.data());
  ::_exit(not_started);
}

int status_of(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/// Ends the launcher, who ends its ranks; after a second without an answer the kernel does.
int ended(pid_t child, const std::vector<RankState>& ranks) {
  for (const RankState& rank : ranks) {
    // A stopped process heeds nothing else. The number of one that is gone may be another's by now.
    const bool here = rank.process > 0 && process_state(rank.process) != ProcessState::gone;
    if (here) ::kill(rank.process, SIGKILL);
  }
  ::kill(-child, SIGTERM);
  int raw = 0;
  for (int i = 0; i < 100; ++i) {
    if (::waitpid(child, &raw, WNOHANG) == child) return status_of(raw);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(-child, SIGKILL);
  ::waitpid(child, &raw, 0);
  return status_of(raw);
}

/// Whoever ends a job wakes its stopped ranks first, and then nothing shows that they were.
class StoppedRanks {
 public:
  explicit StoppedRanks(int ranks) : seen_(static_cast<std::size_t>(ranks)) {}

  /// The ranks as they are, but those that were seen stopped as they were then.
  std::vector<RankState> remembered(std::vector<RankState> ranks) {
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      if (ranks[r].state == ProcessState::stopped) seen_[r] = ranks[r];
      if (seen_[r]) ranks[r] = *seen_[r];
    }
    return ranks;
  }

 private:
  std::vector<std::optional<RankState>> seen_;
};

}  // namespace

JobReport supervise(const SupervisedJob& job) {
  const JobFolder logs;
  if (logs.path().empty()) {
    return {JobOutcome::failed, 3, {"no folder for the call logs can be made"}, {}};
  }
  const pid_t child = started(job, logs.path());
  if (child < 0) return {JobOutcome::failed, 3, {"no process can be started"}, {}};
  const std::int64_t begin = steady_milliseconds();
  StoppedRanks stopped(job.ranks);
  for (;;) {
    int raw = 0;
    const bool over = ::waitpid(child, &raw, WNOHANG) == child;
    const std::vector<RankState> ranks = stopped.remembered(rank_states(logs.path(), job.ranks));
    if (over && status_of(raw) == not_started) {
      const std::string told =
          fmt::format("no rank began: {} cannot be started", job.command.front());
      return {JobOutcome::failed, not_started, {told}, {}};
    }
    if (over) return judged(ranks, status_of(raw), false);
    if (overdue(ranks, begin, job.deadline_milliseconds)) {
      JobReport report = judged(ranks, 0, true);
      report.status = ended(child, ranks);
      return report;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace reducecheck::real
