// SPDX-License-Identifier: Apache-2.0
// Aligned columns and colour for text reports.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

enum class Ink { none, good, bad, doubtful, faint, strong };

/// How a text report is written.
struct TextOptions {
  bool colour = false;   // ANSI colours; decided by the caller, who knows the stream
  bool verbose = false;  // grids, uncovered experts, collectives of each cell
};

/// `text` in that colour, or unchanged without `colour`.
std::string painted(std::string_view text, Ink ink, bool colour);

struct Field {
  std::string text;
  Ink ink = Ink::none;
};

using Row = std::vector<Field>;

/// One line a row, columns two spaces apart, the first row a heading. A column that is empty below
/// its heading is left out; no line ends in spaces.
std::string aligned(const std::vector<Row>& rows, std::string_view indent, bool colour);

}  // namespace reducecheck
