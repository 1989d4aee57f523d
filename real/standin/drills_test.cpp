// SPDX-License-Identifier: Apache-2.0
// A rank dies in each kind of call and while communicators are made; two communicators are used in
// two orders.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "real/standin/ranks_test.hpp"

namespace reducecheck::standin {
namespace {

const std::pair<std::string, std::string> drill_deadline = {"STANDIN_DEADLINE_MS", "700"};

/// Each kind of call once; what the communicator said first.
std::string one_of_each(TestRank& rank) {
  auto* buffer = on_device(std::vector<float>(32, 1));
  const int next = (rank.rank + 1) % rank.ranks;
  const int before = (rank.rank + rank.ranks - 1) % rank.ranks;
  for (int call = 0; call < 6; ++call) {
    switch (call) {
      case 0: ncclAllReduce(buffer, buffer, 4, ncclFloat32, ncclSum, rank.comm, nullptr); break;
      case 1: ncclBroadcast(buffer, buffer, 4, ncclFloat32, 0, rank.comm, nullptr); break;
      case 2: ncclReduce(buffer, buffer, 4, ncclFloat32, ncclMax, 0, rank.comm, nullptr); break;
      case 3: ncclAllGather(buffer, buffer + 16, 4, ncclFloat32, rank.comm, nullptr); break;
      case 4:
        ncclReduceScatter(buffer, buffer + 16, 4, ncclFloat32, ncclSum, rank.comm, nullptr);
        break;
      default:
        ncclGroupStart();
        ncclSend(buffer, 4, ncclFloat32, next, rank.comm, nullptr);
        ncclRecv(buffer + 16, 4, ncclFloat32, before, rank.comm, nullptr);
        ncclGroupEnd();
    }
    const std::string said = wait_carefully(rank.comm, nullptr);
    if (!said.empty()) return said;
  }
  return "";
}

TEST(Drill, DeathInEachKindOfCallIsNamedAtOnce) {
  const char* before[] = {"CommInit",  "AllReduce #0", "Broadcast #1",
                          "Reduce #2", "AllGather #3", "ReduceScatter #4"};
  for (int call = 0; call < 6; ++call) {
    const std::string fault = "kill rank=1 call=" + std::to_string(call);
    const RanEnd end =
        run_ranks({.environment = {drill_deadline, {"STANDIN_FAULT", fault}}}, one_of_each);
    EXPECT_LT(end.milliseconds, 700) << all_said(end);
    for (const std::size_t rank : {std::size_t{0}, std::size_t{2}}) {
      EXPECT_NE(end.said[rank].find("rank 1 died (process "), std::string::npos) << all_said(end);
      EXPECT_NE(end.said[rank].find(before[call]), std::string::npos) << all_said(end);
    }
  }
}

TEST(Drill, WithoutAFaultEachKindOfCallWorks) {
  const RanEnd end = run_ranks({.environment = {drill_deadline}}, one_of_each);
  for (const std::string& said : end.said) EXPECT_EQ(said, "") << all_said(end);
}

TEST(Drill, DeathWhileTheCommunicatorIsMadeIsNamed) {
  const RanEnd end = run_ranks({.make_communicator = false, .environment = {drill_deadline}},
                               [](TestRank& rank) -> std::string {
                                 // The last one comes when the other is dead.
                                 if (rank.rank == 2)
                                   std::this_thread::sleep_for(std::chrono::milliseconds(200));
                                 ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
                                 config.blocking = rank.rank == 1 ? 0 : 1;
                                 ncclComm_t comm = nullptr;
                                 ncclCommInitRankConfig(&comm, 3, rank.id, rank.rank, &config);
                                 if (rank.rank == 1) std::_Exit(0);
                                 const std::string said = ncclGetLastError(nullptr);
                                 // Whoever holds the hub is there to tell it to the late one.
                                 if (rank.rank == 0)
                                   std::this_thread::sleep_for(std::chrono::milliseconds(400));
                                 return said;
                               });
  for (const std::size_t rank : {std::size_t{0}, std::size_t{2}}) {
    EXPECT_NE(end.said[rank].find("CommInit: rank 1 died (process "), std::string::npos)
        << all_said(end);
  }
}

TEST(Drill, TwoCommunicatorsInTwoOrdersAreNamed) {
  const RanEnd end =
      run_ranks({.ranks = 2, .environment = {drill_deadline}}, [](TestRank& rank) -> std::string {
        ncclComm_t other = nullptr;
        ncclCommSplit(rank.comm, 0, rank.rank, &other, nullptr);
        const ncclComm_t first = rank.rank == 0 ? rank.comm : other;
        const ncclComm_t second = rank.rank == 0 ? other : rank.comm;
        auto* buffer = on_device(std::vector<float>(8, 1));
        ncclAllReduce(buffer, buffer, 8, ncclFloat32, ncclSum, first, nullptr);
        ncclAllReduce(buffer, buffer, 8, ncclFloat32, ncclSum, second, nullptr);
        const std::string said = wait_carefully(first, nullptr);
        // Not to die before the other one's deadline.
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        return said;
      });
  for (const std::string& said : end.said) {
    EXPECT_NE(said.find(": 1 of 2 ranks arrived, missing rank "), std::string::npos)
        << all_said(end);
    EXPECT_NE(said.find("(in AllReduce #"), std::string::npos) << all_said(end);
  }
}

}  // namespace
}  // namespace reducecheck::standin
