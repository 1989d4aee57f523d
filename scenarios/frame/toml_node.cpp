// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/toml_node.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

namespace reducecheck {
namespace {

Position position(const LineIndex& lines, const toml::source_position& at) {
  return lines.position(lines.offset(at.line, at.column));
}

TomlNode convert(const toml::node& node, const LineIndex& lines);

std::vector<TomlNode> convert_table(const toml::table& table, const LineIndex& lines) {
  std::vector<TomlNode> children;
  for (const auto& [key, value] : table) {
    TomlNode child = convert(value, lines);
    child.key = key.str();
    child.key_at = position(lines, key.source().begin);
    if (child.kind == TomlNode::Kind::table) child.at = child.key_at;  // headers come in pieces
    children.push_back(std::move(child));
  }
  std::ranges::stable_sort(children, {}, &TomlNode::key_at);
  return children;
}

TomlNode convert(const toml::node& node, const LineIndex& lines) {
  TomlNode result;
  result.at = position(lines, node.source().begin);
  result.key_at = result.at;
  if (const auto* table = node.as_table()) {
    result.children = convert_table(*table, lines);
  } else if (const auto* array = node.as_array()) {
    result.kind = TomlNode::Kind::array;
    for (const toml::node& item : *array) result.children.push_back(convert(item, lines));
  } else if (const auto* text = node.as_string()) {
    result.kind = TomlNode::Kind::text;
    const toml::source_position& quotes = node.source().begin;
    result.text = locate(lines, lines.offset(quotes.line, quotes.column), text->get());
  } else if (const auto* integer = node.as_integer()) {
    result.kind = TomlNode::Kind::integer;
    result.integer = integer->get();
  } else if (const auto* truth = node.as_boolean()) {
    result.kind = TomlNode::Kind::truth;
    result.truth = truth->get();
  } else {
    result.kind = node.is_floating_point() ? TomlNode::Kind::real : TomlNode::Kind::date;
  }
  return result;
}

/// toml++ reports a key that is given twice behind its value's start; people look for the key.
Position key_before(const LineIndex& lines, std::size_t offset, std::string_view key) {
  const std::string_view before = lines.text().substr(0, offset);
  const std::size_t line = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n');
  const std::size_t found = before.rfind(key);
  return lines.position(found == std::string_view::npos || found < line ? offset : found);
}

void report(const toml::parse_error& error, const LineIndex& lines, Diagnostics& diagnostics) {
  const toml::source_position& begin = error.source().begin;
  const std::size_t offset = lines.offset(begin.line, begin.column);
  std::string_view what = error.description();
  constexpr std::string_view lead = "Error while parsing ";
  if (what.starts_with(lead)) what.remove_prefix(lead.size());
  const std::size_t quote = what.find('\'');
  const std::size_t quote_end = what.find('\'', quote + 1);
  if (what.find("cannot redefine existing") != std::string_view::npos &&
      quote_end != std::string_view::npos) {
    const std::string_view key = what.substr(quote + 1, quote_end - quote - 1);
    const std::string_view last = key.substr(key.rfind('.') + 1);  // npos + 1 is 0
    diagnostics.error(key_before(lines, offset, last), fmt::format("`{}` is given twice", key));
    return;
  }
  std::string hint;
  if (what.starts_with("boolean") ||
      what.find("could not determine value type") != std::string_view::npos) {
    hint = "strings need quotes; the booleans of TOML are `true` and `false`";
  }
  diagnostics.error(lines.position(offset), fmt::format("this is not TOML: {}", what),
                    std::move(hint));
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view name) const {
  const auto found = std::ranges::find(children, name, &TomlNode::key);
  return found == children.end() ? nullptr : &*found;
}

const char* describe(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::truth:
      return "a boolean";
    case TomlNode::Kind::integer:
      return "an integer";
    case TomlNode::Kind::real:
      return "a number with a decimal point";
    case TomlNode::Kind::text:
      return "a string";
    case TomlNode::Kind::array:
      return "a list";
    case TomlNode::Kind::table:
      return "a table";
    case TomlNode::Kind::date:
      return "a date or time";
  }
  return "?";
}

std::optional<TomlNode> read_toml(std::string_view text, Diagnostics& diagnostics) {
  const LineIndex lines(text);
  try {
    return convert(toml::parse(text), lines);
  } catch (const toml::parse_error& error) {
    report(error, lines, diagnostics);
    return std::nullopt;
  }
}

}  // namespace reducecheck
