// SPDX-License-Identifier: Apache-2.0
// Streams run in an order that the seed draws: a missing wait is seen, and memory that is none.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "real/record/nccl_log.hpp"
#include "real/standin/memory.hpp"
#include "real/standin/ranks_test.hpp"
#include "scenarios/text/files_test.hpp"

namespace reducecheck::standin {
namespace {

/// One stream fills a buffer, another sums it over the ranks; `waits`: it waits for the first.
std::string filled_and_summed(TestRank& rank, bool waits) {
  cudaStream_t fills = nullptr;
  cudaStream_t sums = nullptr;
  cudaStreamCreateWithFlags(&fills, cudaStreamNonBlocking);
  cudaStreamCreateWithFlags(&sums, cudaStreamNonBlocking);
  cudaEvent_t filled = nullptr;
  cudaEventCreateWithFlags(&filled, cudaEventDisableTiming);
  auto* buffer = on_device(std::vector<unsigned char>(4, 7));
  cudaMemsetAsync(buffer, 1, 4, fills);
  cudaEventRecord(filled, fills);
  if (waits) cudaStreamWaitEvent(sums, filled, 0);
  ncclAllReduce(buffer, buffer, 4, ncclUint8, ncclSum, rank.comm, sums);
  if (cudaDeviceSynchronize() != cudaSuccess) return "failed";
  const bool right = from_device(buffer, 4) == std::vector<unsigned char>(4, 2);
  cudaEventDestroy(filled);
  cudaStreamDestroy(fills);
  cudaStreamDestroy(sums);
  return right ? "" : "wrong";
}

/// The seeds of eight in which somebody got a wrong sum.
std::set<int> wrong_seeds(RankBody body) {
  std::set<int> wrong;
  for (int seed = 0; seed < 8; ++seed) {
    const RanEnd end = run_ranks({.ranks = 2,
                                  .processes = seed % 2 == 0,
                                  .environment = {{"STANDIN_SEED", std::to_string(seed)}}},
                                 body);
    EXPECT_FALSE(end.hung) << all_said(end);
    for (const std::string& said : end.said) {
      if (said == "wrong") wrong.insert(seed);
    }
  }
  return wrong;
}

TEST(Streams, AMissingWaitIsSeenUnderSomeSeed) {
  const auto wrong = wrong_seeds([](TestRank& rank) { return filled_and_summed(rank, false); });
  EXPECT_GT(wrong.size(), 0U);
  EXPECT_LT(wrong.size(), 8U);
}

TEST(Streams, TheTwinThatWaitsIsRightUnderEverySeed) {
  const auto wrong = wrong_seeds([](TestRank& rank) { return filled_and_summed(rank, true); });
  EXPECT_EQ(wrong, std::set<int>());
}

TEST(Streams, NothingIsDoneBeforeSomebodyWaits) {
  const RanEnd end = run_ranks({.ranks = 1, .environment = {}}, [](TestRank& rank) -> std::string {
    cudaStream_t stream = nullptr;
    cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    auto* buffer = on_device(std::vector<int>{5});
    void* seen = nullptr;
    cudaMallocHost(&seen, 4);
    *static_cast<int*>(seen) = 0;
    ncclAllReduce(buffer, buffer, 1, ncclInt32, ncclSum, rank.comm, stream);
    cudaMemcpyAsync(seen, buffer, 4, cudaMemcpyDeviceToHost, stream);
    const int before = *static_cast<int*>(seen);
    cudaStreamSynchronize(stream);
    return std::to_string(before) + " " + std::to_string(*static_cast<int*>(seen));
  });
  EXPECT_EQ(end.said[0], "0 5");
}

TEST(Streams, HostFunctionsRunInTheirPlaceAndMayNotCallCuda) {
  const RanEnd end = run_ranks({.ranks = 1, .environment = {}}, [](TestRank&) -> std::string {
    static std::string log;
    auto* buffer = on_device(std::vector<int>{5});
    cudaMemsetAsync(buffer, 0, 4, nullptr);
    cudaLaunchHostFunc(
        nullptr,
        [](void* at) {
          log = std::to_string(*static_cast<int*>(at)) + " ";
          log += cudaGetErrorName(cudaStreamSynchronize(nullptr));
        },
        buffer);
    cudaStreamSynchronize(nullptr);
    return log;
  });
  EXPECT_EQ(end.said[0], "0 cudaErrorNotPermitted");
}

TEST(Memory, IsPoisonedAndChecked) {
  const RanEnd end = run_ranks({.ranks = 1, .environment = {}}, [](TestRank& rank) -> std::string {
    std::vector<int> host(4, 1);
    int* device = on_device(host, 1);
    std::string said = std::to_string(from_device(device + 4, 1)[0]);
    const auto add = [&](cudaError_t code) { said += std::string(" ") + cudaGetErrorName(code); };
    add(cudaMemcpy(host.data(), host.data(), 16, cudaMemcpyHostToDevice));
    add(cudaMemcpy(device, device, 16, cudaMemcpyHostToDevice));
    add(cudaMemcpy(device, host.data(), 24, cudaMemcpyHostToDevice));
    ncclAllReduce(host.data(), device, 4, ncclInt32, ncclSum, rank.comm, nullptr);
    said += std::string(" ") + ncclGetLastError(rank.comm);
    cudaFree(device);
    add(cudaMemset(device, 0, 4));
    add(cudaFree(device));
    add(cudaGetLastError());
    return said;
  });
  const std::string& said = end.said[0];
  EXPECT_TRUE(
      said.starts_with("-1 cudaErrorInvalidValue cudaErrorInvalidValue "
                       "cudaErrorInvalidValue AllReduce: sendbuff: 0x"))
      << said;
  EXPECT_TRUE(
      said.ends_with(" is no device memory cudaErrorInvalidValue cudaErrorInvalidValue "
                     "cudaErrorInvalidValue"))
      << said;
}

/// What copies of freed memory of either kind give, on whichever side it is.
std::string copies_of_freed_memory(TestRank&) {
  int* device = on_device(std::vector<int>(4, 1));
  int* live = on_device(std::vector<int>(4, 1));
  void* pinned = nullptr;
  cudaMallocHost(&pinned, 16);
  cudaFree(device);
  cudaFreeHost(pinned);
  std::string said;
  const auto copies = [&](void* to, const void* from) {
    for (const cudaMemcpyKind kind :
         {cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDefault}) {
      if (cudaMemcpy(to, from, 16, kind) != cudaErrorInvalidValue) said += "taken ";
    }
  };
  copies(live, pinned);
  copies(pinned, live);
  copies(live, device);
  copies(device, live);
  return said + "refused";
}

TEST(Memory, ThatWasFreedIsNeitherTheDevicesNorTheHosts) {
  const RanEnd end = run_ranks({.ranks = 1, .environment = {}}, copies_of_freed_memory);
  EXPECT_EQ(end.said[0], "refused");
  DeviceMemory memory;
  void* block = memory.allocate(64, 0);
  EXPECT_TRUE(memory.is_device(block));
  EXPECT_FALSE(memory.was_freed(block));
  memory.release(block);
  EXPECT_FALSE(memory.is_device(block));
  EXPECT_TRUE(memory.was_freed(block));
  EXPECT_NE(memory.objection(block, 8, 0).find("device memory that was freed"), std::string::npos);
}

TEST(Groups, AreOneStepAndMustBeClosed) {
  const RanEnd end = run_ranks({.ranks = 2, .environment = {}}, [](TestRank& rank) -> std::string {
    cudaStream_t streams[2] = {};
    for (cudaStream_t& stream : streams) cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking);
    auto* buffer = on_device(std::vector<int>{1, 1, 1, 1});
    ncclGroupStart();
    for (std::size_t i = 0; i < 2; ++i) {
      ncclAllReduce(buffer + i, buffer + i, 1, ncclInt32, ncclSum, rank.comm, streams[i]);
    }
    // To itself, which only a group can.
    ncclSend(buffer + 2, 1, ncclInt32, rank.rank, rank.comm, streams[0]);
    ncclRecv(buffer + 3, 1, ncclInt32, rank.rank, rank.comm, streams[0]);
    ncclGroupEnd();
    for (const cudaStream_t stream : streams) cudaStreamSynchronize(stream);
    if (from_device(buffer, 4) != std::vector<int>{2, 2, 1, 1}) return "wrong";
    ncclGroupStart();
    ncclAllReduce(buffer, buffer, 1, ncclInt32, ncclSum, rank.comm, streams[0]);
    const ncclResult_t ended = ncclCommFinalize(rank.comm);
    const std::string said = ncclGetLastError(nullptr);
    ncclGroupEnd();
    cudaStreamSynchronize(streams[0]);
    const bool closed = from_device(buffer, 1)[0] == 4 && ncclGroupEnd() == ncclInvalidUsage;
    return ended == ncclInvalidUsage && closed ? said : "not noticed: " + said;
  });
  for (const std::string& said : end.said) {
    EXPECT_EQ(said, "CommFinalize: ncclGroupStart without ncclGroupEnd: 1 calls were not made");
  }
}

TEST(Communicators, AreSplitByColorAndKey) {
  const RankRun run{.ranks = 4, .processes = false, .environment = {}};
  const RanEnd end = run_ranks(run, [](TestRank& rank) -> std::string {
    ncclComm_t half = nullptr;
    const int color = rank.rank == 3 ? NCCL_SPLIT_NOCOLOR : rank.rank / 2;
    if (ncclCommSplit(rank.comm, color, -rank.rank, &half, nullptr) != ncclSuccess) return "split";
    if (rank.rank == 3) return half == nullptr ? "" : "a communicator without a color";
    int number = -1;
    ncclCommUserRank(half, &number);
    const int expected = rank.rank == 0 ? 1 : 0;  // the greater rank has the smaller key
    auto* buffer = on_device(std::vector<int>{rank.rank + 10});
    ncclAllReduce(buffer, buffer, 1, ncclInt32, ncclSum, half, nullptr);
    cudaStreamSynchronize(nullptr);
    const int sum = from_device(buffer, 1)[0];
    ncclCommDestroy(half);
    return number == expected && sum == (rank.rank == 2 ? 12 : 21) ? "" : "wrong";
  });
  for (const std::string& said : end.said) EXPECT_EQ(said, "");
}

TEST(Communicators, OfOneThreadAreMadeTogether) {
  const RankRun run{.ranks = 1, .make_communicator = false, .environment = {}};
  const RanEnd end = run_ranks(run, [](TestRank&) -> std::string {
    ncclComm_t comms[3] = {};
    int* buffers[3] = {};
    if (ncclCommInitAll(comms, 3, nullptr) != ncclSuccess) return ncclGetLastError(nullptr);
    for (int i = 0; i < 3; ++i) {
      cudaSetDevice(i);
      buffers[i] = on_device(std::vector<int>{i + 1});
    }
    ncclGroupStart();
    for (int i = 0; i < 3; ++i) {
      cudaSetDevice(i);
      ncclAllReduce(buffers[i], buffers[i], 1, ncclInt32, ncclProd, comms[i], nullptr);
    }
    ncclGroupEnd();
    std::string said;
    for (int i = 0; i < 3; ++i) {
      cudaSetDevice(i);
      cudaDeviceSynchronize();
      said += std::to_string(from_device(buffers[i], 1)[0]) + " ";
    }
    for (const ncclComm_t comm : comms) ncclCommDestroy(comm);
    return said;
  });
  EXPECT_EQ(end.said[0], "6 6 6 ") << all_said(end);
}

/// A few calls of most kinds.
std::string a_program(TestRank& rank) {
  auto* buffer = on_device(std::vector<float>(32, 1));
  ncclAllReduce(buffer, buffer, 4, ncclFloat32, ncclSum, rank.comm, nullptr);
  ncclBroadcast(buffer, buffer + 16, 4, ncclFloat32, 1, rank.comm, nullptr);
  ncclAllReduce(buffer, buffer, 3, ncclBfloat16, ncclMax, rank.comm, nullptr);
  cudaStreamSynchronize(nullptr);
  return "";
}

TEST(Log, IsTheSameAgainAndShowsAPlantedCall) {
  const std::filesystem::path folder = fresh_directory();
  std::vector<std::pair<std::string, std::string>> environment = {{"STANDIN_DEADLINE_MS", "300"}};
  for (const char* name : {"a", "b", "c"}) {
    std::filesystem::create_directories(folder / name);
    auto own = environment;
    own.emplace_back("NCCL_LOG", (folder / name).string());
    if (*name == 'c') own.emplace_back("STANDIN_FAULT", "count rank=1 call=2 value=2");
    run_ranks({.ranks = 2, .environment = own}, a_program);
  }
  EXPECT_EQ(file_text(folder / "a" / "rank0.nccl"),
            "reducecheck.calls/1\nGetUniqueId\nCommInit comm=0 ranks=2 rank=0\n"
            "AllReduce comm=0 seq=0 count=4 type=float32 redop=sum stream=0 place=in\n"
            "Broadcast comm=0 seq=1 count=4 type=float32 root=1 stream=0 place=out\n"
            "AllReduce comm=0 seq=2 count=3 type=bfloat16 redop=max stream=0 place=in\n"
            "CommDestroy comm=0\n");
  EXPECT_EQ(told(real::diff_nccl_logs(folder / "a", folder / "b"), "A", "B"),
            "2 ranks, 11 calls: equal\n");
  EXPECT_EQ(told(real::diff_nccl_logs(folder / "a", folder / "c"), "A", "C"),
            "rank 1: count differs: 3 and 2\n"
            "  A:5: AllReduce comm=0 seq=2 count=3 type=bfloat16 redop=max stream=0 place=in\n"
            "  C:5: AllReduce comm=0 seq=2 count=2 type=bfloat16 redop=max stream=0 place=in\n");
}

}  // namespace
}  // namespace reducecheck::standin
