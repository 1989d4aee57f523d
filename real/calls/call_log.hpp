// SPDX-License-Identifier: Apache-2.0
// What a rank was doing, in a file that outlives it: one line an event, each written at once, so
// that a supervisor knows where a rank stood when it died.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck::real {

enum class CallEvent : std::uint8_t {
  start,  // text: the process id
  enter,  // text: the call
  leave,
  mismatch,    // text: what did not match; the rank gives up
  failure,     // text: who did not come, or what the library said; the rank gives up
  terminated,  // by a signal that asks for it: somebody else ended the job
  end,         // everything was done
};

/// The variable that names the folder of the logs; without it nothing is written.
inline constexpr const char* call_log_variable = "REDUCECHECK_CALL_LOG";

/// Writes the log of one rank. One for a process: it also catches SIGTERM, to leave a last word.
class CallLog {
 public:
  /// Into the folder that the environment names, or nowhere.
  explicit CallLog(int rank);
  ~CallLog();
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;

  void write(CallEvent event, std::string_view text = "");

  /// The open file, or -1.
  [[nodiscard]] int file() const { return file_; }

 private:
  int file_ = -1;
};

struct LoggedEvent {
  CallEvent event = CallEvent::start;
  std::int64_t milliseconds = 0;  // of the system's steady clock
  std::string text;
};

/// The events of `rank` so far; a last line that is not whole is left away. Nothing where the rank
/// has not begun.
std::vector<LoggedEvent> read_call_log(const std::filesystem::path& folder, int rank);

/// The clock of the events.
std::int64_t steady_milliseconds();

}  // namespace reducecheck::real
