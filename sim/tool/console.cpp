// SPDX-License-Identifier: Apache-2.0
#include "sim/tool/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

namespace reducecheck::tool {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool forced() {
  const char* value = std::getenv("CLICOLOR_FORCE");
  return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

bool is_dumb() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::strcmp(terminal, "dumb") == 0;
}

struct ProgressState {
  std::mutex mutex;
  std::chrono::steady_clock::time_point shown{};
};

}  // namespace

void Console::write_stdout(std::string_view text) {
  if (closed_ || text.empty()) return;
  errno = 0;
  const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0) return;
  closed_ = true;
  if (errno != EPIPE) failure_ = std::strerror(errno);
}

void Console::result(std::string_view text) {
  if (results_to_stderr_) {
    note(text);
  } else {
    write_stdout(text);
  }
}

void Console::report(std::string_view text) {
  write_stdout(text);
}

void Console::note(std::string_view text) {
  // Nothing can be done, and nobody told, when standard error fails.
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
  static_cast<void>(std::fflush(stderr));
}

bool Console::colour() const {
  if (colour_ != ColourMode::automatic) return colour_ == ColourMode::always;
  if (is_set("NO_COLOR")) return false;
  if (forced()) return true;
  return isatty(results_to_stderr_ ? STDERR_FILENO : STDOUT_FILENO) == 1 && !is_dumb();
}

std::function<void(std::size_t, std::size_t)> progress_line(std::string label) {
  if (isatty(STDERR_FILENO) != 1 || is_dumb()) return {};
  auto state = std::make_shared<ProgressState>();
  return [state, label = std::move(label)](std::size_t done, std::size_t all) {
    const std::lock_guard lock(state->mutex);
    const auto now = std::chrono::steady_clock::now();
    if (now - state->shown < std::chrono::milliseconds(100)) return;
    state->shown = now;
    const std::string line = fmt::format("\r\x1b[K{} of {} cells  {:.60}", done, all, label);
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
  };
}

void clear_progress_line() {
  if (isatty(STDERR_FILENO) == 1 && !is_dumb()) static_cast<void>(std::fputs("\r\x1b[K", stderr));
}

}  // namespace reducecheck::tool
