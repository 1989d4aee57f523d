// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/frame/checks.hpp"
#include "scenarios/frame/frame_reader.hpp"

namespace reducecheck {
namespace {

using std::string_view_literals::operator""sv;

/// The keys that a file may have, for messages in the order of the language page.
constexpr auto keys = {"title"sv,  "source"sv,  "entry"sv,   "note"sv,   "model"sv,   "mesh"sv,
                       "switch"sv, "sizes"sv,   "input"sv,   "output"sv, "weights"sv, "alias"sv,
                       "assume"sv, "program"sv, "variant"sv, "expect"sv, "replay"sv};

/// See Reading::names_are_hidden.
bool hides_names(const TomlNode& root) {
  const std::vector<std::string> all(keys.begin(), keys.end());
  const auto means = [&](const TomlNode& child, std::string_view key) {
    return std::ranges::find(all, child.key) == all.end() && nearest(child.key, all) == key;
  };
  for (const std::string_view key : {"mesh", "switch", "sizes", "weights", "input", "alias"}) {
    const TomlNode* node = root.find(key);
    if (node != nullptr && node->kind != TomlNode::Kind::table) return true;
    if (node != nullptr) continue;
    if (key == "mesh" || key == "input") return true;
    if (std::ranges::any_of(root.children, [&](const auto& c) { return means(c, key); })) {
      return true;
    }
  }
  const TomlNode* axes = root.find("mesh")->find("axes");
  return axes == nullptr || axes->kind != TomlNode::Kind::array || axes->children.empty();
}

void read_string(const TomlNode& root, std::string_view key, std::string& into,
                 Diagnostics& diagnostics) {
  const TomlNode* node = root.find(key);
  if (node == nullptr) return;
  const std::string example = fmt::format("{} = \"...\"", key);
  if (expect_kind(*node, TomlNode::Kind::text, key, "a string", example, diagnostics)) {
    into = node->text.text;
  }
}

void read_frame(const TomlNode& root, Reading& reading) {
  Scenario& scenario = reading.scenario;
  Diagnostics& diagnostics = reading.diagnostics;
  refuse_unknown_keys(root, keys, "", diagnostics);
  read_string(root, "title", scenario.title, diagnostics);
  read_string(root, "source", scenario.source, diagnostics);
  read_string(root, "entry", scenario.entry, diagnostics);
  read_string(root, "note", scenario.note, diagnostics);
  read_string(root, "model", scenario.model, diagnostics);

  const auto table = [&](std::string_view key, const char* example, auto read) {
    if (const TomlNode* node = root.find(key)) {
      read(*node);
    } else if (example != nullptr) {
      report_missing({}, key, example, diagnostics);
    }
  };
  table("mesh", "mesh = { axes = [\"tp\"], tp = [1, 2, 4] }",
        [&](const TomlNode& node) { read_mesh(node, reading); });
  table("switch", nullptr, [&](const TomlNode& node) { read_switches(node, reading); });
  table("sizes", nullptr, [&](const TomlNode& node) { read_sizes(node, reading); });
  table("input", "input = { x = \"tokens, hidden\" }",
        [&](const TomlNode& node) { read_layouts(node, scenario.inputs, reading); });
  table("output", "output = { y = \"tokens, hidden\" }",
        [&](const TomlNode& node) { read_layouts(node, scenario.outputs, reading); });
  table("weights", nullptr,
        [&](const TomlNode& node) { scenario.weights = read_weights(node, "weights", reading); });
  table("alias", nullptr, [&](const TomlNode& node) { read_aliases(node, reading); });
  read_programs(root.find("program"), root.find("variant"), reading);
  table("assume", nullptr, [&](const TomlNode& node) { read_assumptions(node, reading); });
  table("expect", nullptr, [&](const TomlNode& node) { read_expectations(node, reading); });
  table("replay", nullptr, [&](const TomlNode& node) { read_replay(node, reading); });
}

}  // namespace

std::optional<Scenario> load_scenario(std::string_view text, std::string file,
                                      Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.size();
  if (!is_readable(text, diagnostics)) return std::nullopt;
  const std::optional<TomlNode> root = read_toml(text, diagnostics);
  if (!root) return std::nullopt;
  Scenario scenario;
  scenario.file = std::move(file);
  Reading reading{scenario, diagnostics, hides_names(*root), {}};
  read_frame(*root, reading);
  check_scenario(reading);
  if (diagnostics.size() != before) return std::nullopt;
  return scenario;
}

}  // namespace reducecheck
