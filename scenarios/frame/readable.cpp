// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/toml_node.hpp"

namespace reducecheck {
namespace {

/// The length of the UTF-8 sequence at the start of `text`, or 0 if it is none (RFC 3629: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  const std::size_t length = first >= 0xC2U && first <= 0xDFU   ? 2
                             : first >= 0xE0U && first <= 0xEFU ? 3
                             : first >= 0xF0U && first <= 0xF4U ? 4
                                                                : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool wrong_range =
      (first == 0xE0U && byte(1) < 0xA0U) || (first == 0xEDU && byte(1) > 0x9FU) ||
      (first == 0xF0U && byte(1) < 0x90U) || (first == 0xF4U && byte(1) > 0x8FU);
  return wrong_range ? 0 : length;
}

bool is_text(std::string_view text, Diagnostics& diagnostics) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\0') {
      diagnostics.error(LineIndex(text).position(at), fmt::format("byte {} is NUL", at),
                        "a scenario is a text file");
      return false;
    }
    const std::size_t length = sequence_length(text.substr(at, 4));
    if (length == 0) {
      const unsigned byte = static_cast<unsigned char>(text[at]);
      diagnostics.error(LineIndex(text).position(at),
                        fmt::format("byte {} (0x{:02x}) is not valid UTF-8", at, byte),
                        "save the file as UTF-8");
      return false;
    }
    at += length;
  }
  return true;
}

/// Counts brackets and the parts of dotted keys outside of strings and comments. It agrees with
/// TOML up to the first syntax error, and there toml++ stops as well.
class NestingScan {
 public:
  NestingScan(std::string_view text, Diagnostics& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  bool run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (!count(c)) {
        return false;
      } else {
        ++at_;
      }
    }
    return true;
  }

 private:
  bool count(char c) {
    if (c == '.') {
      if (++dots_ < TomlLimits::key_parts) return true;
      refuse(fmt::format("a key of more than {} parts", TomlLimits::key_parts));
      return false;
    }
    if (std::string_view{"=,[]{}\n"}.find(c) != std::string_view::npos) dots_ = 0;
    if (c == ']' || c == '}') depth_ = std::max(0, depth_ - 1);
    if (c != '[' && c != '{') return true;
    if (++depth_ <= TomlLimits::nesting) return true;
    refuse(fmt::format("brackets nest {} deep; the limit is {}", depth_, TomlLimits::nesting));
    return false;
  }

  void refuse(std::string message) {
    diagnostics_.error(LineIndex(text_).position(at_), std::move(message));
  }

  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool several_lines = text_.substr(at_, 3) == three;
    const std::string_view close =
        several_lines ? std::string_view(three) : std::string_view(three).substr(0, 1);
    at_ += close.size();
    while (at_ < text_.size() && text_.substr(at_, close.size()) != close) {
      if (!several_lines && text_[at_] == '\n') return;
      at_ += quote == '"' && text_[at_] == '\\' ? 2U : 1U;
    }
    at_ = std::min(at_ + close.size(), text_.size());
    // Up to two more quotes belong to the end of a string of several lines.
    for (int more = 0; several_lines && more < 2 && text_.substr(at_, 1) == close.substr(0, 1);
         ++more) {
      ++at_;
    }
  }

  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int dots_ = 0;
};

}  // namespace

bool is_readable(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() > FrameLimits::file_bytes) {
    diagnostics.error({}, fmt::format("the file has {} bytes; the limit is {}", text.size(),
                                      FrameLimits::file_bytes));
    return false;
  }
  if (!is_text(text, diagnostics)) return false;
  if (text.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == std::string_view::npos) {
    diagnostics.error({},
                      "the file is empty; a scenario needs at least mesh, input, output, program");
    return false;
  }
  return NestingScan(text, diagnostics).run();
}

}  // namespace reducecheck
