// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/frame/frame_reader.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using Kind = TomlNode::Kind;

constexpr std::string_view mesh_example = R"(mesh = { axes = ["tp"], tp = [1, 2, 4] })";

/// Reports a value that the sweep would visit twice.
template <class T>
void refuse_repeats(const TomlNode& list, const std::vector<T>& values, std::string_view path,
                    Diagnostics& diagnostics) {
  for (std::size_t i = 1; i < values.size() && i < list.children.size(); ++i) {
    const auto here = values.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(values.begin(), here, *here) == here) continue;
    diagnostics.error(list.children[i].at,
                      fmt::format("{} has this value twice", back_quoted(path)));
  }
}

void read_axis_names(const TomlNode& node, Reading& reading) {
  const std::string_view example = R"(axes = ["dp", "tp"])";
  if (!expect_kind(node, Kind::array, "mesh.axes", "a list of names", example,
                   reading.diagnostics)) {
    return;
  }
  if (node.children.empty()) {
    reading.diagnostics.error(node.at, "`mesh.axes` is empty; a mesh has at least one axis",
                              fmt::format("for example `{}`", example));
  }
  for (const TomlNode& item : node.children) {
    if (reading.scenario.axes.size() == FrameLimits::names) {
      reading.diagnostics.error(item.at, fmt::format("`mesh.axes` has {} names; the limit is {}",
                                                     node.children.size(), FrameLimits::names));
      return;
    }
    if (!expect_kind(item, Kind::text, "mesh.axes", "names only", example, reading.diagnostics)) {
      continue;
    }
    reading.scenario.axes.push_back({item.text.text, item.at, {}});
  }
}

void read_ranks(const TomlNode& node, Reading& reading) {
  if (!expect_kind(node, Kind::integer, "mesh.ranks", "an integer", "ranks = 8",
                   reading.diagnostics)) {
    return;
  }
  if (node.integer < 1 || node.integer > FrameLimits::ranks) {
    reading.diagnostics.error(node.at, fmt::format("`mesh.ranks` is {}; wanted 1 to {}",
                                                   node.integer, FrameLimits::ranks));
    return;
  }
  reading.scenario.ranks = node.integer;
}

void read_axis_sizes(const TomlNode& node, Axis& axis, Reading& reading) {
  const std::string path = "mesh." + node.key;
  const std::string example = fmt::format("{} = [1, 2, 4]", axis.name);
  if (node.kind != Kind::array && node.kind != Kind::integer) {
    expect_kind(node, Kind::array, path, "a list of sizes, because it is one of `mesh.axes`",
                example, reading.diagnostics);
    return;
  }
  if (node.kind == Kind::array && node.children.empty()) {
    reading.diagnostics.error(node.at, fmt::format("{} has no sizes", back_quoted(path)),
                              "leave the key out for all sizes up to `ranks`");
  }
  axis.sizes = read_integers(node, path, 1, FrameLimits::ranks, reading.diagnostics);
  refuse_repeats(node, axis.sizes, path, reading.diagnostics);
}

void read_group(const TomlNode& node, const TomlNode& mesh, Reading& reading) {
  const std::string path = "mesh." + node.key;
  if (node.kind != Kind::text) {
    std::vector<std::string> names = {"axes", "ranks", "where"};
    for (const Axis& axis : reading.scenario.axes) {
      if (mesh.find(axis.name) == nullptr) names.push_back(axis.name);
    }
    std::string hint = did_you_mean(node.key, names);
    if (hint.empty()) hint = fmt::format("add it to `axes`, or write `{} = \"dp * tp\"`", node.key);
    reading.diagnostics.error(
        node.key_at,
        fmt::format("{} is none of `mesh.axes`, and a derived group is a string, not {}",
                    back_quoted(node.key), describe(node.kind)),
        std::move(hint));
    return;
  }
  reading.scenario.groups.push_back(
      {node.key, node.key_at, read_expression(node.text, reading.diagnostics)});
}

bool read_switch_value(const TomlNode& item, const TomlNode& first, const std::string& path,
                       Switch& into, Diagnostics& diagnostics) {
  if (item.kind != Kind::truth && item.kind != Kind::integer && item.kind != Kind::text) {
    return expect_kind(item, Kind::truth, path, "booleans, integers or strings",
                       "use_ep = [false, true]", diagnostics);
  }
  if (item.kind != first.kind) {
    diagnostics.error(item.at, fmt::format("{} mixes {} and {}; wanted one type", back_quoted(path),
                                           describe(first.kind), describe(item.kind)));
    return false;
  }
  if (item.kind == Kind::truth) into.values.emplace_back(item.truth);
  if (item.kind == Kind::integer) into.values.emplace_back(item.integer);
  if (item.kind == Kind::text) into.values.emplace_back(item.text.text);
  return true;
}

}  // namespace

void read_mesh(const TomlNode& mesh, Reading& reading) {
  const auto children = named_children(&mesh, "mesh", mesh_example, reading.diagnostics);
  if (mesh.kind != Kind::table) return;
  if (const TomlNode* axes = mesh.find("axes")) {
    read_axis_names(*axes, reading);
  } else {
    report_missing(mesh.at, "mesh.axes", R"(axes = ["dp", "tp"])", reading.diagnostics);
  }
  if (reading.scenario.axes.empty()) {
    return;  // without axes every other key would seem to be a wrong group
  }
  for (const TomlNode& child : children) {
    auto& axes = reading.scenario.axes;
    const auto axis = std::ranges::find(axes, child.key, &Axis::name);
    if (child.key == "axes") continue;
    if (child.key == "ranks") {
      read_ranks(child, reading);
    } else if (child.key == "where") {
      if (expect_kind(child, Kind::text, "mesh.where", "a string with a condition",
                      R"(where = "tp <= 4")", reading.diagnostics)) {
        reading.scenario.where = read_expression(child.text, reading.diagnostics);
      }
    } else if (axis != axes.end()) {
      read_axis_sizes(child, *axis, reading);
    } else {
      read_group(child, mesh, reading);
    }
  }
}

void read_switches(const TomlNode& table, Reading& reading) {
  constexpr std::string_view example = "switch = { use_ep = [false, true] }";
  Diagnostics& diagnostics = reading.diagnostics;
  for (const TomlNode& child : named_children(&table, "switch", example, diagnostics)) {
    const std::string path = "switch." + child.key;
    Switch result{child.key, child.key_at, {}};
    if (expect_kind(child, Kind::array, path, "a list of booleans, integers or strings",
                    "use_ep = [false, true]", diagnostics)) {
      if (child.children.empty()) {
        diagnostics.error(child.at, fmt::format("{} has no values", back_quoted(path)));
      }
      if (child.children.size() > FrameLimits::list_length) {
        diagnostics.error(child.at,
                          fmt::format("{} has {} values; the limit is {}", back_quoted(path),
                                      child.children.size(), FrameLimits::list_length));
      } else {
        bool clean = true;
        for (const TomlNode& item : child.children) {
          clean = read_switch_value(item, child.children[0], path, result, diagnostics) && clean;
        }
        if (clean) refuse_repeats(child, result.values, path, diagnostics);
      }
    }
    reading.scenario.switches.push_back(std::move(result));
  }
}

}  // namespace reducecheck
