// SPDX-License-Identifier: Apache-2.0
// Where time goes: code says which phase it is in, and a profile sums the seconds of each.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace reducecheck {

enum class Phase : std::uint8_t {
  reading,      // files, to scenarios
  lowering,     // programs, to plans of steps
  weights,      // contents of weights
  contraction,  // products with them
  collectives,  // sums over ranks, gathers, exchanges
  other_steps,  // of an interpreter
  explaining,   // tangents, and the class of a defect
  comparing,    // floating runs and their certificates
  judging,      // outputs, expectations, conditions
  proving,      // for all sizes
  reporting,    // tables and files
};

namespace detail {

inline constinit std::atomic<bool> profiling{false};

/// The phase this thread was in.
Phase enter_phase(Phase phase);
void leave_phase(Phase before);

}  // namespace detail

/// From here on time is noted, by every thread. Off, a phase costs a test of one flag.
void start_profile();

/// The rest of the block is in a phase; time in phases that it enters is theirs alone.
class InPhase {
 public:
  explicit InPhase(Phase phase) : noted_(detail::profiling.load(std::memory_order_relaxed)) {
    if (noted_) before_ = detail::enter_phase(phase);
  }
  ~InPhase() {
    if (noted_) detail::leave_phase(before_);
  }
  InPhase(const InPhase&) = delete;
  InPhase& operator=(const InPhase&) = delete;

 private:
  bool noted_;
  Phase before_ = Phase::judging;
};

/// A line a phase with its seconds, summed over threads, and its share of all; threads that have
/// ended and the calling one count. Phases in which no time was spent are shown too.
std::string profile_text();

}  // namespace reducecheck
