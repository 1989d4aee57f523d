// SPDX-License-Identifier: Apache-2.0
// Calls that do not match and ranks that fail: every other rank hears which, in time, and no
// process is left.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "real/standin/ranks_test.hpp"

namespace reducecheck::standin {
namespace {

constexpr int deadline = 700;
const std::pair<std::string, std::string> short_deadline = {"STANDIN_DEADLINE_MS",
                                                            std::to_string(deadline)};

/// A run of three processes with a planted fault.
RankRun planted(const std::string& fault, int ranks = 3) {
  return {.ranks = ranks, .environment = {short_deadline, {"STANDIN_FAULT", fault}}};
}

/// Everybody who can say something says something that holds `text`.
void expect_all_say(const RanEnd& end, const std::string& text, int silent = -1) {
  EXPECT_FALSE(end.hung) << all_said(end);
  EXPECT_LE(end.milliseconds, 2 * deadline + 300) << all_said(end);
  for (std::size_t rank = 0; rank < end.said.size(); ++rank) {
    if (static_cast<int>(rank) == silent) continue;
    EXPECT_NE(end.said[rank].find(text), std::string::npos) << text << '\n' << all_said(end);
  }
}

/// One all-reduce of eight floats, all of them one.
std::string one_sum(TestRank& rank, std::size_t count = 8, ncclRedOp_t op = ncclSum,
                    ncclDataType_t type = ncclFloat32) {
  float* buffer = on_device(std::vector<float>(8, 1));
  const ncclResult_t issued = ncclAllReduce(buffer, buffer, count, type, op, rank.comm, nullptr);
  if (issued != ncclSuccess) return ncclGetLastError(rank.comm);
  std::string said = wait_carefully(rank.comm, nullptr);
  if (said.empty() && from_device(buffer, 1)[0] != static_cast<float>(rank.ranks)) said = "wrong";
  return said;
}

std::string two_sums(TestRank& rank) {
  std::string said = one_sum(rank);
  return said.empty() ? one_sum(rank) : said;
}

bool odd_one(const TestRank& rank) {
  return rank.rank == 2;
}

std::string another_count(TestRank& rank) {
  const std::string first = one_sum(rank);
  return first + one_sum(rank, odd_one(rank) ? 7 : 8);
}
std::string another_type(TestRank& rank) {
  const std::string first = one_sum(rank);
  return first + one_sum(rank, 8, ncclSum, odd_one(rank) ? ncclInt32 : ncclFloat32);
}
std::string another_reduction(TestRank& rank) {
  const std::string first = one_sum(rank);
  return first + one_sum(rank, 8, odd_one(rank) ? ncclMax : ncclSum);
}
std::string another_operation(TestRank& rank) {
  if (!odd_one(rank)) return one_sum(rank);
  float* buffer = on_device(std::vector<float>(24, 1));
  ncclAllGather(buffer + 16, buffer, 8, ncclFloat32, rank.comm, nullptr);
  return wait_carefully(rank.comm, nullptr);
}
std::string another_root(TestRank& rank) {
  float* buffer = on_device(std::vector<float>(8, 1));
  ncclBroadcast(buffer, buffer, 8, ncclFloat32, odd_one(rank) ? 1 : 0, rank.comm, nullptr);
  return wait_carefully(rank.comm, nullptr);
}
std::string another_order(TestRank& rank) {
  float* buffer = on_device(std::vector<float>(8, 1));
  const auto sum = [&] {
    ncclAllReduce(buffer, buffer, 8, ncclFloat32, ncclSum, rank.comm, nullptr);
  };
  if (!odd_one(rank)) sum();
  ncclBroadcast(buffer, buffer, 8, ncclFloat32, 0, rank.comm, nullptr);
  if (odd_one(rank)) sum();
  return wait_carefully(rank.comm, nullptr);
}
std::string another_transfer(TestRank& rank) {
  float* buffer = on_device(std::vector<float>(8, 1));
  if (rank.rank == 0) ncclSend(buffer, 8, ncclFloat32, 1, rank.comm, nullptr);
  if (rank.rank == 1) ncclRecv(buffer, 7, ncclFloat32, 0, rank.comm, nullptr);
  if (rank.rank == 2) return one_sum(rank);
  return wait_carefully(rank.comm, nullptr);
}
/// Both send first, which works in a group only.
std::string both_send_first(TestRank& rank) {
  float* buffer = on_device(std::vector<float>(8, 1));
  const int peer = rank.rank == 0 ? 1 : 0;
  if (rank.rank < 2) {
    ncclSend(buffer, 4, ncclFloat32, peer, rank.comm, nullptr);
    ncclRecv(buffer + 4, 4, ncclFloat32, peer, rank.comm, nullptr);
    return wait_carefully(rank.comm, nullptr);
  }
  return one_sum(rank);
}

struct MismatchCase {
  const char* name;
  RankBody body;
  const char* text;
};

const MismatchCase mismatches[] = {
    {"count", another_count,
     "mismatch: ranks 0 and 1 AllReduce #1 count 8 float32 sum; "
     "rank 2 AllReduce #1 count 7 float32 sum"},
    {"type", another_type, "; rank 2 AllReduce #1 count 8 int32 sum"},
    {"reduction", another_reduction, "; rank 2 AllReduce #1 count 8 float32 max"},
    {"operation", another_operation,
     "mismatch: ranks 0 and 1 AllReduce #0 count 8 float32 sum; "
     "rank 2 AllGather #0 count 8 float32"},
    {"root", another_root,
     "mismatch: ranks 0 and 1 Broadcast #0 count 8 float32 root 0; "
     "rank 2 Broadcast #0 count 8 float32 root 1"},
    {"order", another_order, "; rank 2 Broadcast #0 count 8 float32 root 0"},
    {"transfer", another_transfer,
     "mismatch: rank 0 Send to rank 1 count 8 float32; rank 1 Recv from rank 0 count 7 float32"},
};

TEST(Mismatch, IsToldToEveryRankWithBothCalls) {
  for (const bool processes : {true, false}) {
    for (const MismatchCase& each : mismatches) {
      const RanEnd end = run_ranks(
          {.ranks = 3, .processes = processes, .environment = {short_deadline}}, each.body);
      SCOPED_TRACE(each.name);
      expect_all_say(end, each.text);
    }
  }
}

TEST(Mismatch, OfTheNumberOfRanksIsTold) {
  const RanEnd end = run_ranks({.make_communicator = false, .environment = {short_deadline}},
                               [](TestRank& rank) -> std::string {
                                 ncclComm_t comm = nullptr;
                                 const int ranks = odd_one(rank) ? 4 : 3;
                                 ncclCommInitRank(&comm, ranks, rank.id, rank.rank);
                                 return ncclGetLastError(nullptr);
                               });
  expect_all_say(end, "mismatch: CommInit of ");
}

/// The rank whose call was dropped does something else while the others wait.
void be_busy(const TestRank& rank) {
  if (odd_one(rank)) std::this_thread::sleep_for(std::chrono::milliseconds(deadline * 5 / 4));
}

TEST(Missing, RankIsNamedAtTheDeadline) {
  const RanEnd end = run_ranks(planted("drop rank=2 call=1"), [](TestRank& rank) {
    const std::string said = two_sums(rank);
    be_busy(rank);
    return said;
  });
  expect_all_say(end, "AllReduce #1: 2 of 3 ranks arrived, missing rank 2 (after AllReduce #0", 2);
  EXPECT_GE(end.milliseconds, deadline);
}

TEST(Missing, ReceiverIsNamed) {
  const RanEnd end = run_ranks({.ranks = 2, .environment = {short_deadline}}, both_send_first);
  expect_all_say(end, ": missing rank ");
  expect_all_say(end, "(in Send to rank ");
}

TEST(Missing, RankIsNamedWhenTheCommunicatorIsMade) {
  const RanEnd end = run_ranks({.make_communicator = false, .environment = {short_deadline}},
                               [](TestRank& rank) -> std::string {
                                 if (rank.rank == 1) return "";
                                 ncclComm_t comm = nullptr;
                                 ncclCommInitRank(&comm, 3, rank.id, rank.rank);
                                 return ncclGetLastError(nullptr);
                               });
  expect_all_say(end, "CommInit: 2 of 3 ranks arrived, missing rank 1", 1);
}

TEST(Missing, RankIsToldByACommunicatorThatDoesNotBlock) {
  const RanEnd end =
      run_ranks({.ranks = 2, .make_communicator = false, .environment = {short_deadline}},
                [](TestRank& rank) -> std::string {
                  if (rank.rank == 1) return "";
                  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
                  config.blocking = 0;
                  ncclComm_t comm = nullptr;
                  const ncclResult_t begun = ncclCommInitRankConfig(&comm, 2, rank.id, 0, &config);
                  if (begun != ncclInProgress) return "it blocked";
                  ncclResult_t state = ncclInProgress;
                  while (state == ncclInProgress) {
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                    ncclCommGetAsyncError(comm, &state);
                  }
                  const std::string said = ncclGetLastError(comm);
                  ncclCommAbort(comm);
                  return said;
                });
  expect_all_say(end, "CommInit: 1 of 2 ranks arrived, missing rank 1", 1);
}

TEST(Extra, CallIsTold) {
  const RanEnd end = run_ranks(planted("twice rank=2 call=1"), two_sums);
  EXPECT_FALSE(end.hung);
  EXPECT_NE(end.said[2].find("AllReduce #2: 1 of 3 ranks arrived, missing ranks 0 and 1"),
            std::string::npos)
      << all_said(end);
  EXPECT_NE(end.said[2].find("destroyed the communicator"), std::string::npos) << all_said(end);
}

TEST(Dead, RankIsNamedAtOnce) {
  const RanEnd end = run_ranks(planted("kill rank=2 call=1"), two_sums);
  expect_all_say(end, "rank 2 died (process ", 2);
  expect_all_say(end, "after AllReduce #0", 2);
  EXPECT_EQ(end.status[2], 128 + SIGKILL);
  EXPECT_LT(end.milliseconds, deadline) << all_said(end);
}

TEST(Dead, RankThatHeldTheHubIsNamed) {
  const RanEnd end = run_ranks(planted("kill rank=0 call=1"), two_sums);
  expect_all_say(end, "rank 0 (process ", 0);
  expect_all_say(end, "died", 0);
}

TEST(Stopped, RankIsNamedAtTheDeadline) {
  const RanEnd end = run_ranks(planted("stop rank=2 call=1"), two_sums);
  expect_all_say(end, "AllReduce #1: 2 of 3 ranks arrived, missing rank 2 (process ", 2);
  expect_all_say(end, " is stopped, after AllReduce #0 count 8 float32 sum)", 2);
}

TEST(Stopped, RankThatHeldTheHubIsNamed) {
  const RanEnd end = run_ranks(planted("stop rank=0 call=1"), two_sums);
  expect_all_say(end, "rank 0 (process ", 0);
  expect_all_say(end, " is stopped", 0);
}

TEST(Gone, RankThatEndsWithoutAWordIsNamed) {
  const RanEnd end =
      run_ranks({.ranks = 3, .environment = {short_deadline}}, [](TestRank& rank) -> std::string {
        if (odd_one(rank)) std::_Exit(0);
        return two_sums(rank);
      });
  expect_all_say(end, "rank 2 died (process ", 2);
}

TEST(Planted, OneBitShowsInTheResultOnly) {
  const RanEnd end =
      run_ranks(planted("corrupt rank=1 call=0 value=30"), [](TestRank& rank) -> std::string {
        const std::string said = one_sum(rank);
        return said == "wrong" ? "" : "not seen: " + said;
      });
  for (const std::string& said : end.said) EXPECT_EQ(said, "") << all_said(end);
}

TEST(Planted, CountIsAMismatch) {
  const RanEnd end = run_ranks(planted("count rank=1 call=1 value=5"), two_sums);
  expect_all_say(end,
                 "mismatch: ranks 0 and 2 AllReduce #1 count 8 float32 sum; "
                 "rank 1 AllReduce #1 count 5 float32 sum");
}

TEST(Planted, DelayWithinTheDeadlineDoesNoHarm) {
  const RanEnd end = run_ranks(planted("delay rank=1 call=1 value=200"), two_sums);
  for (const std::string& said : end.said) EXPECT_EQ(said, "") << all_said(end);
  EXPECT_GE(end.milliseconds, 200);
}

TEST(Abort, IsToldToTheOthers) {
  const RanEnd end =
      run_ranks({.ranks = 3, .environment = {short_deadline}}, [](TestRank& rank) -> std::string {
        if (odd_one(rank)) return "no more";
        return two_sums(rank);
      });
  expect_all_say(end, "rank 2 aborted the communicator (", 2);
  EXPECT_LT(end.milliseconds, deadline);
}

TEST(Synchronize, OfAStreamThatCannotEndGivesAnError) {
  const RanEnd end = run_ranks(planted("drop rank=2 call=0"), [](TestRank& rank) -> std::string {
    float* buffer = on_device(std::vector<float>(8, 1));
    ncclAllReduce(buffer, buffer, 8, ncclFloat32, ncclSum, rank.comm, nullptr);
    const cudaError_t code = cudaStreamSynchronize(nullptr);
    be_busy(rank);
    return std::string(cudaGetErrorName(code)) + " " + ncclGetLastError(rank.comm);
  });
  expect_all_say(end, "cudaErrorLaunchFailure AllReduce #0: 2 of 3 ranks arrived", 2);
}

}  // namespace
}  // namespace reducecheck::standin
