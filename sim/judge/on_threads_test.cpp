// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/on_threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace reducecheck {
namespace {

TEST(Threads, AreNoMoreThanTasksAndAtLeastOne) {
  EXPECT_EQ(thread_count(8, 3), 3U);
  EXPECT_EQ(thread_count(2, 3), 2U);
  EXPECT_EQ(thread_count(2, 0), 1U);
  EXPECT_GE(thread_count(0, 64), 1U);
}

TEST(Threads, AllEndBeforeAnExceptionOfOneIsThrownHere) {
  std::atomic<int> ended = 0;
  const auto work = [&] {
    if (++ended == 2) throw std::runtime_error("one");
  };
  EXPECT_THROW(on_threads(4, work), std::runtime_error);
  EXPECT_EQ(ended, 4);
  ended = 10;
  on_threads(3, work);
  EXPECT_EQ(ended, 13);
}

}  // namespace
}  // namespace reducecheck
