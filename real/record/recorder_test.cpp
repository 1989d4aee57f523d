// SPDX-License-Identifier: Apache-2.0
// The recorder before the real NCCL: calls are logged and handed on. Without a GPU the
// communicator cannot be made, which NCCL itself must say.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <string>

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

}  // namespace
}  // namespace reducecheck::real
