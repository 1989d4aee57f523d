// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "scenarios/frame/frame_reader.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

using Kind = TomlNode::Kind;

/// The tree that the parser makes of the number's text, so that `-1` and `"-1"` are equal.
Expr number(std::int64_t value, Position at) {
  Expr result{ExprKind::number, at};
  result.number = Fraction(value < 0 ? -value : value);
  if (value >= 0) return result;
  Expr negative{ExprKind::negate, at};
  negative.children = {std::move(result)};
  return negative;
}

Expr read_size(const TomlNode& node, const std::string& path, Reading& reading) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  Diagnostics& diagnostics = reading.diagnostics;
  if (node.kind == Kind::text) return read_expression(node.text, diagnostics);
  if (node.kind != Kind::integer && node.kind != Kind::array) {
    expect_kind(node, Kind::integer, path, "an integer, a list of integers or an expression",
                R"(tokens = "4 * tp")", diagnostics);
    return Expr{ExprKind::absent};
  }
  const std::size_t before = diagnostics.size();
  const std::vector<std::int64_t> values = read_integers(node, path, -most, most, diagnostics);
  if (diagnostics.size() != before) return Expr{ExprKind::absent};
  if (node.kind == Kind::integer) return number(values[0], node.at);
  Expr list{ExprKind::list, node.at};
  for (std::size_t i = 0; i < values.size(); ++i) {
    list.children.push_back(number(values[i], node.children[i].at));
  }
  return list;
}

struct KindRule {
  WeightKind kind;
  std::size_t dimensions;
  const char* example;
};

constexpr KindRule kind_rules[] = {
    {WeightKind::linear, 2, "linear(hidden, inter / tp)"},
    {WeightKind::mlp, 1, "mlp(inter / tp)"},
    {WeightKind::experts, 2, "experts(E / ep, inter / tp)"},
    {WeightKind::table, 2, "table(E / ep, hidden)"},
    {WeightKind::vector, 1, "vector(hidden)"},
    {WeightKind::scalar, 0, "scalar"},
};

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const KindRule& rule : kind_rules) names.emplace_back(spelling(rule.kind));
  return names;
}

/// Fills in kind and dimensions from `linear(hidden, E)`.
void read_placement(Expr placement, WeightDecl& weight, const std::string& path,
                    Diagnostics& diagnostics) {
  if (placement.kind == ExprKind::absent) return;  // reported by the parser
  const bool call =
      placement.kind == ExprKind::call && placement.children[0].kind == ExprKind::name;
  if (!call && placement.kind != ExprKind::name) {
    diagnostics.error(placement.at, fmt::format("{} is no placement", back_quoted(path)),
                      fmt::format("for example `{} = \"{}\"`", weight.name, kind_rules[0].example));
    return;
  }
  const std::string& word = call ? placement.children[0].name : placement.name;
  const auto* rule = std::ranges::find(
      kind_rules, word, [](const KindRule& r) { return std::string(spelling(r.kind)); });
  if (rule == std::end(kind_rules)) {
    std::string hint = did_you_mean(word, kind_names());
    if (hint.empty()) hint = "the kinds are linear, mlp, experts, table, vector, scalar";
    diagnostics.error(placement.at, fmt::format("unknown kind of weight {}", back_quoted(word)),
                      std::move(hint));
    return;
  }
  weight.kind = rule->kind;
  const std::size_t given = call ? placement.children.size() - 1 : 0;
  if (given != rule->dimensions) {
    diagnostics.error(placement.at,
                      fmt::format("`{}` has {} dimension{}, got {}", word, rule->dimensions,
                                  rule->dimensions == 1 ? "" : "s", given),
                      fmt::format("for example `{} = \"{}\"`", weight.name, rule->example));
    return;
  }
  for (std::size_t i = 0; i < given; ++i) {
    if (i < placement.keywords.size() && !placement.keywords[i].empty()) {
      diagnostics.error(
          placement.children[i + 1].at,
          fmt::format("dimensions have no keywords, got `{}=`", placement.keywords[i]));
    }
    weight.dimensions.push_back(std::move(placement.children[i + 1]));
  }
}

std::optional<std::uint64_t> read_seed(const TomlNode& node) {
  if (node.kind == Kind::integer && node.integer >= 0) {
    return static_cast<std::uint64_t>(node.integer);
  }
  if (node.kind != Kind::text) return std::nullopt;
  const std::string& text = node.text.text;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seed;
}

}  // namespace

void read_sizes(const TomlNode& table, Reading& reading) {
  constexpr std::string_view example = "sizes = { tokens = 8 }";
  for (const TomlNode& child : named_children(&table, "sizes", example, reading.diagnostics)) {
    reading.scenario.sizes.push_back(
        {child.key, child.key_at, read_size(child, "sizes." + child.key, reading)});
  }
}

std::vector<WeightDecl> read_weights(const TomlNode& table, const std::string& path,
                                     Reading& reading) {
  constexpr std::string_view example = "gate = \"linear(hidden, E)\"";
  std::vector<WeightDecl> weights;
  for (const TomlNode& child : named_children(&table, path, example, reading.diagnostics)) {
    const std::string full = path + "." + child.key;
    WeightDecl weight{child.key, child.key_at, WeightKind::linear, {}};
    if (expect_kind(child, Kind::text, full, "a string with kind and dimensions", example,
                    reading.diagnostics)) {
      read_placement(read_expression(child.text, reading.diagnostics), weight, full,
                     reading.diagnostics);
    }
    weights.push_back(std::move(weight));
  }
  return weights;
}

void read_layouts(const TomlNode& table, std::vector<Layout>& layouts, Reading& reading) {
  const std::string path = table.key;
  const std::string example = path == "input" ? R"(input = { x = "tokens, hidden" })"
                                              : R"(output = { y = "tokens, hidden" })";
  Diagnostics& diagnostics = reading.diagnostics;
  const auto children = named_children(&table, path, example, diagnostics);
  if (table.kind == Kind::table && children.empty()) {
    diagnostics.error(table.at, fmt::format("`{}` is empty", path),
                      fmt::format("for example `{}`", example));
  }
  for (const TomlNode& child : children) {
    const std::string full = path + "." + child.key;
    Layout layout{child.key, child.key_at, Expr{ExprKind::absent}, Expr{ExprKind::absent}};
    if (expect_kind(child, Kind::text, full, "a string with rows and features", example,
                    diagnostics)) {
      const std::size_t before = diagnostics.size();
      std::vector<Expr> parts = read_expression_list(child.text, diagnostics);
      if (parts.size() == 2) {
        layout.rows = std::move(parts[0]);
        layout.features = std::move(parts[1]);
      } else if (diagnostics.size() == before) {
        diagnostics.error(child.at,
                          fmt::format("a layout is rows and features, got {} part{}", parts.size(),
                                      parts.size() == 1 ? "" : "s"),
                          "for example `\"tokens, hidden\"`");
      }
    }
    layouts.push_back(std::move(layout));
  }
}

void read_aliases(const TomlNode& table, Reading& reading) {
  constexpr std::string_view example = R"(ep_world_size = "ep")";
  Diagnostics& diagnostics = reading.diagnostics;
  for (const TomlNode& child : named_children(&table, "alias", example, diagnostics)) {
    std::string name = child.key;
    if (name.starts_with("self.")) name.erase(0, 5);  // programs drop it as well
    if (child.kind == Kind::table) {
      diagnostics.error(child.key_at, fmt::format("`alias.{}` is a table; wanted a name", name),
                        "write a name with dots in quotes, as in `\"config.ep\" = \"ep\"`");
    } else if (expect_kind(child, Kind::text, "alias." + name, "a string with a name", example,
                           diagnostics)) {
      reading.scenario.aliases.push_back({std::move(name), child.key_at, child.text.text});
    }
  }
}

void read_replay(const TomlNode& table, Reading& reading) {
  Diagnostics& diagnostics = reading.diagnostics;
  if (!expect_kind(table, Kind::table, "replay", "a table", "replay = { seed = 1 }", diagnostics)) {
    return;
  }
  refuse_unknown_keys(table, {"seed", "variant"}, "replay", diagnostics);
  Replay replay{table.at, 0, ""};
  if (const TomlNode* seed = table.find("seed")) {
    const std::optional<std::uint64_t> value = read_seed(*seed);
    if (!value) {
      diagnostics.error(seed->at, "`replay.seed` must be an integer from 0 to 2^64 - 1",
                        "above 2^63 - 1 in quotes, because TOML has no such integers");
    }
    replay.seed = value.value_or(0);
  } else {
    report_missing(table.at, "replay.seed", "seed = 1", diagnostics);
  }
  if (const TomlNode* variant = table.find("variant")) {
    if (expect_kind(*variant, Kind::text, "replay.variant", "the name of a variant",
                    R"(variant = "buggy")", diagnostics)) {
      replay.variant = variant->text.text;
      std::vector<std::string> names;
      for (const Variant& v : reading.scenario.variants) names.push_back(v.name);
      if (std::ranges::find(names, replay.variant) == names.end()) {
        diagnostics.error(variant->at,
                          fmt::format("there is no variant {}", back_quoted(replay.variant)),
                          did_you_mean(replay.variant, names));
      }
    }
  }
  reading.scenario.replay = std::move(replay);
}

}  // namespace reducecheck
