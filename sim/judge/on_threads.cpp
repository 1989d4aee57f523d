// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/on_threads.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace reducecheck {

std::size_t thread_count(int wanted, std::size_t tasks) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(wanted > 0 ? static_cast<std::size_t>(wanted) : cores, 1,
                                 std::max<std::size_t>(1, tasks));
}

void on_threads(std::size_t threads, const std::function<void()>& work) {
  std::exception_ptr thrown;
  std::once_flag first;
  const auto guarded = [&] {
    try {
      work();
    } catch (...) {
      std::call_once(first, [&] { thrown = std::current_exception(); });
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(guarded);
    guarded();
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace reducecheck
