// SPDX-License-Identifier: Apache-2.0
// Internal to real/supervise: what the call logs say of each rank, and who is to blame.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "real/calls/call_log.hpp"
#include "real/supervise/supervise.hpp"

namespace reducecheck::real {

enum class ProcessState { running, stopped, gone };

/// Where a rank stands.
struct RankState {
  int rank = 0;
  pid_t process = 0;  // 0: it has not begun
  ProcessState state = ProcessState::gone;
  CallEvent last = CallEvent::start;
  std::int64_t since = 0;  // when that was
  std::string call;        // the last it entered
  std::size_t calls = 0;   // it entered so far
  std::string said;        // when it gave up
};

/// By the letter that the kernel has for it. A rank on another machine looks gone.
ProcessState process_state(pid_t process);

/// Where a rank stood: `in its call 2, all_reduce of 24 fp32, sum`.
std::string place_told(const RankState& rank);

std::vector<RankState> rank_states(const std::filesystem::path& logs, int ranks);

/// Whether some rank has been in one call for longer than the deadline, or none has begun within it
/// after `begin`.
bool overdue(const std::vector<RankState>& ranks, std::int64_t begin, int deadline_milliseconds);

/// Who failed. `late`: the job did not end by itself.
JobReport judged(const std::vector<RankState>& ranks, int status, bool late);

}  // namespace reducecheck::real
