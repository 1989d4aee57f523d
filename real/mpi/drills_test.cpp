// SPDX-License-Identifier: Apache-2.0
// A rank that dies, stops, or calls something else ends the job in a report that names it, in time,
// with nothing left running.
#include "real/mpi/drills_test.hpp"

namespace reducecheck::real {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Rank, Drills,
    testing::Values(
        Drill{"killed", JobOutcome::failed, "rank 1 died after its call 1, all_reduce", true},
        Drill{"stopped", JobOutcome::failed, "rank 1 is stopped after its call 1, all_reduce",
              true},
        Drill{"other_count", JobOutcome::mismatched,
              "counts do not match: rank 0 calls all_reduce of 24 fp32, sum: second; rank 1 calls "
              "all_reduce of 25 fp32"},
        Drill{"missing", JobOutcome::mismatched,
              "operations do not match: rank 0 calls all_reduce of 24 fp32, sum: third; rank 1 "
              "calls the end"}),
    drill_name);

TEST(Supervisor, ACorrectJobEndsWithoutAReport) {
  const Drilled result = drilled({"none", JobOutcome::ended, ""});
  EXPECT_EQ(result.report.outcome, JobOutcome::ended);
  EXPECT_EQ(result.report.status, 0);
  EXPECT_TRUE(result.report.told.empty()) << result.report.told[0];
}

TEST(Supervisor, ALauncherThatIsNotThereIsSaid) {
  const JobReport report = supervise({.command = {"/nowhere/mpirun"}, .ranks = 2});
  EXPECT_EQ(report.outcome, JobOutcome::failed);
  EXPECT_EQ(report.told,
            std::vector<std::string>{"no rank began: /nowhere/mpirun cannot be started"});
}

TEST(Supervisor, AJobThatNeverBeginsIsEnded) {
  const JobReport report =
      supervise({.command = {"sleep", "60"}, .ranks = 2, .deadline_milliseconds = 100});
  EXPECT_EQ(report.outcome, JobOutcome::failed);
}

}  // namespace
}  // namespace reducecheck::real
