// SPDX-License-Identifier: Apache-2.0
#include "sim/report/heat_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/report/groups.hpp"
#include "sim/report/words.hpp"
#include "sim/report/xml.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t row_height = 22;
constexpr std::size_t character_width = 8;  // of a label, generous for a 12 px font

const char* style_of(const Cell& cell) {
  if (cell.verdict == Verdict::undecided) return "doubtful";
  if (!cell.as_expected) return "bad";
  return cell.verdict == Verdict::defect ? "expected" : "holds";
}

const char* mark_of(const Cell& cell) {
  if (cell.verdict == Verdict::undecided) return "?";
  if (!cell.as_expected) return "X";
  return cell.verdict == Verdict::defect ? "x" : "";
}

/// Wide enough to aim at, narrow enough that a large sweep fits a screen or two.
std::size_t cell_width(std::size_t columns) {
  return columns <= 40 ? 22 : columns <= 200 ? 8 : 3;
}

std::string cell_svg(const Cell& cell, std::size_t x, std::size_t y, std::size_t width) {
  std::string svg = fmt::format(
      "<g><title>{}</title><rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
      xml_escaped(fmt::format("{}: {}: {}", cell.variant, layout_text(cell.configuration),
                              verdict_text(cell))),
      style_of(cell), x, y, width > 4 ? width - 2 : width, row_height - 2);
  const char* mark = mark_of(cell);
  if (*mark != '\0' && width >= 20) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                       x + width / 2 - 1, y + 15, mark);
  }
  return svg + "</g>\n";
}

}  // namespace

std::string heat_map_svg(const ScenarioResult& result) {
  std::map<std::string, std::vector<const Cell*>> rows;
  std::size_t columns = 0;
  for (const Cell& cell : result.cells) {
    std::vector<const Cell*>& row = rows[cell.variant];
    row.push_back(&cell);
    columns = std::max(columns, row.size());
  }
  const std::vector<std::string> variants = variant_names(result);
  if (variants.empty()) return "<p class=\"faint\">no layout</p>\n";
  std::size_t label = 0;
  for (const std::string& variant : variants) label = std::max(label, display_width(variant));
  const std::size_t left = label * character_width + 10;
  const std::size_t width = cell_width(columns);
  std::string svg = fmt::format(
      "<svg role=\"img\" aria-label=\"verdicts, variants by layouts\" width=\"{}\" "
      "height=\"{}\">\n",
      left + columns * width, variants.size() * row_height);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const std::size_t y = i * row_height;
    svg += fmt::format("<text x=\"0\" y=\"{}\">{}</text>\n", y + 15, xml_escaped(variants[i]));
    const std::vector<const Cell*>& row = rows[variants[i]];
    for (std::size_t j = 0; j < row.size(); ++j) {
      svg += cell_svg(*row[j], left + j * width, y, width);
    }
  }
  return svg + "</svg>\n";
}

}  // namespace reducecheck
