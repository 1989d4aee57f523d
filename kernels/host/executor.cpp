// SPDX-License-Identifier: Apache-2.0
#include "kernels/host/executor.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "kernels/body/contents.hpp"
#include "kernels/host/context.hpp"

namespace reducecheck::kernels::host {
namespace {

constexpr std::uint32_t warp = 32;
constexpr std::uint32_t most_threads = 1024;
constexpr std::size_t most_shared_bytes = 48 * 1024;

/// Takes a thread that waits off its stack.
struct Abandoned {};

/// Stacks are kept for the next launch on this thread of the process.
std::vector<std::unique_ptr<Fiber>>& fiber_pool() {
  thread_local std::vector<std::unique_ptr<Fiber>> fibers;
  return fibers;
}

bool same_place(const std::source_location& a, const std::source_location& b) {
  return a.line() == b.line() && a.column() == b.column() &&
         std::string_view(a.file_name()) == b.file_name();
}

}  // namespace

Executor::Executor(std::string kernel, const Grid& grid, const Schedule& schedule)
    : grid_(grid), state_(mixed(schedule.seed)), by_number_(schedule.seed == 0) {
  watch_.kernel = std::move(kernel);
  watch_.races = schedule.races;
  watch_.accesses_left = schedule.most_accesses;
  const bool whole_warps = grid.threads > 0 && grid.threads % warp == 0;
  if (!whole_warps || grid.threads > most_threads || grid.blocks == 0 ||
      grid.blocks > 0x7fffffffU || grid.shared_bytes > most_shared_bytes) {
    throw LaunchError("kernel `" + watch_.kernel + "`: no grid of " + std::to_string(grid.blocks) +
                      " blocks of " + std::to_string(grid.threads) + " threads with " +
                      std::to_string(grid.shared_bytes) + " bytes of shared memory");
  }
}

void Executor::run(Memory& memory, const std::function<void(Context&)>& body) {
  body_ = &body;
  work_ = [this] { run_threads(); };
  memory.attach(watch_);
  for (const std::uint32_t block : shuffled(grid_.blocks)) run_block(block);
}

void Executor::run_block(std::uint32_t block) {
  watch_.now = {static_cast<std::int32_t>(block), 0, 0};
  shared_.assign(grid_.shared_bytes, std::byte{0xff});
  shared_used_ = 0;
  requests_.clear();
  threads_.assign(grid_.threads, Thread{});
  order_ = shuffled(grid_.threads);
  started_ = 0;
  next_fiber_ = 0;
  try {
    start_all();
    for (auto ready = released(); !ready.empty(); ready = released()) resume_all(ready);
  } catch (...) {
    abandon();
    throw;
  }
}

/// Every thread runs to its first wait, or to its end.
void Executor::start_all() {
  while (started_ < order_.size()) {
    idle_fiber().resume(work_);
    if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
  }
}

void Executor::resume_all(const std::vector<std::uint32_t>& ready) {
  for (const std::uint32_t thread : ready) {
    switch_to(thread);
    if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
  }
}

void Executor::switch_to(std::uint32_t thread) {
  running_ = thread;
  watch_.now.thread = static_cast<std::int32_t>(thread);
  threads_[thread].wait = Wait::nothing;
  threads_[thread].fiber->resume(work_);
}

/// On a fiber: the threads that have not begun, until one waits. The fiber is then that thread's.
void Executor::run_threads() {
  while (started_ < order_.size() && !fault_ && !abandoning_) run_thread(order_[started_++]);
}

void Executor::run_thread(std::uint32_t thread) {
  running_ = thread;
  watch_.now.thread = static_cast<std::int32_t>(thread);
  try {
    Context context(*this);
    (*body_)(context);
  } catch (const Abandoned&) {
  } catch (...) {
    fault_ = std::current_exception();
  }
}

void Executor::wait(Wait what, const std::source_location& at) {
  const std::uint32_t thread = running_;
  Thread& own = threads_[thread];
  own.wait = what;
  own.at = at;
  if (own.fiber == nullptr) own.fiber = running_fiber_;
  own.fiber->suspend();
  if (abandoning_) throw Abandoned{};
}

/// Threads that may go on: those of warps that came to a shuffle together, else all of a block that
/// came to a barrier together. None when all have ended.
std::vector<std::uint32_t> Executor::released() {
  std::vector<std::uint32_t> ready;
  std::uint32_t at_barrier = 0;
  for (std::uint32_t first = 0; first < grid_.threads; first += warp) {
    std::uint32_t shuffling = 0;
    for (std::uint32_t t = first; t < first + warp; ++t) {
      if (threads_[t].wait == Wait::shuffle) ++shuffling;
      if (threads_[t].wait == Wait::barrier) ++at_barrier;
    }
    if (shuffling == 0) continue;
    exchange(first, shuffling);
    for (std::uint32_t t = first; t < first + warp; ++t) ready.push_back(t);
  }
  if (ready.empty() && at_barrier > 0) {
    pass_barrier(at_barrier);
    ready.resize(grid_.threads);
    std::iota(ready.begin(), ready.end(), 0U);
  }
  shuffle(ready);
  return ready;
}

void Executor::pass_barrier(std::uint32_t arrived) {
  watch_.now.thread = Access::nobody;
  if (arrived < grid_.threads) {
    watch_.fault(FaultKind::divergent_barrier, "divergent barrier: " + std::to_string(arrived) +
                                                   " of " + std::to_string(grid_.threads) +
                                                   " threads came to it, the others ended");
  }
  for (const Thread& thread : threads_) {
    if (same_place(thread.at, threads_[0].at)) continue;
    watch_.fault(FaultKind::divergent_barrier,
                 "divergent barrier: threads came to line " + std::to_string(thread.at.line()) +
                     " and to line " + std::to_string(threads_[0].at.line()));
  }
  ++watch_.now.phase;
}

void Executor::exchange(std::uint32_t first, std::uint32_t lanes) {
  watch_.now.thread = static_cast<std::int32_t>(first);
  if (lanes < warp) {
    watch_.fault(FaultKind::divergent_shuffle,
                 "divergent shuffle: " + std::to_string(lanes) + " of 32 lanes came to it");
  }
  const std::uint32_t mask = threads_[first].mask;
  for (std::uint32_t lane = 0; lane < warp; ++lane) {
    Thread& own = threads_[first + lane];
    if (own.mask != mask || mask >= warp || !same_place(own.at, threads_[first].at)) {
      watch_.fault(FaultKind::divergent_shuffle,
                   "divergent shuffle: lanes came to different ones, or with other masks");
    }
    own.received = threads_[first + (lane ^ mask)].sent;
  }
}

void Executor::abandon() {
  abandoning_ = true;
  for (std::uint32_t t = 0; t < grid_.threads; ++t) {
    if (threads_[t].wait != Wait::nothing) switch_to(t);
  }
  abandoning_ = false;
  fault_ = nullptr;
}

const SharedRequest& Executor::request(std::size_t count, std::size_t bytes) {
  const std::size_t number = current().shared_requests++;
  if (number < requests_.size()) {
    const SharedRequest& known = *requests_[number];
    if (known.count == count && known.bytes == bytes) return known;
    watch_.fault(FaultKind::shared_memory, "request " + std::to_string(number + 1) +
                                               " for shared memory is of " + std::to_string(count) +
                                               " elements, another thread's of " +
                                               std::to_string(known.count));
  }
  if (count > (grid_.shared_bytes - shared_used_) / bytes) {
    watch_.fault(FaultKind::shared_memory, "the launch gave " + std::to_string(grid_.shared_bytes) +
                                               " bytes of shared memory, " +
                                               std::to_string(shared_used_) + " are taken, and " +
                                               std::to_string(count * bytes) + " more are wanted");
  }
  auto made = std::make_unique<SharedRequest>();
  made->count = count;
  made->bytes = bytes;
  made->data = shared_.data() + shared_used_;
  made->cells.resize(count);
  const std::string name = "shared memory " + std::to_string(number + 1);
  made->region = std::make_unique<Region>(name, made->data, count, bytes, true);
  made->region->attach(&watch_, made->cells.data(), 1, true);
  // The next begins where every type may.
  shared_used_ = std::min((shared_used_ + count * bytes + 15) / 16 * 16, grid_.shared_bytes);
  requests_.push_back(std::move(made));
  return *requests_.back();
}

std::vector<std::uint32_t> Executor::shuffled(std::uint32_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  shuffle(numbers);
  return numbers;
}

void Executor::shuffle(std::vector<std::uint32_t>& numbers) {
  if (by_number_) return;
  for (std::size_t left = numbers.size(); left > 1; --left) {
    state_ += weyl_step;
    std::swap(numbers[left - 1], numbers[mixed(state_) % left]);
  }
}

Fiber& Executor::idle_fiber() {
  std::vector<std::unique_ptr<Fiber>>& pool = fiber_pool();
  while (next_fiber_ < pool.size() && !pool[next_fiber_]->idle()) ++next_fiber_;
  if (next_fiber_ == pool.size()) pool.push_back(std::make_unique<Fiber>());
  running_fiber_ = pool[next_fiber_].get();
  return *running_fiber_;
}

}  // namespace reducecheck::kernels::host
