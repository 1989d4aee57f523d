// SPDX-License-Identifier: Apache-2.0
// Logs of calls read back and compared: the same program on the stand-in and on GPUs, or before a
// change and after it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "real/record/nccl_call.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck::real {

struct LoggedCall {
  std::size_t line = 0;  // counted from 1
  NcclCall call;
};

struct ParsedNcclLog {
  std::vector<LoggedCall> calls;
  Diagnostics errors;
};

/// The calls of a log's text. Every line that is not as it should be is an error with its place;
/// so is a text of more than a million lines, and a line of more than 1,000 bytes. A last line
/// without its end is left away: the rank died while it wrote.
ParsedNcclLog parse_nccl_log(std::string_view text);

/// Where two logs of a rank part.
struct CallDifference {
  int rank = 0;
  std::size_t line_a = 0;  // 0: there is none
  std::size_t line_b = 0;
  std::string call_a;
  std::string call_b;
  std::string what;  // `count differs: 1000 and 999`, `only in A`, `in another order`
};

struct NcclLogDiff {
  std::vector<CallDifference> differences;
  std::size_t ranks = 0;            // compared
  std::size_t calls = 0;            // equal in both
  std::vector<std::string> errors;  // of files, for people; nothing was compared if there are any
};

/// Compares two logs, or two folders with the logs of all ranks. After 20 differences of a rank the
/// rest of it is not looked at.
NcclLogDiff diff_nccl_logs(const std::filesystem::path& a, const std::filesystem::path& b);

/// The difference for people, one paragraph for each rank and place; `a` and `b` name the two.
std::string told(const NcclLogDiff& diff, std::string_view a, std::string_view b);

}  // namespace reducecheck::real
