// SPDX-License-Identifier: Apache-2.0
// The recorder before the real NCCL: calls are logged and handed on. Without a GPU the
// communicator cannot be made, which NCCL itself must say.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "real/record/late_nccl_test.hpp"
#include "real/record/nccl_log_writer.hpp"
#include "scenarios/text/files_test.hpp"

namespace reducecheck::real {
namespace {

TEST(Recorder, LogsAndHandsOn) {
  const std::filesystem::path folder = fresh_directory();
  const std::string command = "LD_PRELOAD=" + std::string(REDUCECHECK_RECORDER) + " " +
                              nccl_log_variable + "=" + folder.string() +
                              "/log NCCL_SOCKET_IFNAME=lo " + REDUCECHECK_RECORDER_PROBE + " > " +
                              (folder / "out").string();
  std::filesystem::create_directories(folder / "log");
  const int raw = std::system(command.c_str());
  ASSERT_TRUE(WIFEXITED(raw));
  const int made = WEXITSTATUS(raw);
  const std::string begin =
      "reducecheck.calls/1\nGetVersion\nGetUniqueId\nCommInit comm=0 ranks=1 rank=0\n";
  const std::string end = made == 0 ? "CommDestroy comm=0\n"
                                    : "Failed call=CommInit result=" + std::to_string(made) + "\n";
  EXPECT_LT(made, 8);
  EXPECT_EQ(file_text(folder / "log" / "rank0.nccl"), begin + end);
  EXPECT_EQ(file_text(folder / "out").substr(0, 1), "2");  // NCCL 2
}

/// Through the recorder that is linked into this test, over a library that gives handles late.
TEST(Recorder, NamesCommunicatorsWhoseHandlesComeLater) {
  const std::filesystem::path folder = fresh_directory();
  ::setenv(nccl_log_variable, folder.c_str(), 1);
  ncclComm_t world = nullptr;
  ASSERT_EQ(ncclCommInitRankConfig(&world, 2, {}, 0, nullptr), ncclInProgress);
  ncclComm_t taken[2] = {};
  {
    static ncclComm_t made[2] = {};  // lives on, so that what is written to it below is there
    for (ncclComm_t& one : made) {
      ASSERT_EQ(ncclCommSplit(world, 0, 0, &one, nullptr), ncclInProgress);
    }
    ncclResult_t state = ncclInProgress;
    while (state == ncclInProgress) ncclCommGetAsyncError(world, &state);
    for (int i : {0, 1}) taken[i] = made[i];
    for (ncclComm_t& one : made) one = nullptr;  // where they were is something else now
  }
  for (int i : {0, 1}) EXPECT_EQ(taken[i], late_handle(i + 1));
  float number = 0;
  for (ncclComm_t comm : {taken[1], taken[0], world}) {
    ncclAllReduce(&number, &number, 1, ncclFloat32, ncclSum, comm, nullptr);
    ncclCommDestroy(comm);
  }
  ::unsetenv(nccl_log_variable);
  std::string expected = "reducecheck.calls/1\nCommInit comm=0 ranks=2 rank=0\n";
  for (const char* made : {"1", "2"}) {
    expected += "CommSplit comm=0 color=0 key=0 made=" + std::string(made) + "\n";
  }
  for (const char* call : {"2 seq=0", "1 seq=0", "0 seq=2"}) {  // a split counts as a collective
    expected += "AllReduce comm=" + std::string(call) +
                " count=1 type=float32 redop=sum stream=0 place=in\nCommDestroy comm=" + call[0] +
                "\n";
  }
  EXPECT_EQ(file_text(folder / "rank0.nccl"), expected);
}

}  // namespace
}  // namespace reducecheck::real
