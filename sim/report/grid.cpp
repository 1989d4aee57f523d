// SPDX-License-Identifier: Apache-2.0
#include "sim/report/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

/// Wider or longer than this it is no longer taken in at a glance.
constexpr std::size_t most_sizes = 16;
constexpr std::size_t most_grids = 8;

using Sizes = std::pair<std::int64_t, std::int64_t>;
using Grid = std::map<Sizes, const Cell*>;

std::string failing_variant(const ScenarioResult& result) {
  std::set<std::string> failing;
  for (const Cell& cell : result.cells) {
    if (cell.verdict == Verdict::defect) failing.insert(cell.variant);
  }
  return failing.size() == 1 ? *failing.begin() : "";
}

Field mark(const Cell* cell) {
  if (cell == nullptr) return {};
  if (cell->verdict == Verdict::defect) return {"X", Ink::bad};
  if (cell->verdict == Verdict::undecided) return {"?", Ink::doubtful};
  return {"ok", Ink::good};
}

std::string one_grid(const Grid& grid, const Configured& names, TextOptions options) {
  std::set<std::int64_t> down;
  std::set<std::int64_t> across;
  for (const auto& [sizes, cell] : grid) {
    down.insert(sizes.first);
    across.insert(sizes.second);
  }
  if (down.size() > most_sizes || across.size() > most_sizes) return "";
  if (down.size() < 2 || across.size() < 2) return "";
  std::vector<Row> rows(1);
  rows[0].push_back({fmt::format("{} \\ {}", names.mesh[0].first, names.mesh[1].first)});
  for (const std::int64_t size : across) rows[0].push_back({fmt::format("{}", size)});
  for (const std::int64_t first : down) {
    Row row = {{fmt::format("{}", first)}};
    for (const std::int64_t second : across) {
      const auto found = grid.find({first, second});
      row.push_back(mark(found == grid.end() ? nullptr : found->second));
    }
    rows.push_back(std::move(row));
  }
  return aligned(rows, "    ", options.colour);
}

}  // namespace

std::string grid_text(const ScenarioResult& result, TextOptions options) {
  const std::string variant = failing_variant(result);
  if (variant.empty()) return "";
  std::vector<std::pair<std::string, Grid>> grids;  // by the switches, in sweep order
  const Configured* names = nullptr;
  for (const Cell& cell : result.cells) {
    if (cell.variant != variant) continue;
    const Configured& configured = cell.configuration;
    if (configured.mesh.size() != 2) return "";
    names = &configured;
    Configured switches;
    switches.switches = configured.switches;
    const std::string key = configured.switches.empty() ? "" : " " + layout_text(switches);
    auto found = std::ranges::find(grids, key, &std::pair<std::string, Grid>::first);
    if (found == grids.end()) found = grids.insert(grids.end(), {key, Grid{}});
    found->second[{configured.mesh[0].second, configured.mesh[1].second}] = &cell;
  }
  if (names == nullptr || grids.size() > most_grids) return "";
  std::string text;
  for (const auto& [key, grid] : grids) {
    const std::string lines = one_grid(grid, *names, options);
    if (!lines.empty()) text += fmt::format("  {}{}\n{}", variant, key, lines);
  }
  return text;
}

}  // namespace reducecheck
