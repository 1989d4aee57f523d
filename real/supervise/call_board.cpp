// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/call_board.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reducecheck::real {
namespace {

constexpr std::size_t most_told = 8;

bool among(const std::vector<int>& members, int rank) {
  return std::ranges::find(members, rank) != members.end();
}

std::string calls_told(const RankState& rank) {
  return fmt::format("rank {} calls {}", rank.rank, rank.call);
}

}  // namespace

CallBoard::CallBoard(int ranks, int deadline_milliseconds, std::int64_t begin)
    : seats_(static_cast<std::size_t>(ranks)), deadline_(deadline_milliseconds), begin_(begin) {
  for (int r = 0; r < ranks; ++r) at(r).state.rank = r;
}

void CallBoard::begins(int rank, pid_t process, bool here, std::int64_t now) {
  Seat& seat = at(rank);
  seat.begun = true;
  seat.here = here;
  seat.state.process = process;
  seat.state.state = ProcessState::running;
  seat.state.since = now;
}

std::vector<int> CallBoard::calls(int rank, const CallHeader& header,
                                  const std::vector<int>& members, std::int64_t now) {
  Seat& seat = at(rank);
  if (seat.waiting) {
    fail(fmt::format("rank {} calls while it waits", rank), false);
    return {};
  }
  seat.header = header;
  seat.members = members;
  seat.waiting = true;
  seat.inside = false;
  seat.state.call = told(header);
  ++seat.state.calls;
  seat.state.last = CallEvent::enter;
  seat.state.since = now;
  const bool sane = among(members, rank) && std::ranges::all_of(members, [&](int member) {
                      return member >= 0 && member < static_cast<int>(seats_.size());
                    });
  if (!sane) {
    fail(fmt::format("{}, a group that it is not in", calls_told(seat.state)), true);
    return {};
  }
  bool complete = !failed_;
  for (const int member : members) {
    const Seat& other = at(member);
    if (other.waiting && !failed_ && contradict(seat, other)) return {};
    complete = complete && other.waiting && other.members == members;
  }
  if (!complete) {
    if (!failed_) find_circle();
    return {};
  }
  for (const int member : members) {
    at(member).waiting = false;
    at(member).inside = true;
    at(member).state.since = now;
  }
  return members;
}

bool CallBoard::contradict(const Seat& a, const Seat& b) {
  // A member that waits for others may come later.
  if (!among(b.members, a.state.rank) || disagreement(a.header, b.header).empty()) return false;
  contradicted_ = a.members;
  for (const int member : b.members) {
    if (!among(contradicted_, member)) contradicted_.push_back(member);
  }
  std::ranges::sort(contradicted_);
  mismatched_ = true;
  failed_ = true;
  return true;
}

void CallBoard::tell_contradiction(JobReport& report) const {
  std::vector<std::vector<int>> alike;
  std::string different;
  for (const int member : contradicted_) {
    const Seat& seat = at(member);
    if (!seat.waiting) continue;
    const auto same = std::ranges::find_if(alike, [&](const std::vector<int>& ranks) {
      return disagreement(at(ranks.front()).header, seat.header).empty();
    });
    if (same == alike.end()) {
      if (!alike.empty() && different.empty()) {
        different = disagreement(at(alike.front().front()).header, seat.header);
      }
      alike.push_back({member});
    } else {
      same->push_back(member);
    }
  }
  std::vector<std::string> calls;
  const auto fewest = std::ranges::min_element(alike, {}, &std::vector<int>::size);
  for (const std::vector<int>& ranks : alike) {
    calls.push_back(
        fmt::format("rank {} calls {}", fmt::join(ranks, ", "), at(ranks.front()).state.call));
  }
  report.told.push_back(fmt::format("{} do not match: {}", different, fmt::join(calls, "; ")));
  report.ranks.insert(report.ranks.end(), fewest->begin(), fewest->end());
}

void CallBoard::find_circle() {
  std::vector<std::string> calls;
  for (const Seat& seat : seats_) {
    if (!seat.waiting) return;
    calls.push_back(calls_told(seat.state));
  }
  fail(fmt::format("orders do not match: every rank waits for another: {}", fmt::join(calls, "; ")),
       true);
}

void CallBoard::leaves(int rank, std::int64_t now) {
  Seat& seat = at(rank);
  seat.waiting = seat.waiting && failed_;  // the report tells what was called
  seat.inside = false;
  seat.state.last = CallEvent::leave;
  seat.state.since = now;
}

void CallBoard::says(int rank, const std::string& text, bool mismatch) {
  at(rank).state.said = text;
  at(rank).state.last = mismatch ? CallEvent::mismatch : CallEvent::failure;
  // Whoever gives up later may know the cause: one failure looks different to each rank.
  if (told_.size() >= most_told) return;
  blamed_.push_back(rank);
  fail(text, mismatch);
}

void CallBoard::ends(int rank) {
  Seat& seat = at(rank);
  seat.ended = true;
  seat.waiting = seat.waiting && failed_;
  seat.inside = false;
  seat.state.last = CallEvent::end;
}

void CallBoard::is_gone(int rank) {
  Seat& seat = at(rank);
  seat.gone = true;
  seat.state.state = ProcessState::gone;
  if (!seat.ended) failed_ = true;
}

void CallBoard::ended_by(int rank, const std::string& how) {
  if (at(rank).how.empty()) at(rank).how = how;
}

void CallBoard::fail(const std::string& sentence, bool mismatch) {
  mismatched_ = mismatched_ || (mismatch && !failed_);
  failed_ = true;
  if (std::ranges::find(told_, sentence) == told_.end()) told_.push_back(sentence);
}

bool CallBoard::all_ended() const {
  return std::ranges::all_of(seats_, [](const Seat& seat) { return seat.ended; });
}

void CallBoard::look(std::int64_t now, const std::function<ProcessState(pid_t)>& state_of) {
  for (Seat& seat : seats_) {
    if (!seat.here || seat.gone || seat.ended) continue;
    // One that is gone has closed its connection, behind its last words.
    seat.state.state = state_of(seat.state.process);
    if (seat.state.state != ProcessState::stopped) {
      seat.stopped_since = -1;
    } else if (seat.stopped_since < 0) {
      seat.stopped_since = now;
    } else if (now - seat.stopped_since > deadline_) {
      failed_ = true;
    }
  }
  if (!failed_) find_late(now);
}

void CallBoard::find_late(std::int64_t now) {
  std::vector<int> absent;
  for (const Seat& seat : seats_) {
    if (!seat.begun) absent.push_back(seat.state.rank);
  }
  // A process takes longer to begin than a call: libraries are loaded, devices are opened.
  if (!absent.empty() && now - begin_ > 2 * std::int64_t{deadline_}) {
    blamed_ = absent;
    fail(fmt::format("rank {} did not begin in {} ms", fmt::join(absent, ", "), 2 * deadline_),
         false);
    return;
  }
  for (const Seat& seat : seats_) {
    if (now - seat.state.since <= deadline_) continue;
    if (seat.inside) return overdue_inside(seat);
    if (!seat.waiting) continue;
    std::vector<int> missing;
    for (const int member : seat.members) {
      if (!at(member).waiting || at(member).members != seat.members) missing.push_back(member);
    }
    // Who is stopped is named by its state.
    std::erase_if(missing, [&](int r) { return at(r).state.state == ProcessState::stopped; });
    failed_ = true;
    if (missing.empty()) return;
    blamed_ = missing;
    fail(fmt::format("rank {} did not come within {} ms to what rank {} calls: {}",
                     fmt::join(missing, ", "), deadline_, seat.state.rank, seat.state.call),
         false);
    return;
  }
}

/// Nobody leaves a collective that another member has not brought its data to, but for the root of
/// a broadcast: who left it while others hang did not do it.
void CallBoard::overdue_inside(const Seat& seat) {
  failed_ = true;
  std::vector<int> left;
  std::vector<int> hang;
  for (const int member : seat.members) {
    const Seat& other = at(member);
    if (other.state.state == ProcessState::stopped) return;
    // A member that is inside of another group's call left this one.
    (other.inside && other.members == seat.members ? hang : left).push_back(member);
  }
  const std::string call = seat.state.call;
  if (left.empty()) {
    blamed_ = hang;
    return fail(fmt::format("rank {} hangs in its call, which all members began: {}",
                            fmt::join(hang, ", "), call),
                false);
  }
  blamed_ = left;
  fail(fmt::format("rank {} left its call without doing it (a group left open?), and rank {} hangs "
                   "in it: {}",
                   fmt::join(left, ", "), fmt::join(hang, ", "), call),
       false);
}

void CallBoard::blame(JobReport& report, const Seat& seat, const std::string& what) const {
  std::string how = seat.how.empty() ? "" : fmt::format(" ({})", seat.how);
  report.told.push_back(
      fmt::format("rank {} {}{} {}", seat.state.rank, what, how, place_told(seat.state)));
  report.ranks.push_back(seat.state.rank);
}

JobReport CallBoard::report() const {
  JobReport report{.outcome = JobOutcome::ended, .status = 0, .told = {}, .ranks = {}};
  if (!failed_) return report;
  for (const Seat& seat : seats_) {
    if (seat.ended) continue;
    if (seat.state.state == ProcessState::stopped) {
      blame(report, seat, "is stopped");
    } else if (seat.gone && seat.state.said.empty()) {
      blame(report, seat, "died");
    }
  }
  report.outcome = mismatched_ ? JobOutcome::mismatched : JobOutcome::failed;
  // That others missed a rank says nothing that its death does not.
  if (!report.told.empty() && !mismatched_) return report;
  if (!contradicted_.empty()) tell_contradiction(report);
  report.ranks.insert(report.ranks.end(), blamed_.begin(), blamed_.end());
  report.told.insert(report.told.begin(), told_.begin(), told_.end());
  if (report.told.empty()) report.told.emplace_back("the job did not end, and no rank says why");
  return report;
}

}  // namespace reducecheck::real
