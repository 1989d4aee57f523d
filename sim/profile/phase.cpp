// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/phase.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <mutex>
#include <string_view>
#include <utility>

namespace reducecheck {
namespace {

using PhaseClock = std::chrono::steady_clock;
using PhaseSeconds = std::array<double, 11>;

constexpr std::array<std::string_view, 11> phase_names = {
    "reading",    "lowering",  "weights", "contraction", "collectives", "other steps",
    "explaining", "comparing", "judging", "proving",     "reporting"};

std::mutex ended_mutex;
PhaseSeconds of_ended{};  // of threads that have ended

/// What one thread has spent; handed over when it ends.
class ThreadPhases {
 public:
  ThreadPhases() = default;
  ~ThreadPhases() { hand_over(); }
  ThreadPhases(const ThreadPhases&) = delete;
  ThreadPhases& operator=(const ThreadPhases&) = delete;

  Phase become(Phase phase, bool was_in_one, bool is_in_one) {
    const PhaseClock::time_point now = PhaseClock::now();
    if (was_in_one) {
      const std::chrono::duration<double> spent = now - since_;
      seconds_[static_cast<std::size_t>(phase_)] += spent.count();
    }
    since_ = now;
    depth_ += is_in_one ? 1 : -1;
    return std::exchange(phase_, phase);
  }

  [[nodiscard]] int depth() const { return depth_; }

  void hand_over() {
    const std::lock_guard lock(ended_mutex);
    for (std::size_t i = 0; i < seconds_.size(); ++i) of_ended[i] += std::exchange(seconds_[i], 0);
  }

 private:
  PhaseSeconds seconds_{};
  Phase phase_ = Phase::judging;
  int depth_ = 0;  // of blocks within blocks
  PhaseClock::time_point since_;
};

ThreadPhases& of_this_thread() {
  static thread_local ThreadPhases phases;
  return phases;
}

}  // namespace

namespace detail {

Phase enter_phase(Phase phase) {
  ThreadPhases& mine = of_this_thread();
  return mine.become(phase, mine.depth() > 0, true);
}

void leave_phase(Phase before) {
  of_this_thread().become(before, true, false);
}

}  // namespace detail

void start_profile() {
  detail::profiling.store(true);
}

std::string profile_text() {
  of_this_thread().hand_over();
  const std::lock_guard lock(ended_mutex);
  double all = 0;
  for (const double seconds : of_ended) all += seconds;
  std::string text = "profile: seconds of all threads, and share\n";
  for (std::size_t i = 0; i < of_ended.size(); ++i) {
    text += fmt::format("  {:<12}{:>9.3f} s{:>7.1f} %\n", phase_names[i], of_ended[i],
                        all > 0 ? 100 * of_ended[i] / all : 0.0);
  }
  return text + fmt::format("  {:<12}{:>9.3f} s\n", "in all", all);
}

}  // namespace reducecheck
