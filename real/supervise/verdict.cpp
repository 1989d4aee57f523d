// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace reducecheck::real {
namespace {

bool gave_up(const RankState& rank) {
  return rank.last == CallEvent::mismatch || rank.last == CallEvent::failure;
}

/// Whether a rank left no last word: it did not end, nobody asked it to, and it gave no reason.
bool vanished(const RankState& rank) {
  return rank.process > 0 && rank.state == ProcessState::gone && rank.last != CallEvent::end &&
         !gave_up(rank) && rank.last != CallEvent::terminated;
}

}  // namespace

ProcessState process_state(pid_t process) {
  std::ifstream stream(fmt::format("/proc/{}/stat", process));
  std::string text;
  std::getline(stream, text);
  const std::size_t name = text.rfind(") ");
  if (name == std::string::npos || name + 2 >= text.size()) return ProcessState::gone;
  switch (text[name + 2]) {
    case 'T':
    case 't': return ProcessState::stopped;
    case 'Z':
    case 'X': return ProcessState::gone;
    default: return ProcessState::running;
  }
}

std::string place_told(const RankState& rank) {
  if (rank.process == 0) return "before it began";
  if (rank.calls == 0) return "before its first call";
  const char* place = rank.last == CallEvent::leave ? "after" : "in";
  return fmt::format("{} its call {}, {}", place, rank.calls, rank.call);
}

std::vector<RankState> rank_states(const std::filesystem::path& logs, int ranks) {
  std::vector<RankState> states;
  for (int r = 0; r < ranks; ++r) {
    RankState state{.rank = r};
    for (const LoggedEvent& event : read_call_log(logs, r)) {
      // A signal may interrupt anything; where the rank was is what matters.
      if (event.event != CallEvent::terminated) state.since = event.milliseconds;
      state.last = event.event;
      if (event.event == CallEvent::start) state.process = std::atoi(event.text.c_str());
      if (event.event == CallEvent::enter) {
        state.call = event.text;
        ++state.calls;
      }
      if (gave_up(state)) state.said = event.text;
    }
    if (state.process > 0) state.state = process_state(state.process);
    states.push_back(std::move(state));
  }
  return states;
}

bool overdue(const std::vector<RankState>& ranks, std::int64_t begin, int deadline_milliseconds) {
  const std::int64_t now = steady_milliseconds();
  bool someone_began = false;
  for (const RankState& rank : ranks) {
    if (rank.process == 0) continue;
    someone_began = true;
    if (rank.last == CallEvent::enter && now - rank.since > deadline_milliseconds) return true;
  }
  return !someone_began && now - begin > 2 * deadline_milliseconds;
}

JobReport judged(const std::vector<RankState>& ranks, int status, bool late) {
  JobReport report{.outcome = JobOutcome::ended, .status = status, .told = {}, .ranks = {}};
  const auto blame = [&](const RankState& rank, const std::string& what) {
    report.told.push_back(fmt::format("rank {} {} {}", rank.rank, what, place_told(rank)));
    report.ranks.push_back(rank.rank);
  };
  for (const RankState& rank : ranks) {
    if (rank.state == ProcessState::stopped) {
      blame(rank, "is stopped");
    } else if (vanished(rank) && (late || status != 0)) {
      blame(rank, "died");
    }
  }
  for (const RankState& rank : ranks) {
    if (rank.said.empty()) continue;
    if (rank.last == CallEvent::mismatch) report.outcome = JobOutcome::mismatched;
    if (std::ranges::find(report.told, rank.said) == report.told.end()) {
      report.told.push_back(rank.said);
    }
  }
  const bool none_began =
      std::ranges::all_of(ranks, [](const RankState& rank) { return rank.process == 0; });
  if (none_began && (late || status != 0)) {
    report.outcome = JobOutcome::failed;
    report.told.push_back(
        late ? std::string("no rank began in time")
             : fmt::format("no rank began: the launcher ended with status {}", status));
  }
  if (!report.ranks.empty()) report.outcome = JobOutcome::failed;
  if (!report.told.empty()) {
    if (report.outcome == JobOutcome::ended) report.outcome = JobOutcome::failed;
    return report;
  }
  if (late) {
    for (const RankState& rank : ranks) {
      if (rank.last == CallEvent::enter) blame(rank, "hangs");
    }
    report.outcome = JobOutcome::failed;
  }
  return report;
}

}  // namespace reducecheck::real
