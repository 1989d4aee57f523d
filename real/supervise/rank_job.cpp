// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/rank_job.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "real/calls/backend_error.hpp"
#include "real/calls/call_log.hpp"
#include "real/supervise/control_server.hpp"
#include "real/supervise/job_folder.hpp"

namespace reducecheck::real {
namespace {

constexpr int tick_milliseconds = 10;

/// What others say of a failure that one rank showed: deaths come in groups.
constexpr int gather_milliseconds = 60;

/// Ranks that the report reached leave by themselves; communicators are aborted meanwhile.
int grace_milliseconds(int deadline_milliseconds) {
  return std::clamp(deadline_milliseconds / 2, 200, 5000);
}

/// A driver may take this long to let go of a device, beyond what the library takes.
constexpr int leave_milliseconds = 10'000;

struct Child {
  pid_t process = -1;
  bool ended = false;
  int status = 0;
};

std::string how_ended(int raw) {
  return WIFSIGNALED(raw) ? fmt::format("signal {}", WTERMSIG(raw))
                          : fmt::format("exit status {}", WEXITSTATUS(raw));
}

/// One rank; it dies when this process does.
Child start_rank(const RankJob& job, int rank, const std::string& control,
                 const std::string& token) {
  std::vector<std::string> words = job.command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::map<std::string, std::string> variables = job.environment;
  variables["RANK"] = variables["LOCAL_RANK"] = fmt::format("{}", rank);
  variables["WORLD_SIZE"] = variables["LOCAL_WORLD_SIZE"] = fmt::format("{}", job.ranks);
  variables[control_variable] = control;
  variables[token_variable] = token;
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  // To kill or to await process -1 would mean every process.
  if (child < 0) return {.process = child, .ended = true, .status = 127};
  if (child > 0) return {.process = child};
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before that.
  if (::getppid() != parent) ::_exit(127);
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

class RankProcesses {
 public:
  RankProcesses(const RankJob& job, const std::string& control, const std::string& token) {
    for (int r = 0; r < job.ranks; ++r) children_.push_back(start_rank(job, r, control, token));
  }
  ~RankProcesses() { end_all(); }
  RankProcesses(const RankProcesses&) = delete;
  RankProcesses& operator=(const RankProcesses&) = delete;

  /// Takes note of those that have ended.
  void reap(CallBoard& board) {
    for (std::size_t r = 0; r < children_.size(); ++r) {
      Child& child = children_[r];
      int raw = 0;
      if (child.process < 0) {
        board.ended_by(static_cast<int>(r), "no process can be started");
        board.is_gone(static_cast<int>(r));
      }
      if (child.ended || ::waitpid(child.process, &raw, WNOHANG) == 0) continue;
      child.ended = true;
      child.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
      board.ended_by(static_cast<int>(r), how_ended(raw));
      if (!board.has_begun(static_cast<int>(r))) board.is_gone(static_cast<int>(r));
    }
  }

  [[nodiscard]] bool all_ended() const {
    return std::ranges::all_of(children_, [](const Child& child) { return child.ended; });
  }

  [[nodiscard]] bool has_ended(int rank) const {
    return children_[static_cast<std::size_t>(rank)].ended;
  }

  [[nodiscard]] int status(int rank) const {
    return children_[static_cast<std::size_t>(rank)].status;
  }

  /// Kills what runs, and waits for it: a process that a driver holds may take a while.
  void end_all() {
    for (const Child& child : children_) {
      if (!child.ended) ::kill(child.process, SIGKILL);
    }
    for (Child& child : children_) {
      for (int i = 0; i < 500 && !child.ended; ++i) {
        child.ended = ::waitpid(child.process, nullptr, WNOHANG) != 0;
        if (!child.ended) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  }

 private:
  std::vector<Child> children_;
};

/// The report of a job whose ranks all said that they did everything.
JobReport ended_well(const RankProcesses& ranks, int count) {
  JobReport report{
      .outcome = JobOutcome::ended, .status = ranks.status(0), .told = {}, .ranks = {}};
  for (int r = 0; r < count; ++r) {
    const int status = ranks.status(r);
    if (status == report.status && status < 128) continue;
    report.outcome = JobOutcome::failed;
    report.ranks.push_back(r);
    report.told.push_back(
        status < 128
            ? fmt::format("rank {} ended with status {}, rank 0 with {}", r, status, report.status)
            : fmt::format("rank {} died of signal {} when all was done", r, status - 128));
  }
  return report;
}

/// All ranks said that they did everything; one that does not leave then is no better than one that
/// hangs in a call.
class Farewell {
 public:
  explicit Farewell(int deadline_milliseconds)
      : patience_(2 * std::int64_t{deadline_milliseconds} + leave_milliseconds) {}

  void look(CallBoard& board, const RankProcesses& processes, int ranks) {
    const std::int64_t now = steady_milliseconds();
    if (!board.all_ended()) return;
    if (since_ < 0) since_ = now;
    if (now - since_ <= patience_) return;
    for (int r = 0; r < ranks; ++r) {
      if (processes.has_ended(r)) continue;
      board.says(r, fmt::format("rank {} has done everything and does not leave", r), false);
    }
  }

 private:
  std::int64_t patience_;
  std::int64_t since_ = -1;
};

/// The job has failed: what is known of it, and all ranks told.
JobReport concluded(ControlServer& server, const std::function<void()>& reap) {
  const std::int64_t until = steady_milliseconds() + gather_milliseconds;
  while (steady_milliseconds() < until) {
    server.serve(tick_milliseconds);
    reap();
  }
  JobReport report = server.board().report();
  server.broadcast(report);
  return report;
}

/// The life of a control process. What it cannot bear ends it: it must not go on as a rank.
void control(Socket listener, const RankPlace& place, int deadline_milliseconds) noexcept {
  ControlServer server(std::move(listener), place.token, place.world, deadline_milliseconds);
  while (!server.board().failed()) {
    server.serve(tick_milliseconds);
    if (server.board().all_ended() && server.alone()) return;
  }
  const JobReport report = concluded(server, [] {});
  for (const std::string& sentence : report.told) {
    fmt::print(stderr, "reducecheck-real: {}\n", sentence);
  }
  std::fflush(stderr);
  const std::int64_t until = steady_milliseconds() + grace_milliseconds(deadline_milliseconds);
  while (!server.alone() && steady_milliseconds() < until) server.serve(tick_milliseconds);
  for (int r = 0; r < place.world; ++r) {
    const pid_t process = server.board().process_here(r);
    if (process > 0) ::kill(process, SIGKILL);
  }
}

}  // namespace

JobReport run_ranks(const RankJob& job) {
  const JobFolder folder;
  std::string why = "no folder for its socket can be made";
  const ControlAddress address{.path = folder.path() / "control", .host = "", .port = 0};
  Socket listener = folder.path().empty() ? Socket() : listening(address, why);
  if (!listener.open()) {
    return {JobOutcome::failed, 3, {fmt::format("no control process: {}", why)}, {}};
  }
  const std::string token = random_token();
  ControlServer server(std::move(listener), token, job.ranks, job.deadline_milliseconds);
  RankProcesses ranks(job, address.path.string(), token);
  Farewell farewell(job.deadline_milliseconds);
  while (!server.board().failed()) {
    server.serve(tick_milliseconds);
    ranks.reap(server.board());
    farewell.look(server.board(), ranks, job.ranks);
    if (!ranks.all_ended()) continue;
    server.serve(0);  // what they said last
    if (server.board().all_ended()) return ended_well(ranks, job.ranks);
  }
  JobReport report = concluded(server, [&] { ranks.reap(server.board()); });
  report.status = 3;
  const std::int64_t until = steady_milliseconds() + grace_milliseconds(job.deadline_milliseconds);
  while (!ranks.all_ended() && steady_milliseconds() < until) {
    server.serve(tick_milliseconds);
    ranks.reap(server.board());
  }
  return report;
}

ControlProcess::ControlProcess(const RankPlace& place, int deadline_milliseconds)
    : deadline_(deadline_milliseconds) {
  std::string why;
  Socket listener = listening(place.control, why);
  if (!listener.open()) {
    throw BackendError(
        fmt::format("rank 0 cannot listen at port {}: {}; set {} to one that is free",
                    place.control.port, why, port_variable));
  }
  std::fflush(nullptr);
  process_ = ::fork();
  if (process_ < 0) throw BackendError("no control process can be started");
  if (process_ > 0) return;
  control(std::move(listener), place, deadline_milliseconds);
  ::_exit(0);
}

ControlProcess::~ControlProcess() {
  const std::int64_t until = steady_milliseconds() + deadline_;
  while (process_ > 0 && ::waitpid(process_, nullptr, WNOHANG) == 0) {
    if (steady_milliseconds() > until) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(tick_milliseconds));
  }
}

}  // namespace reducecheck::real
