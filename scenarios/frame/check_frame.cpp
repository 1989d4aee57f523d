// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "scenarios/frame/checks.hpp"
#include "scenarios/frame/expression_names.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

/// What an expression of the frame is for; a later one may use more than those before it.
enum class Use {
  configuration,  // the same on every rank: groups, sizes, conditions
  layout,         // and `index(vocab)`
  placement,      // and whatever says where a rank stands
};

bool may_use(NameKind kind, Use use) {
  switch (kind) {
    case NameKind::axis:
    case NameKind::group:
    case NameKind::switch_:
    case NameKind::size:
    case NameKind::group_size:
      return true;
    case NameKind::group_rank:
      return use == Use::placement;
    case NameKind::weight:
    case NameKind::input:
    case NameKind::output:
    case NameKind::alias:
      return false;
  }
  return false;
}

bool may_call(std::string_view function, Use use) {
  if (use == Use::layout && function == "index") return true;
  const bool asks_for_rank = function == "rank" || function == "block" || function == "chunk";
  return is_config_function(function) && (use == Use::placement || !asks_for_rank);
}

class ExpressionCheck {
 public:
  ExpressionCheck(const FrameNames& names, Diagnostics& diagnostics)
      : names_(names),
        diagnostics_(diagnostics),
        candidates_(names.of({NameKind::axis, NameKind::group, NameKind::switch_, NameKind::size,
                              NameKind::alias})) {}

  void check(const Expr& expression, Use use) {
    for_each_name(expression, [&](const Expr& name, bool called) {
      called ? check_call(name, use) : check_value(name, use);
    });
  }

 private:
  void check_call(const Expr& name, Use use) {
    if (may_call(name.name, use)) return;
    if (is_function(name.name)) {
      diagnostics_.error(name.at, fmt::format("`{}` cannot be used here: the value must be the "
                                              "same for all ranks and known before the program",
                                              name.name));
      return;
    }
    std::vector<std::string> functions;
    for (const std::string& function : all_functions()) {
      if (may_call(function, use)) functions.push_back(function);
    }
    if (use == Use::layout) functions.emplace_back("index");
    diagnostics_.error(name.at, fmt::format("unknown function {}", back_quoted(name.name)),
                       did_you_mean(name.name, functions));
  }

  void check_value(const Expr& name, Use use) {
    const std::optional<NameKind> kind = names_.resolve(name.name);
    if (kind && may_use(*kind, use)) return;
    if (kind) {
      diagnostics_.error(
          name.at, fmt::format("{} is {}; wanted an axis, a derived group, a switch or a size",
                               back_quoted(name.name), describe(*kind)));
    } else if (is_function(name.name)) {
      diagnostics_.error(name.at, fmt::format("`{}` is a function; it wants `(`", name.name));
    } else {
      diagnostics_.error(name.at, fmt::format("unknown name {}", back_quoted(name.name)),
                         did_you_mean(name.name, candidates_));
    }
  }

  const FrameNames& names_;
  Diagnostics& diagnostics_;
  std::vector<std::string> candidates_;
};

/// Finds groups and sizes that are defined by themselves. There are at most a few hundred names, so
/// recursion is safe.
class CycleCheck {
 public:
  CycleCheck(const Scenario& scenario, const FrameNames& names, Diagnostics& diagnostics)
      : diagnostics_(diagnostics) {
    for (const auto* list : {&scenario.groups, &scenario.sizes}) {
      for (const NamedExpr& named : *list) {
        std::vector<std::string>& uses = uses_[named.name];
        for_each_name(named.value, [&](const Expr& name, bool called) {
          if (!called) uses.push_back(names.root(name.name));
        });
        order_.push_back(&named);
      }
    }
  }

  void run() {
    for (const NamedExpr* named : order_) visit(named->name, *named);
  }

 private:
  void visit(const std::string& name, const NamedExpr& start) {
    if (const auto again = std::ranges::find(path_, name); again != path_.end()) {
      // A cycle is told once, from the first of its names in the file.
      if (again == path_.begin()) {
        diagnostics_.error(start.at, fmt::format("`{}` is defined by itself: {} -> {}", name,
                                                 fmt::join(path_, " -> "), name));
        told_.insert(path_.begin(), path_.end());
      }
      return;
    }
    if (!uses_.contains(name) || told_.contains(name) || done_.contains({name, start.name})) return;
    done_.insert({name, start.name});
    path_.push_back(name);
    for (const std::string& used : uses_[name]) visit(used, start);
    path_.pop_back();
  }

  Diagnostics& diagnostics_;
  std::map<std::string, std::vector<std::string>> uses_;
  std::vector<const NamedExpr*> order_;
  std::vector<std::string> path_;
  std::set<std::string> told_;
  std::set<std::pair<std::string, std::string>> done_;
};

void check_aliases(const Scenario& scenario, const FrameNames& names, Diagnostics& diagnostics) {
  const std::vector<std::string> candidates =
      names.of({NameKind::axis, NameKind::group, NameKind::switch_, NameKind::size,
                NameKind::weight, NameKind::input});
  for (const Alias& alias : scenario.aliases) {
    if (names.declared(alias.target) == NameKind::alias) {
      diagnostics.error(alias.at,
                        fmt::format("`{}` stands for {}, which is an alias itself", alias.name,
                                    back_quoted(alias.target)),
                        "name what it stands for in the end");
    } else if (!names.resolve(alias.target)) {
      diagnostics.error(
          alias.at,
          fmt::format("`{}` stands for the unknown name {}", alias.name, back_quoted(alias.target)),
          did_you_mean(alias.target, candidates));
    }
  }
}

void check_integer_switches(const Scenario& scenario, const FrameNames& names,
                            Diagnostics& diagnostics) {
  const Scenario none;
  Diagnostics unused;
  const FrameNames built_in(none, unused);
  for (const Switch& item : scenario.switches) {
    if (!built_in.declared(item.name) || names.declared(item.name) != NameKind::switch_) continue;
    if (item.values.empty() || std::holds_alternative<std::int64_t>(item.values[0])) continue;
    diagnostics.error(item.at, fmt::format("`{}` is a built-in size; wanted integers", item.name));
  }
}

}  // namespace

void check_frame(const Scenario& scenario, const FrameNames& names, Diagnostics& diagnostics) {
  ExpressionCheck expressions(names, diagnostics);
  for (const NamedExpr& group : scenario.groups) expressions.check(group.value, Use::configuration);
  for (const NamedExpr& size : scenario.sizes) expressions.check(size.value, Use::configuration);
  expressions.check(scenario.where, Use::configuration);
  const auto check_weights = [&](const std::vector<WeightDecl>& weights) {
    for (const WeightDecl& weight : weights) {
      for (const Expr& dimension : weight.dimensions) expressions.check(dimension, Use::placement);
    }
  };
  check_weights(scenario.weights);
  for (const Variant& variant : scenario.variants) check_weights(variant.weights);
  for (const auto* layouts : {&scenario.inputs, &scenario.outputs}) {
    for (const Layout& layout : *layouts) {
      expressions.check(layout.rows, Use::layout);
      expressions.check(layout.features, Use::layout);
    }
  }
  for (const Expectation& expectation : scenario.expectations) {
    for (const ExpectedVerdict& verdict : expectation.verdicts) {
      expressions.check(verdict.when, Use::configuration);
    }
  }
  check_aliases(scenario, names, diagnostics);
  check_integer_switches(scenario, names, diagnostics);
  CycleCheck(scenario, names, diagnostics).run();
}

void check_scenario(Reading& reading) {
  const FrameNames names(reading.scenario, reading.diagnostics);
  if (reading.names_are_hidden) return;
  check_frame(reading.scenario, names, reading.diagnostics);
  check_programs(reading, names, reading.diagnostics);
}

}  // namespace reducecheck
