// SPDX-License-Identifier: Apache-2.0
// `node_drills RANK_PROGRAM DEADLINE`: failures of a rank, each of which must end in a report that
// names the rank, in time and with nothing left running. RANK_PROGRAM is real/nccl/drill.cpp over
// NCCL or over the stand-in, DEADLINE in milliseconds.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "real/calls/call_log.hpp"
#include "real/supervise/rank_job.hpp"

namespace reducecheck::real {
namespace {

struct NodeDrill {
  const char* name;
  JobOutcome outcome;
  const char* told;
};

constexpr std::array<NodeDrill, 7> node_drills = {{
    {"none", JobOutcome::ended, ""},
    {"killed_at_start", JobOutcome::failed, "rank 1 died (signal 9) before it began"},
    {"killed", JobOutcome::failed, "rank 1 died (signal 9) after its call"},
    {"stopped", JobOutcome::failed, "rank 1 is stopped after its call"},
    {"threw", JobOutcome::failed, "rank 1: as drilled"},
    {"other_count", JobOutcome::mismatched, "counts do not match: rank 0, 2 calls all_reduce"},
    {"missing", JobOutcome::mismatched, "operations do not match: rank 0, 2 calls all_reduce"},
}};

/// What is wrong with how a drill ended, or nothing.
std::string wrong_with(const NodeDrill& drill, const JobReport& report, std::int64_t took,
                       int deadline) {
  const std::string told = fmt::format("{}", fmt::join(report.told, "; "));
  if (report.outcome != drill.outcome || told.find(drill.told) == std::string::npos) {
    return fmt::format("expected `{}`, not `{}`", drill.told, told);
  }
  // A device takes its time to begin; what is drilled is the wait for a rank.
  if (took > 2 * deadline + 10'000) return fmt::format("took {} ms", took);
  if (::waitpid(-1, nullptr, WNOHANG) != -1) return "left a process running";
  return "";
}

int drill_all(const char* program, int deadline) {
  int status = 0;
  for (const NodeDrill& drill : node_drills) {
    const std::int64_t begin = steady_milliseconds();
    const JobReport report =
        run_ranks({.command = {program, drill.name, fmt::format("{}", deadline)},
                   .ranks = 3,
                   .deadline_milliseconds = deadline,
                   .environment = {}});
    const std::int64_t took = steady_milliseconds() - begin;
    const std::string wrong = wrong_with(drill, report, took, deadline);
    fmt::print("{:16} {:6} ms  {}\n", drill.name, took, wrong.empty() ? "as it should" : wrong);
    if (!wrong.empty()) status = 1;
  }
  return status;
}

}  // namespace
}  // namespace reducecheck::real

int main(int count, char** words) {
  int deadline = 0;
  const char* end = count == 3 ? words[2] + std::strlen(words[2]) : nullptr;
  if (count != 3 || std::from_chars(words[2], end, deadline).ptr != end || deadline < 1) {
    fmt::print(stderr, "node_drills: error: expected a program and milliseconds\n");
    return 2;
  }
  return reducecheck::real::drill_all(words[1], deadline);
}
