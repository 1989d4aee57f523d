// SPDX-License-Identifier: Apache-2.0
// One rank of a job does not do what the others do: what the supervisor must say.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <ostream>
#include <string>

#include "real/calls/call_log.hpp"
#include "real/mpi/mpirun_test.hpp"
#include "real/supervise/supervise.hpp"

namespace reducecheck::real {

struct Drill {
  const char* name;
  JobOutcome outcome;
  const char* told;
  bool waits = false;  // somebody waits for a rank until the deadline, which is then short
};

inline void PrintTo(const Drill& drill, std::ostream* stream) {
  *stream << drill.name;
}

struct Drilled {
  JobReport report;
  std::int64_t milliseconds = 0;
};

/// Starting and ending a job may take a busy machine seconds; a rank on it may be late.
inline constexpr std::int64_t most_milliseconds = 15'000;

inline Drilled drilled(const Drill& drill) {
  allow_mpirun_here();
  const int deadline = drill.waits ? 800 : 10'000;
  const std::int64_t begin = steady_milliseconds();
  Drilled result;
  result.report = supervise({.command = {REDUCECHECK_MPIEXEC, "-n", "3", REDUCECHECK_DRILL,
                                         drill.name, fmt::format("{}", deadline)},
                             .ranks = 3,
                             .deadline_milliseconds = 2 * deadline});
  result.milliseconds = steady_milliseconds() - begin;
  return result;
}

class Drills : public testing::TestWithParam<Drill> {};

TEST_P(Drills, EndInAReportThatNamesTheRank) {
  const Drill& drill = GetParam();
  const Drilled result = drilled(drill);
  const std::string told = fmt::format("{}", fmt::join(result.report.told, "\n"));
  EXPECT_EQ(result.report.outcome, drill.outcome) << told;
  EXPECT_NE(told.find(drill.told), std::string::npos) << told;
  EXPECT_LT(result.milliseconds, most_milliseconds);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child is left
}

inline std::string drill_name(const testing::TestParamInfo<Drill>& one) {
  return one.param.name;
}

}  // namespace reducecheck::real
