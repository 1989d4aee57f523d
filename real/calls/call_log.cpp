// SPDX-License-Identifier: Apache-2.0
#include "real/calls/call_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>

namespace reducecheck::real {
namespace {

constexpr std::array<std::string_view, 7> event_words = {
    "start", "enter", "leave", "mismatch", "failure", "terminated", "end"};

std::filesystem::path log_file(const std::filesystem::path& folder, int rank) {
  return folder / fmt::format("rank{}.calls", rank);
}

/// For the handler of a signal, which may use nothing else.
volatile std::sig_atomic_t log_of_handler = -1;

void last_word(int signal) {
  static constexpr char word[] = "terminated 0 \n";
  if (log_of_handler >= 0) {
    const auto written = ::write(log_of_handler, word, sizeof word - 1);
    static_cast<void>(written);
  }
  ::_exit(128 + signal);
}

}  // namespace

std::int64_t steady_milliseconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

CallLog::CallLog(int rank) {
  const char* folder = std::getenv(call_log_variable);
  if (folder == nullptr) return;
  file_ = ::open(log_file(folder, rank).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  log_of_handler = file_;
  if (file_ >= 0) static_cast<void>(std::signal(SIGTERM, last_word));
  write(CallEvent::start, fmt::format("{}", ::getpid()));
}

CallLog::~CallLog() {
  log_of_handler = -1;
  if (file_ >= 0) ::close(file_);
}

void CallLog::write(CallEvent event, std::string_view text) {
  if (file_ < 0) return;
  std::string line = fmt::format("{} {} {}", event_words[static_cast<std::size_t>(event)],
                                 steady_milliseconds(), text);
  std::ranges::replace(line, '\n', ' ');
  line += '\n';
  // One call, so that a rank that dies leaves whole lines. A full disk loses the report only.
  const auto written = ::write(file_, line.data(), line.size());
  static_cast<void>(written);
}

std::vector<LoggedEvent> read_call_log(const std::filesystem::path& folder, int rank) {
  std::ifstream stream(log_file(folder, rank));
  std::vector<LoggedEvent> events;
  std::string line;
  while (std::getline(stream, line) && !stream.eof()) {
    const std::size_t first = line.find(' ');
    const std::size_t second = line.find(' ', first + 1);
    const auto word = std::ranges::find(event_words, std::string_view(line).substr(0, first));
    if (word == event_words.end() || second == std::string::npos) continue;
    std::int64_t time = 0;
    const char* const end = line.data() + second;
    const auto number = std::from_chars(line.data() + first + 1, end, time);
    if (number.ec != std::errc() || number.ptr != end) continue;
    events.push_back(
        {static_cast<CallEvent>(word - event_words.begin()), time, line.substr(second + 1)});
  }
  return events;
}

}  // namespace reducecheck::real
