// SPDX-License-Identifier: Apache-2.0
#include "sim/report/minimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

template <class Named>
const typename Named::second_type* value_of(const std::vector<Named>& values,
                                            const std::string& name) {
  const auto found = std::ranges::find(values, name, &Named::first);
  return found == values.end() ? nullptr : &found->second;
}

std::string note_text(const Scenario& scenario, const Cell& cell) {
  std::string text = fmt::format("saved from {}: {} in {}: {}", one_line(scenario.file),
                                 cell.variant, layout_text(cell.configuration), verdict_text(cell));
  if (cell.finding && !cell.finding->coefficient.empty()) {
    text += fmt::format(", coefficient {}", cell.finding->coefficient);
  }
  return text;
}

}  // namespace

Scenario minimal_scenario(const Scenario& scenario, const Cell& cell, std::uint64_t seed) {
  Scenario minimal = scenario;
  const Configured& configured = cell.configuration;
  for (Axis& axis : minimal.axes) {
    if (const auto* size = value_of(configured.mesh, axis.name)) axis.sizes = {*size};
  }
  for (Switch& one : minimal.switches) {
    if (const auto* value = value_of(configured.switches, one.name)) one.values = {*value};
  }
  minimal.ranks = configured.ranks;
  minimal.where = Expr{ExprKind::absent};
  // The file's name stands for an absent entry, and the saved file has another name.
  if (minimal.entry.empty()) minimal.entry = std::filesystem::path(scenario.file).stem().string();
  minimal.note = note_text(scenario, cell);
  std::erase_if(minimal.variants, [&](const Variant& one) { return one.name != cell.variant; });
  std::erase_if(minimal.expectations,
                [&](const Expectation& one) { return one.variant != cell.variant; });
  minimal.replay = Replay{{}, seed, cell.variant};
  return minimal;
}

void fix_size(Scenario& scenario, std::string_view name, std::int64_t value) {
  if (std::ranges::find(scenario.switches, name, &Switch::name) != scenario.switches.end()) return;
  Expr number{ExprKind::number};
  number.number = Fraction(value);
  const auto found = std::ranges::find(scenario.sizes, name, &NamedExpr::name);
  if (found != scenario.sizes.end()) {
    found->value = std::move(number);
  } else {
    scenario.sizes.push_back({std::string(name), {}, std::move(number)});
  }
}

}  // namespace reducecheck
