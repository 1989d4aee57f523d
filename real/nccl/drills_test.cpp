// SPDX-License-Identifier: Apache-2.0
// A rank that dies, stops, or calls something else ends the job in a report that names it, within
// twice the deadline, with nothing left running. Over the stand-in.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <thread>

#include "real/calls/call_log.hpp"
#include "real/record/nccl_log_writer.hpp"
#include "real/supervise/rank_job.hpp"
#include "real/supervise/verdict.hpp"

namespace reducecheck::real {
namespace {

struct Drill {
  const char* name;
  JobOutcome outcome;
  const char* told;
  bool waits = false;      // somebody waits for a rank until the deadline, which is then short
  const char* fault = "";  // of the stand-in
};

void PrintTo(const Drill& drill, std::ostream* stream) {
  *stream << drill.name;
}

constexpr int short_deadline = 700;
constexpr int long_deadline = 10'000;

JobReport drilled(const Drill& drill) {
  const int deadline = drill.waits ? short_deadline : long_deadline;
  RankJob job{.command = {REDUCECHECK_DRILL, drill.name, fmt::format("{}", deadline)},
              .ranks = 3,
              .deadline_milliseconds = deadline,
              .environment = {}};
  if (*drill.fault != '\0') job.environment["REDUCECHECK_STANDIN_FAULT"] = drill.fault;
  return run_ranks(job);
}

class NcclDrills : public testing::TestWithParam<Drill> {};

TEST_P(NcclDrills, EndInAReportThatNamesTheRank) {
  const Drill& drill = GetParam();
  const std::int64_t begin = steady_milliseconds();
  const JobReport report = drilled(drill);
  const std::int64_t took = steady_milliseconds() - begin;
  const std::string told = fmt::format("{}", fmt::join(report.told, "\n"));
  EXPECT_EQ(report.outcome, drill.outcome) << told;
  EXPECT_NE(told.find(drill.told), std::string::npos) << told;
  // The machine may be busy; a deadline that nobody waits for is far away.
  EXPECT_LT(took, drill.waits ? 2 * short_deadline + 2000 : long_deadline / 2) << told;
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child is left
}

constexpr JobOutcome lost = JobOutcome::failed;
constexpr JobOutcome other = JobOutcome::mismatched;

INSTANTIATE_TEST_SUITE_P(
    Rank, NcclDrills,
    testing::Values(
        Drill{"killed_at_start", lost, "rank 1 died (signal 9) before it began"},
        Drill{"killed_in_init", lost, "rank 1 died (signal 9) in its call 1, ncclCommInitRank"},
        Drill{"killed", lost, "rank 1 died (signal 9) after its call 3, all_reduce of 24 fp32"},
        Drill{"killed_inside", lost, "rank 1 died (signal 9) in its call", false,
              "kill rank=1 call=1"},
        Drill{"stopped", lost, "rank 1 is stopped after its call 3, all_reduce", true},
        Drill{"stopped_inside", lost, "rank 1 is stopped in its call", true, "stop rank=1 call=1"},
        Drill{"exited", lost, "rank 1 died (exit status 0) after its call 3, all_reduce"},
        Drill{"threw", lost, "rank 1: as drilled"},
        Drill{"group_open", lost, "rank 1 left its call without doing it", true},
        Drill{"other_operation", other,
              "operations do not match: rank 0, 2 calls all_reduce of 24 fp32, sum: second; rank 1 "
              "calls broadcast of 24 fp32 from rank 0"},
        Drill{
            "other_count", other,
            "counts do not match: rank 0, 2 calls all_reduce of 24 fp32, sum: second; rank 1 calls "
            "all_reduce of 25 fp32"},
        Drill{"other_type", other, "element types do not match: rank 0, 2 calls"},
        Drill{"other_reduction", other, "reductions do not match: rank 0, 2 calls"},
        Drill{
            "other_root", other,
            "roots do not match: rank 0, 2 calls broadcast of 24 fp32 from rank 0: second; rank 1 "
            "calls broadcast of 24 fp32 from rank 1"},
        Drill{"extra", other,
              "operations do not match: rank 0, 2 calls the end; rank 1 calls all_re"},
        Drill{"missing", other,
              "operations do not match: rank 0, 2 calls all_reduce of 24 fp32, sum: third; rank 1 "
              "calls the end"},
        Drill{"reordered", other, "groups do not match: rank 0, 2 calls all_reduce"}),
    [](const testing::TestParamInfo<Drill>& one) { return std::string(one.param.name); });

TEST(NcclJob, ACorrectOneEndsWithoutAReport) {
  const JobReport report = drilled({"none", JobOutcome::ended, ""});
  EXPECT_EQ(report.outcome, JobOutcome::ended);
  EXPECT_EQ(report.status, 0);
  EXPECT_TRUE(report.told.empty()) << report.told[0];
}

TEST(NcclJob, ACommunicatorThatIsHalfMadeIsAborted) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("reducecheck_half_{}", ::getpid());
  std::filesystem::create_directories(folder);
  const JobReport report = run_ranks({.command = {REDUCECHECK_DRILL, "killed_in_init", "10000"},
                                      .ranks = 3,
                                      .deadline_milliseconds = long_deadline,
                                      .environment = {{nccl_log_variable, folder.string()}}});
  EXPECT_EQ(report.outcome, lost);
  for (const int rank : {0, 2}) {
    std::ifstream stream(folder / nccl_log_name(rank));
    const std::string log{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_TRUE(log.ends_with("CommAbort comm=0\n")) << log;
  }
  std::filesystem::remove_all(folder);
}

/// The process that a rank wrote down, as soon as it has.
pid_t written_by(const std::filesystem::path& file) {
  for (int i = 0; i < 500; ++i) {
    pid_t process = 0;
    std::string end;
    std::ifstream stream(file);
    if (stream >> process && std::getline(stream, end)) return process;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return 0;
}

TEST(NcclJob, RanksDieWithTheirSupervisor) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("reducecheck_drill_{}", ::getpid());
  std::filesystem::create_directories(folder);
  const pid_t supervisor = ::fork();
  ASSERT_GE(supervisor, 0);
  if (supervisor == 0) {
    run_ranks({.command = {REDUCECHECK_DRILL, "sleeps", "20000"},
               .ranks = 2,
               .deadline_milliseconds = 20'000,
               .environment = {{"REDUCECHECK_DRILL_FOLDER", folder.string()}}});
    ::_exit(0);
  }
  std::vector<pid_t> ranks;
  for (const char* rank : {"0", "1"}) ranks.push_back(written_by(folder / rank));
  ::kill(supervisor, SIGKILL);
  ::waitpid(supervisor, nullptr, 0);
  for (const pid_t rank : ranks) {
    ASSERT_GT(rank, 0);
    for (int i = 0; i < 300 && process_state(rank) != ProcessState::gone; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_EQ(process_state(rank), ProcessState::gone);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace reducecheck::real
