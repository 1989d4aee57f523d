// SPDX-License-Identifier: Apache-2.0
// Runs the threads of a grid on one processor: blocks one after the other, the threads of a block
// each on a stack of its own, from barrier to barrier in an order that a seed draws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <vector>

#include "kernels/host/fiber.hpp"
#include "kernels/host/memory.hpp"
#include "kernels/host/schedule.hpp"

namespace reducecheck::kernels::host {

/// A grid of one dimension.
struct Grid {
  std::uint32_t blocks = 1;
  std::uint32_t threads = 32;  // of a block: a multiple of 32, at most 1024
  std::size_t shared_bytes = 0;
};

class Context;

/// Memory of a block, the same for all its threads.
struct SharedRequest {
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::byte* data = nullptr;
  std::unique_ptr<Region> region;
  std::vector<Cell> cells;
};

class Executor {
 public:
  /// Throws LaunchError when no device could run such a grid.
  Executor(std::string kernel, const Grid& grid, const Schedule& schedule);

  /// Runs `body` for every thread. Throws: Fault, after which the buffers hold anything.
  void run(Memory& memory, const std::function<void(Context&)>& body);

 private:
  friend class Context;

  enum class Wait : std::uint8_t { nothing, barrier, shuffle };

  struct Thread {
    Wait wait = Wait::nothing;
    Fiber* fiber = nullptr;  // on which it waits
    std::source_location at;
    std::size_t shared_requests = 0;
    std::uint64_t sent = 0;  // through a shuffle
    std::uint64_t received = 0;
    std::uint32_t mask = 0;
  };

  // Of threads, on their fibers.
  void wait(Wait what, const std::source_location& at);
  const SharedRequest& request(std::size_t count, std::size_t bytes);
  Thread& current() { return threads_[running_]; }

  // Of the scheduler.
  void run_block(std::uint32_t block);
  void run_threads();
  void run_thread(std::uint32_t thread);
  void start_all();
  void resume_all(const std::vector<std::uint32_t>& ready);
  std::vector<std::uint32_t> released();
  void pass_barrier(std::uint32_t arrived);
  void exchange(std::uint32_t first, std::uint32_t lanes);
  void abandon();
  std::vector<std::uint32_t> shuffled(std::uint32_t count);
  void shuffle(std::vector<std::uint32_t>& numbers);
  Fiber& idle_fiber();
  void switch_to(std::uint32_t thread);

  Grid grid_;
  std::uint64_t state_;  // of the draws
  bool by_number_;
  Watch watch_;
  const std::function<void(Context&)>* body_ = nullptr;
  std::function<void()> work_;

  std::vector<std::byte> shared_;
  std::size_t shared_used_ = 0;
  std::vector<std::unique_ptr<SharedRequest>> requests_;

  std::vector<Thread> threads_;
  std::vector<std::uint32_t> order_;
  std::size_t started_ = 0;
  std::uint32_t running_ = 0;
  Fiber* running_fiber_ = nullptr;  // while threads start
  std::size_t next_fiber_ = 0;      // before it none is idle
  std::exception_ptr fault_;
  bool abandoning_ = false;
};

}  // namespace reducecheck::kernels::host
