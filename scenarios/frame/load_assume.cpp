// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/frame/frame_reader.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using Kind = TomlNode::Kind;

std::vector<std::string> scalars(const Scenario& scenario) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<WeightDecl>& weights) {
    for (const WeightDecl& weight : weights) {
      if (weight.kind == WeightKind::scalar) names.push_back(weight.name);
    }
  };
  add(scenario.weights);
  for (const Variant& variant : scenario.variants) add(variant.weights);
  return names;
}

/// The names in the list `assume.KEY`, each one of `known`, which `what` says; a name given twice
/// counts once.
std::vector<std::string> read_names(const TomlNode& table, std::string_view key,
                                    std::string_view example, std::string_view what,
                                    const std::vector<std::string>& known, Reading& reading) {
  std::vector<std::string> names;
  const TomlNode* node = table.find(key);
  Diagnostics& diagnostics = reading.diagnostics;
  const std::string path = fmt::format("assume.{}", key);
  if (node == nullptr ||
      !expect_kind(*node, Kind::array, path, "a list of names", example, diagnostics)) {
    return names;
  }
  if (node->children.size() > FrameLimits::names) {
    diagnostics.error(node->at, fmt::format("{} has {} items; the limit is {}", back_quoted(path),
                                            node->children.size(), FrameLimits::names));
    return names;
  }
  for (const TomlNode& item : node->children) {
    if (!expect_kind(item, Kind::text, path, "names only", example, diagnostics)) continue;
    const std::string& name = item.text.text;
    if (std::ranges::find(known, name) == known.end()) {
      std::string hint = did_you_mean(name, known);
      if (hint.empty()) hint = fmt::format("for example `{}`", example);
      diagnostics.error(item.at, fmt::format("{} is no {}", back_quoted(name), what),
                        std::move(hint));
    } else if (std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace

void read_assumptions(const TomlNode& table, Reading& reading) {
  if (!expect_kind(table, Kind::table, "assume", "a table", R"(assume = { scale_free = ["norm"] })",
                   reading.diagnostics)) {
    return;
  }
  refuse_unknown_keys(table, {"scale_free", "positive"}, "assume", reading.diagnostics);
  Assumptions& assume = reading.scenario.assume;
  assume.scale_free_norm = !read_names(table, "scale_free", R"(scale_free = ["norm"])",
                                       "function that can be free of scale", {"norm"}, reading)
                                .empty();
  if (reading.names_are_hidden) return;
  assume.positive = read_names(table, "positive", R"(positive = ["s"])", "scalar weight",
                               scalars(reading.scenario), reading);
}

}  // namespace reducecheck
