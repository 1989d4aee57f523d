// SPDX-License-Identifier: Apache-2.0
#include "real/record/nccl_log.hpp"

#include <algorithm>
#include <charconv>

#include "scenarios/text/printable.hpp"

namespace reducecheck::real {
namespace {

constexpr std::size_t most_lines = 1'000'000;
constexpr std::size_t most_bytes_of_line = 1'000;
constexpr std::size_t most_errors = 100;

bool is_number(std::string_view text) {
  std::int64_t value = 0;
  std::uint64_t large = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc() && read.ptr == end) return true;
  const auto again = std::from_chars(text.data(), end, large);
  return again.ec == std::errc() && again.ptr == end;
}

/// What a value of `key` may be, if it is not a number.
std::span<const std::string> words_for(std::string_view key) {
  static const std::vector<std::string> places = {"in", "out"};
  if (key == "type") return nccl_type_names();
  if (key == "redop") return nccl_reduction_names();
  if (key == "place") return places;
  if (key == "call") return logged_operations();
  return {};
}

/// Reads one line; `number` is its own.
class LineReader {
 public:
  LineReader(std::string_view line, std::size_t number, Diagnostics& errors)
      : line_(line), number_(static_cast<std::uint32_t>(number)), errors_(errors) {}

  /// Whether the line is a call; else an error was left.
  bool read(NcclCall& call) {
    call.operation = word();
    const std::vector<std::string>* keys = call_fields(call.operation);
    if (keys == nullptr) {
      return error("expected an operation of NCCL, not " + back_quoted(call.operation),
                   did_you_mean(call.operation, logged_operations()));
    }
    for (const std::string& key : *keys) {
      if (!field(call, key)) return false;
    }
    if (at_ == line_.size()) return true;
    begin_ = at_ + 1;
    return error("expected the end of the line after " +
                 (keys->empty() ? call.operation : "`" + keys->back() + "`"));
  }

 private:
  /// The text up to the next blank.
  std::string word() {
    begin_ = at_;
    at_ = std::min(line_.find(' ', at_), line_.size());
    return std::string(line_.substr(begin_, at_ - begin_));
  }

  bool field(NcclCall& call, const std::string& key) {
    if (at_ == line_.size()) {
      begin_ = at_;
      return error("expected `" + key + "=`, found the end of the line");
    }
    ++at_;
    const std::string text = word();
    if (!text.starts_with(key + "=")) {
      return error("expected `" + key + "=`, not " + back_quoted(text));
    }
    const std::string value = text.substr(key.size() + 1);
    begin_ += key.size() + 1;
    const std::span<const std::string> words = words_for(key);
    const bool undecided = value == "unknown" || (key == "made" && value == "none");
    const bool valid = words.empty() ? is_number(value) : std::ranges::count(words, value) > 0;
    if (!valid && !undecided) {
      return error("expected " + (words.empty() ? "a number" : "a " + key) + " after `" + key +
                       "=`, not " + back_quoted(value),
                   did_you_mean(value, words));
    }
    call.fields.push_back({key, value});
    return true;
  }

  bool error(std::string message, std::string hint = "") {
    errors_.error({number_, static_cast<std::uint32_t>(begin_ + 1)}, std::move(message),
                  std::move(hint));
    return false;
  }

  std::string_view line_;
  std::uint32_t number_;
  Diagnostics& errors_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  // of the last word
};

}  // namespace

ParsedNcclLog parse_nccl_log(std::string_view text) {
  ParsedNcclLog log;
  std::size_t number = 0;
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) break;
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    const auto place = Position{static_cast<std::uint32_t>(number), 1};
    if (number == 1) {
      if (line == nccl_log_format) continue;
      log.errors.error(place, "expected " + back_quoted(nccl_log_format) +
                                  ", the first line of a log, not " + back_quoted(line));
      break;
    }
    if (number > most_lines) log.errors.error(place, "expected at most 1000000 lines");
    if (log.errors.size() >= most_errors || number > most_lines) break;
    if (line.size() > most_bytes_of_line) {
      log.errors.error(place, "expected a line of at most 1000 bytes");
      continue;
    }
    LoggedCall logged{number, {}};
    if (LineReader(line, number, log.errors).read(logged.call)) {
      log.calls.push_back(std::move(logged));
    }
  }
  if (number == 0) {
    log.errors.error({0, 0}, "expected " + back_quoted(nccl_log_format) + " as the first line");
  }
  return log;
}

}  // namespace reducecheck::real
