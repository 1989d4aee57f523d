// SPDX-License-Identifier: Apache-2.0
#include "sim/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

/// More parts than this make a set unreadable in a line of a log.
constexpr std::size_t parts_shown = 8;

std::vector<std::string> runs(std::span<const int> ranks) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < ranks.size();) {
    std::size_t end = i + 1;
    while (end < ranks.size() && ranks[end] == ranks[end - 1] + 1) ++end;
    if (end - i >= 3) {
      parts.push_back(fmt::format("{}..{}", ranks[i], ranks[end - 1]));
    } else {
      for (std::size_t j = i; j < end; ++j) parts.push_back(fmt::format("{}", ranks[j]));
    }
    i = end;
  }
  return parts;
}

}  // namespace

std::string switch_text(const SwitchValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          return one_line(held);
        } else {
          return fmt::format("{}", held);
        }
      },
      value);
}

std::string layout_text(const Configured& configuration) {
  std::vector<std::string> parts;
  for (const auto& [name, size] : configuration.mesh) {
    parts.push_back(fmt::format("{}={}", name, size));
  }
  for (const auto& [name, value] : configuration.switches) {
    parts.push_back(fmt::format("{}={}", name, switch_text(value)));
  }
  if (parts.empty()) return "one rank";
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string rank_set(std::span<const int> ranks) {
  std::vector<std::string> parts = runs(ranks);
  if (parts.size() <= parts_shown) return fmt::format("{{{}}}", fmt::join(parts, ","));
  parts.resize(parts_shown - 2);
  return fmt::format("{{{},.. {} ranks}}", fmt::join(parts, ","), ranks.size());
}

std::string grouped_digits(std::int64_t number) {
  std::string digits = fmt::format("{}", number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t end = digits.size(); end > sign + 3;) {
    end -= 3;
    digits.insert(end, 1, ',');
  }
  return digits;
}

std::string counted(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

std::string defect_text(std::string_view defect_class, std::span<const std::string> branches) {
  if (branches.empty()) return std::string(defect_class);
  return fmt::format("{}({})", defect_class, fmt::join(branches, ", "));
}

std::string verdict_text(const Cell& cell) {
  if (cell.verdict != Verdict::defect || !cell.finding) return spelling(cell.verdict);
  return defect_text(cell.finding->defect_class, cell.finding->branches);
}

std::string place_text(std::string_view file, Position at) {
  if (at.line == 0) return one_line(file);
  return fmt::format("{}:{}:{}", one_line(file), at.line, at.column);
}

std::string listed(std::span<const std::string> words) {
  if (words.empty()) return "";
  if (words.size() == 1) return words.front();
  return fmt::format("{} and {}", fmt::join(words.first(words.size() - 1), ", "), words.back());
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return printable(line);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Glyph glyph = glyph_at(text, i);
    width += glyph.cells;
    i += glyph.bytes;
  }
  return width;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  const std::string margin(indent, ' ');
  std::string lines;
  std::string line;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    begin = end + 1;
    if (word.empty()) continue;
    const bool fits = indent + display_width(line) + 1 + display_width(word) <= width;
    if (!line.empty() && !fits) {
      lines += margin + line + '\n';
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) lines += margin + line + '\n';
  return lines;
}

}  // namespace reducecheck
