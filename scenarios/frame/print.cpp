// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "scenarios/frame/toml_writer.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

constexpr std::int64_t default_ranks = 8;

/// One of several expressions, or an expression alone: there a tuple needs brackets of its own.
std::string item(const Expr& value) {
  return value.kind == ExprKind::tuple ? "(" + print(value) + ")" : print(value);
}

std::string expression(const Expr& value) {
  return toml_string(item(value));
}

std::string integers(const std::vector<std::int64_t>& values) {
  std::vector<std::string> words;
  for (const std::int64_t value : values) words.push_back(fmt::format("{}", value));
  return toml_list(words);
}

TomlTable mesh_table(const Scenario& scenario) {
  TomlTable table;
  std::vector<std::string> names;
  for (const Axis& axis : scenario.axes) names.push_back(toml_string(axis.name));
  table.add("axes", toml_list(names));
  for (const Axis& axis : scenario.axes) {
    if (!axis.sizes.empty()) table.add(axis.name, integers(axis.sizes));
  }
  if (scenario.ranks != default_ranks) table.add("ranks", fmt::format("{}", scenario.ranks));
  if (scenario.where.kind != ExprKind::absent) table.add("where", expression(scenario.where));
  for (const NamedExpr& group : scenario.groups) table.add(group.name, expression(group.value));
  return table;
}

std::string switch_value(const SwitchValue& value) {
  if (const bool* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *integer);
  return toml_string(std::get<std::string>(value));
}

TomlTable switch_table(const Scenario& scenario) {
  TomlTable table;
  for (const Switch& item : scenario.switches) {
    std::vector<std::string> values;
    for (const SwitchValue& value : item.values) values.push_back(switch_value(value));
    table.add(item.name, toml_list(values));
  }
  return table;
}

/// True for what a TOML integer says: `8` and `-1`.
bool is_integer(const Expr& value) {
  if (value.kind == ExprKind::negate) {
    const Expr& inner = value.children[0];
    return inner.kind == ExprKind::number && inner.number.is_integer() &&
           inner.number.numerator() != 0;  // TOML has no -0
  }
  return value.kind == ExprKind::number && value.number.is_integer();
}

std::string size_value(const Expr& value) {
  const bool list = value.kind == ExprKind::list && std::ranges::all_of(value.children, is_integer);
  return list || is_integer(value) ? print(value) : expression(value);
}

TomlTable size_table(const Scenario& scenario) {
  TomlTable table;
  for (const NamedExpr& size : scenario.sizes) table.add(size.name, size_value(size.value));
  return table;
}

TomlTable layout_table(const std::vector<Layout>& layouts) {
  TomlTable table;
  for (const Layout& layout : layouts) {
    table.add(layout.name,
              toml_string(fmt::format("{}, {}", item(layout.rows), item(layout.features))));
  }
  return table;
}

TomlTable weight_table(const std::vector<WeightDecl>& weights) {
  TomlTable table;
  for (const WeightDecl& weight : weights) {
    std::string placement = spelling(weight.kind);
    const char* before = "(";
    for (const Expr& dimension : weight.dimensions) {
      placement += before + item(dimension);
      before = ", ";
    }
    if (!weight.dimensions.empty()) placement += ")";
    table.add(weight.name, toml_string(placement));
  }
  return table;
}

TomlTable alias_table(const Scenario& scenario) {
  TomlTable table;
  for (const Alias& alias : scenario.aliases) table.add(alias.name, toml_string(alias.target));
  return table;
}

/// A program of one line is a string of one line.
std::string program_text(const Program& program) {
  std::string text = print(program);
  if (std::ranges::count(text, '\n') == 1 && text.ends_with('\n')) text.pop_back();
  return toml_text(text);
}

TomlTable program_table(const Scenario& scenario) {
  TomlTable table;
  table.add("reference", program_text(scenario.reference));
  if (!scenario.distributed.empty() || scenario.variants.empty()) {
    table.add("distributed", program_text(scenario.distributed));
  }
  return table;
}

bool is_implicit(const std::vector<Variant>& variants) {
  return variants.empty() || (variants.size() == 1 && variants[0].name == "program" &&
                              variants[0].program.empty() && variants[0].weights.empty());
}

std::string variants_text(const std::vector<Variant>& variants) {
  const auto has_weights = [](const Variant& variant) { return !variant.weights.empty(); };
  if (std::ranges::none_of(variants, has_weights)) {
    TomlTable table;
    for (const Variant& variant : variants) table.add(variant.name, program_text(variant.program));
    return "\n" + table.as_section("variant");
  }
  // One variant with weights makes all of them tables: strings would come before every table, and
  // the order of the variants would be lost.
  std::string result;
  for (const Variant& variant : variants) {
    TomlTable table;
    const std::string name = "variant." + toml_key(variant.name);
    if (!variant.program.empty()) table.add("program", program_text(variant.program));
    result += "\n" + table.as_section(name);
    if (!variant.weights.empty()) {
      const TomlTable weights = weight_table(variant.weights);
      const std::string in_line = weights.in_line("weights");
      result += in_line.empty() ? "\n" + weights.as_section(name + ".weights") : in_line;
    }
  }
  return result;
}

std::string verdict_text(const ExpectedVerdict& verdict) {
  std::string text = verdict.verdict;
  const char* before = "(";
  for (const std::string& branch : verdict.branches) {
    text += before + branch;
    before = ", ";
  }
  if (!verdict.branches.empty()) text += ")";
  if (verdict.when.kind != ExprKind::absent) text += " when " + item(verdict.when);
  return toml_string(text);
}

TomlTable expect_table(const Scenario& scenario) {
  TomlTable table;
  for (const Expectation& expectation : scenario.expectations) {
    std::vector<std::string> verdicts;
    for (const ExpectedVerdict& verdict : expectation.verdicts) {
      verdicts.push_back(verdict_text(verdict));
    }
    table.add(expectation.variant, verdicts.size() == 1 ? verdicts[0] : toml_list(verdicts));
  }
  return table;
}

TomlTable assume_table(const Assumptions& assume) {
  TomlTable table;
  if (assume.scale_free_norm) table.add("scale_free", toml_list({toml_string("norm")}));
  std::vector<std::string> names;
  for (const std::string& name : assume.positive) names.push_back(toml_string(name));
  if (!names.empty()) table.add("positive", toml_list(names));
  return table;
}

TomlTable replay_table(const Replay& replay) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  TomlTable table;
  const std::string seed = fmt::format("{}", replay.seed);
  table.add("seed", replay.seed > most ? toml_string(seed) : seed);
  if (!replay.variant.empty()) table.add("variant", toml_string(replay.variant));
  return table;
}

std::string head(const Scenario& scenario) {
  std::string text;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<6} = {}\n", key, toml_text(value));
  };
  add("title", scenario.title);
  add("source", scenario.source);
  add("entry", scenario.entry);
  add("note", scenario.note);
  add("model", scenario.model);
  return text;
}

}  // namespace

std::string print_scenario(const Scenario& scenario) {
  std::string text = head(scenario);
  // A key that stands behind a section would belong to it, so what fits on a line comes first.
  std::string sections;
  const auto add = [&](const char* name, const TomlTable& table) {
    if (table.empty()) return;
    const std::string in_line = table.in_line(name);
    (in_line.empty() ? sections : text) +=
        in_line.empty() ? "\n" + table.as_section(name) : in_line;
  };
  const auto add_section = [&](const char* name, const TomlTable& table) {
    if (!table.empty()) sections += "\n" + table.as_section(name);
  };
  add("mesh", mesh_table(scenario));
  add("switch", switch_table(scenario));
  add("sizes", size_table(scenario));
  add("input", layout_table(scenario.inputs));
  add("output", layout_table(scenario.outputs));
  add_section("weights", weight_table(scenario.weights));
  add_section("alias", alias_table(scenario));
  add("assume", assume_table(scenario.assume));
  add_section("program", program_table(scenario));
  if (!is_implicit(scenario.variants)) sections += variants_text(scenario.variants);
  add_section("expect", expect_table(scenario));
  if (scenario.replay) add_section("replay", replay_table(*scenario.replay));
  return text + sections;
}

}  // namespace reducecheck
