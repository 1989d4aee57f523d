// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/toml_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace reducecheck {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t widest_column = 20;  // longer keys do not push all values to the right

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20U || byte == 0x7FU;
}

/// True if `text` can stand between single quotes as it is: nothing is escaped there.
bool is_literal(std::string_view text, bool several_lines) {
  return std::ranges::none_of(
      text, [&](char c) { return is_control(c) && c != '\t' && !(several_lines && c == '\n'); });
}

std::string escaped(std::string_view text, bool several_lines) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += several_lines ? "\n" : "\\n";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        result += is_control(c) ? fmt::format("\\u{:04X}", static_cast<unsigned char>(c))
                                : std::string(1, c);
    }
  }
  return result;
}

}  // namespace

std::string toml_key(std::string_view key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? std::string(key) : fmt::format("\"{}\"", escaped(key, false));
}

std::string toml_string(std::string_view text) {
  const bool saves = text.find_first_of("\"\\") != std::string_view::npos;
  if (saves && text.find('\'') == std::string_view::npos && is_literal(text, false)) {
    return fmt::format("'{}'", text);
  }
  return fmt::format("\"{}\"", escaped(text, false));
}

std::string toml_text(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return toml_string(text);
  // A quote at the end would merge with the closing ones.
  const bool literal =
      text.find("'''") == std::string_view::npos && !text.ends_with('\'') && is_literal(text, true);
  if (literal) return fmt::format("'''\n{}'''", text);
  return fmt::format("\"\"\"\n{}\"\"\"", escaped(text, true));
}

std::string toml_list(const std::vector<std::string>& values) {
  return fmt::format("[{}]", fmt::join(values, ", "));
}

void TomlTable::add(std::string_view key, std::string value) {
  entries_.push_back({toml_key(key), std::move(value)});
}

std::string TomlTable::in_line(std::string_view name) const {
  std::vector<std::string> parts;
  for (const Entry& entry : entries_) {
    if (entry.value.find('\n') != std::string::npos) return "";
    parts.push_back(fmt::format("{} = {}", entry.key, entry.value));
  }
  std::string line = fmt::format("{:<6} = {{ {} }}\n", name, fmt::join(parts, ", "));
  return line.size() > line_width + 1 ? "" : line;
}

std::string TomlTable::as_section(std::string_view name) const {
  std::size_t column = 0;
  for (const Entry& entry : entries_) {
    if (entry.key.size() <= widest_column) column = std::max(column, entry.key.size());
  }
  std::string result = fmt::format("[{}]\n", name);
  for (const Entry& entry : entries_) {
    const bool several_lines = entry.value.find('\n') != std::string::npos;
    result += fmt::format("{:<{}} = {}\n", entry.key, several_lines ? 0 : column, entry.value);
  }
  return result;
}

}  // namespace reducecheck
