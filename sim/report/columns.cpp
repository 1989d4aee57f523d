// SPDX-License-Identifier: Apache-2.0
#include "sim/report/columns.hpp"

#include <algorithm>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

const char* escape_of(Ink ink) {
  switch (ink) {
    case Ink::good:
      return "\x1b[32m";
    case Ink::bad:
      return "\x1b[1;31m";
    case Ink::doubtful:
      return "\x1b[33m";
    case Ink::faint:
      return "\x1b[2m";
    case Ink::strong:
      return "\x1b[1m";
    case Ink::none:
      break;
  }
  return "";
}

/// Zero for a column that has nothing to say.
std::vector<std::size_t> widths_of(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  std::vector<bool> used;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    widths.resize(std::max(widths.size(), rows[i].size()), 0);
    used.resize(widths.size(), false);
    for (std::size_t column = 0; column < rows[i].size(); ++column) {
      const std::size_t width = display_width(rows[i][column].text);
      widths[column] = std::max(widths[column], width);
      if (i > 0 && width > 0) used[column] = true;
    }
  }
  for (std::size_t column = 0; column < widths.size(); ++column) {
    if (!used[column]) widths[column] = 0;
  }
  return widths;
}

}  // namespace

std::string painted(std::string_view text, Ink ink, bool colour) {
  if (!colour || ink == Ink::none || text.empty()) return std::string(text);
  return std::string(escape_of(ink)) + std::string(text) + "\x1b[0m";
}

std::string aligned(const std::vector<Row>& rows, std::string_view indent, bool colour) {
  const std::vector<std::size_t> widths = widths_of(rows);
  std::string lines;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string gap(indent);
    for (std::size_t column = 0; column < rows[i].size(); ++column) {
      if (widths[column] == 0) continue;
      const Field& field = rows[i][column];
      // Spaces are owed, not written, until a later column has text: no line ends in them.
      if (!field.text.empty()) {
        lines += gap + painted(field.text, i == 0 ? Ink::faint : field.ink, colour);
        gap.clear();
      }
      gap.append(widths[column] - display_width(field.text) + 2, ' ');
    }
    lines += '\n';
  }
  return lines;
}

}  // namespace reducecheck
