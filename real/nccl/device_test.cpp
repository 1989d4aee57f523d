// SPDX-License-Identifier: Apache-2.0
// What a rank gives back to its device, and that it gives back nothing when it gives up. Over the
// stand-in, in a process of its own, because a process gives up once.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "real/calls/call_log.hpp"
#include "real/nccl/device.hpp"

namespace reducecheck::real {
namespace {

constexpr int stuck_milliseconds = 1500;
constexpr int at_once_milliseconds = 700;

std::size_t free_bytes() {
  std::size_t free = 0;
  std::size_t total = 0;
  cudaMemGetInfo(&free, &total);
  return free;
}

/// A buffer and a stream that is busy for a while go out of scope. 0: they were not waited for and
/// nothing was given back; 1: they were, and all was.
int gone_with_a_busy_stream(bool gives_up) {
  const std::size_t before = free_bytes();
  const std::int64_t begin = steady_milliseconds();
  {
    DeviceScratch scratch;
    scratch.in.reserve(1 << 20);
    const auto busy = [](void*) {
      std::this_thread::sleep_for(std::chrono::milliseconds(stuck_milliseconds));
    };
    cudaLaunchHostFunc(scratch.stream.get(), busy, nullptr);
    if (gives_up) abandon_device();
  }
  const bool waited = steady_milliseconds() - begin >= stuck_milliseconds;
  const bool at_once = steady_milliseconds() - begin < at_once_milliseconds;
  if (waited && free_bytes() == before) return 1;
  return at_once && free_bytes() < before ? 0 : 2;
}

int in_a_process(bool gives_up) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(gone_with_a_busy_stream(gives_up));
  int raw = 0;
  ::waitpid(child, &raw, 0);
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
}

TEST(Device, IsWaitedForAtTheEndAndNotByARankThatGivesUp) {
  EXPECT_EQ(in_a_process(true), 0);
  EXPECT_EQ(in_a_process(false), 1);
}

}  // namespace
}  // namespace reducecheck::real
