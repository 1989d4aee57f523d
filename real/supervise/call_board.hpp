// SPDX-License-Identifier: Apache-2.0
// Who calls what: the judge of a job that sees every call of every rank before data moves. No
// sockets and no processes here, so that each verdict can be tried.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "real/calls/call_header.hpp"
#include "real/supervise/supervise.hpp"
#include "real/supervise/verdict.hpp"

namespace reducecheck::real {

/// Times are those of one clock, in milliseconds.
class CallBoard {
 public:
  CallBoard(int ranks, int deadline_milliseconds, std::int64_t begin);

  /// The rank has begun, as that process, on this machine or on another.
  void begins(int rank, pid_t process, bool here, std::int64_t now);

  /// The rank calls, and waits. The result are the ranks whose call is now complete, this among
  /// them. A call that cannot match any more is a failure; after one, nobody's call completes.
  std::vector<int> calls(int rank, const CallHeader& header, const std::vector<int>& members,
                         std::int64_t now);

  /// The call of the rank is over.
  void leaves(int rank, std::int64_t now);

  /// The rank gives up, and says why.
  void says(int rank, const std::string& text, bool mismatch);

  /// The rank has done everything.
  void ends(int rank);

  /// The rank is no more, or its connection is not. Before it has ended, a failure.
  void is_gone(int rank);

  /// What is known of how the process ended: `signal 9`.
  void ended_by(int rank, const std::string& how);

  /// Looks at the processes on this machine, and at the deadline.
  void look(std::int64_t now, const std::function<ProcessState(pid_t)>& state_of);

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool all_ended() const;
  [[nodiscard]] bool has_ended(int rank) const { return at(rank).ended; }
  [[nodiscard]] bool has_begun(int rank) const { return at(rank).begun; }
  /// The process of a rank that runs on this machine; else 0.
  [[nodiscard]] pid_t process_here(int rank) const {
    return at(rank).here && !at(rank).gone ? at(rank).state.process : 0;
  }

  /// What became of the job: who failed, in which call.
  [[nodiscard]] JobReport report() const;

 private:
  struct Seat {
    RankState state;
    CallHeader header;
    std::vector<int> members;
    bool begun = false;
    bool here = false;
    bool waiting = false;  // for the other members
    bool inside = false;   // a call that all members began
    bool gone = false;
    bool ended = false;
    std::int64_t stopped_since = -1;
    std::string how;
  };

  [[nodiscard]] const Seat& at(int rank) const { return seats_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] Seat& at(int rank) { return seats_[static_cast<std::size_t>(rank)]; }
  void fail(const std::string& sentence, bool mismatch);
  /// Whether the two calls, which wait, cannot be the same one; the job has then failed.
  bool contradict(const Seat& a, const Seat& b);
  /// What does not match: the calls of all that wait for the contradicted one, alike together.
  void tell_contradiction(JobReport& report) const;
  /// All wait, and nobody's call is complete: it will never be.
  void find_circle();
  void find_late(std::int64_t now);
  void overdue_inside(const Seat& seat);
  void blame(JobReport& report, const Seat& seat, const std::string& what) const;

  std::vector<Seat> seats_;
  int deadline_;
  std::int64_t begin_;
  bool failed_ = false;
  bool mismatched_ = false;
  std::vector<int> contradicted_;  // the ranks that should make one call
  std::vector<std::string> told_;
  std::vector<int> blamed_;
};

}  // namespace reducecheck::real
