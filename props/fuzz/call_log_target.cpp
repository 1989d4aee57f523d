// SPDX-License-Identifier: Apache-2.0
// Logs of a rank's calls: every whole line that is an event is read as that event, in order, and
// nothing else is; the last line of a rank that died while it wrote is none.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "props/fuzz/memory_file.hpp"
#include "real/calls/call_log.hpp"

namespace reducecheck::fuzz {
namespace {

using real::LoggedEvent;

constexpr std::array<std::string_view, 7> words = {"start",   "enter",      "leave", "mismatch",
                                                   "failure", "terminated", "end"};

/// A folder with the log of one rank, which is gone when the process ends well.
class LogFolder {
 public:
  LogFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("reducecheck_fuzz_calls." + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
    std::filesystem::create_symlink(file_.path(), path_ / "rank0.calls");
  }
  ~LogFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  LogFolder(const LogFolder&) = delete;
  LogFolder& operator=(const LogFolder&) = delete;

  /// What the reader makes of the text. The planted one ends a last line itself.
  [[nodiscard]] std::vector<LoggedEvent> read(std::string_view text) const {
    file_.fill(planted ? std::string(text) + '\n' : std::string(text));
    return real::read_call_log(path_, 0);
  }

 private:
  MemoryFile file_;
  std::filesystem::path path_;
};

/// The event that the line is by the format, `WORD MILLISECONDS TEXT`; none where it is no event.
std::optional<LoggedEvent> event_in(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t second = first == line.npos ? line.npos : line.find(' ', first + 1);
  const auto word = std::ranges::find(words, line.substr(0, first));
  if (second == line.npos || word == words.end()) return std::nullopt;
  LoggedEvent event;
  event.event = static_cast<real::CallEvent>(word - words.begin());
  event.text = line.substr(second + 1);
  const char* const end = line.data() + second;
  const auto number = std::from_chars(line.data() + first + 1, end, event.milliseconds);
  if (number.ec != std::errc() || number.ptr != end) return std::nullopt;
  return event;
}

bool same(const LoggedEvent& a, const LoggedEvent& b) {
  return a.event == b.event && a.text == b.text && a.milliseconds == b.milliseconds;
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck::fuzz;
  static const LogFolder folder;
  std::string_view text = text_of(data, size);
  const std::vector<LoggedEvent> events = folder.read(text);
  std::size_t next = 0;
  for (std::size_t end = 0; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    const auto expected = event_in(text.substr(0, end));
    if (!expected) continue;
    require(next < events.size() && same(events[next], *expected),
            "an event is read as another one");
    ++next;
  }
  require(next == events.size(), "an event is read that no whole line says");
  return 0;
}
