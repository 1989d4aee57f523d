// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/frame_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {

bool expect_kind(const TomlNode& node, TomlNode::Kind kind, std::string_view path,
                 std::string_view wanted, std::string_view example, Diagnostics& diagnostics) {
  if (node.kind == kind) return true;
  diagnostics.error(
      node.at, fmt::format("{} is {}; wanted {}", back_quoted(path), describe(node.kind), wanted),
      example.empty() ? "" : fmt::format("for example `{}`", example));
  return false;
}

void refuse_unknown_keys(const TomlNode& table, std::initializer_list<std::string_view> keys,
                         std::string_view where, Diagnostics& diagnostics) {
  const std::vector<std::string> valid(keys.begin(), keys.end());
  for (const TomlNode& child : table.children) {
    if (std::ranges::find(valid, child.key) != valid.end()) continue;
    std::string hint = did_you_mean(child.key, valid);
    if (hint.empty()) hint = fmt::format("the keys are {}", fmt::join(valid, ", "));
    diagnostics.error(child.key_at,
                      where.empty() ? fmt::format("unknown key {}", back_quoted(child.key))
                                    : fmt::format("unknown key {} in {}", back_quoted(child.key),
                                                  back_quoted(where)),
                      std::move(hint));
  }
}

void report_missing(Position at, std::string_view path, std::string_view example,
                    Diagnostics& diagnostics) {
  diagnostics.error(at, fmt::format("`{}` is missing", path),
                    fmt::format("for example `{}`", example));
}

std::span<const TomlNode> named_children(const TomlNode* table, std::string_view path,
                                         std::string_view example, Diagnostics& diagnostics) {
  if (table == nullptr ||
      !expect_kind(*table, TomlNode::Kind::table, path, "a table", example, diagnostics)) {
    return {};
  }
  const std::span<const TomlNode> children = table->children;
  if (children.size() <= FrameLimits::names) return children;
  diagnostics.error(children[FrameLimits::names].key_at,
                    fmt::format("{} has {} entries; the limit is {}", back_quoted(path),
                                children.size(), FrameLimits::names));
  return children.first(FrameLimits::names);
}

std::vector<std::int64_t> read_integers(const TomlNode& node, std::string_view path,
                                        std::int64_t low, std::int64_t high,
                                        Diagnostics& diagnostics) {
  std::vector<std::int64_t> result;
  const auto add = [&](const TomlNode& item) {
    if (!expect_kind(item, TomlNode::Kind::integer, path, "integers only", "", diagnostics)) return;
    if (item.integer < low || item.integer > high) {
      diagnostics.error(item.at, fmt::format("{} in {}; wanted {} to {}", item.integer,
                                             back_quoted(path), low, high));
    }
    result.push_back(item.integer);
  };
  if (node.kind != TomlNode::Kind::array) {
    add(node);
    return result;
  }
  if (node.children.size() > FrameLimits::list_length) {
    diagnostics.error(node.at, fmt::format("{} has {} items; the limit is {}", back_quoted(path),
                                           node.children.size(), FrameLimits::list_length));
    return result;
  }
  for (const TomlNode& item : node.children) add(item);
  return result;
}

}  // namespace reducecheck
