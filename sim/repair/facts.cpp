// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/facts.hpp"

#include <algorithm>

#include "scenarios/program/parser.hpp"
#include "scenarios/program/printer.hpp"
#include "sim/judge/condition.hpp"
#include "sim/repair/draft.hpp"

namespace reducecheck::repair {
namespace {

/// Layouts in which the value of a condition is looked at.
constexpr std::size_t most_scopes = 256;

/// Definitions within definitions.
constexpr int most_definitions = 8;

/// Functions of the language through which a share stays a share.
const std::set<std::string>& linear_functions() {
  static const std::set<std::string> names = {"all_reduce", "reduce_scatter", "reduce_scatterv",
                                              "all_gather", "all_gatherv",    "broadcast",
                                              "combine",    "chunk",          "cat",
                                              "pad",        "take",           "where"};
  return names;
}

/// Finds carriers until no more are found.
class Carriers {
 public:
  Carriers(const Program& of_variant, const Program& shared, Facts& facts)
      : texts_{&of_variant, &shared}, facts_(facts) {
    for (const Program* text : texts_) note_functions(*text);
  }

  void find() {
    std::size_t before = 0;
    do {
      before = facts_.carriers.size();
      for (const Program* text : texts_) block(*text, "");
    } while (facts_.carriers.size() != before);
  }

 private:
  void note_functions(const Program& statements) {
    for (const Stmt& s : statements) {
      if (s.kind == StmtKind::function) functions_[s.name] = &s;
    }
  }

  void block(const Program& statements, const std::string& function) {
    for (const Stmt& s : statements) {
      if (facts_.carries(s.value)) {
        if (s.kind == StmtKind::result) facts_.carriers.insert(function);
        facts_.carriers.insert(s.targets.begin(), s.targets.end());
      }
      pass_arguments(s.value);
      block(s.body, s.kind == StmtKind::function ? s.name : function);
      block(s.otherwise, function);
    }
  }

  void pass_arguments(const Expr& e) {
    const auto found = functions_.find(callee_of(e));
    if (found != functions_.end()) {
      const std::vector<Parameter>& parameters = found->second->parameters;
      const std::size_t count = std::min(parameters.size(), e.children.size() - 1);
      for (std::size_t i = 0; i < count; ++i) {
        if (facts_.carries(e.children[i + 1])) facts_.carriers.insert(parameters[i].name);
      }
    }
    for (const Expr& child : e.children) pass_arguments(child);
  }

  std::vector<const Program*> texts_;
  std::map<std::string, const Stmt*> functions_;
  Facts& facts_;
};

void add_names(const Expr& e, const std::set<std::string>& known, std::vector<Expr>& names) {
  if (e.kind == ExprKind::name && known.contains(e.name)) {
    const auto same = [&](const Expr& other) { return other == e; };
    if (std::ranges::none_of(names, same)) names.push_back(named(e.name));
  }
  for (const Expr& child : e.children) add_names(child, known, names);
}

/// What stands right of a `/` in a dimension.
void add_divisors(const Expr& e, const std::set<std::string>& known, std::vector<Expr>& names) {
  if (is(e, BinaryOp::divide)) add_names(e.children[1], known, names);
  if (calls(e, "block") || calls(e, "chunk")) add_names(e, known, names);
  for (const Expr& child : e.children) add_divisors(child, known, names);
}

void add_groups(const Scenario& scenario, Facts& facts) {
  std::set<std::string> known;
  std::set<std::string> texts;
  for (const Axis& axis : scenario.axes) {
    known.insert(axis.name);
    facts.groups.push_back(named(axis.name));
  }
  for (const NamedExpr& group : scenario.groups) {
    known.insert(group.name);
    texts.insert(print(group.value));
    facts.groups.push_back(named(group.name));
  }
  for (const WeightDecl& weight : placed_weights(scenario, scenario.variants[0])) {
    std::vector<Expr>& split = facts.split[weight.name];
    for (const Expr& dimension : weight.dimensions) add_divisors(dimension, known, split);
    if (split.size() < 2) continue;
    const Expr product = joined(split, BinaryOp::multiply);
    if (texts.insert(print(product)).second) facts.groups.push_back(product);
  }
  // What a branch is split over is what a reader tries first.
  std::ranges::stable_partition(facts.groups, [&](const Expr& group) {
    return std::ranges::any_of(facts.split, [&](const auto& entry) {
      const bool over = std::ranges::find(entry.second, group) != entry.second.end();
      return over && facts.is_branch(entry.first);
    });
  });
}

/// The expression with flags replaced by what they are; `depth` ends what defines itself.
Expr with_definitions(const Expr& e, const std::map<std::string, Expr>& definitions, int depth) {
  if (e.kind == ExprKind::name) {
    const auto found = definitions.find(e.name);
    if (found == definitions.end() || depth == 0) return e;
    return with_definitions(found->second, definitions, depth - 1);
  }
  Expr result = e;
  for (Expr& child : result.children) child = with_definitions(child, definitions, depth);
  return result;
}

void add_definitions(const Scenario& scenario, Facts& facts) {
  std::set<std::string> several;
  for (const Program* text : {&scenario.variants[0].program, &scenario.distributed}) {
    for (const Stmt& s : *text) {
      if (s.kind != StmtKind::assign || s.targets.size() != 1) continue;
      const bool fresh = facts.definitions.emplace(s.targets[0], s.value).second;
      if (!fresh) several.insert(s.targets[0]);
    }
  }
  for (const std::string& name : several) facts.definitions.erase(name);
}

/// `g > 1` for `1 < g`: conditions of a text are written that way.
Expr turned(const Expr& atom) {
  const bool one_left = is(atom, BinaryOp::less) && atom.children[0].kind == ExprKind::number;
  return one_left ? binary(BinaryOp::greater, atom.children[1], atom.children[0]) : atom;
}

}  // namespace

bool Facts::carries(const Expr& e) const {
  switch (e.kind) {
    case ExprKind::name: return is_branch(e.name) || carriers.contains(e.name);
    case ExprKind::call: {
      const std::string callee = callee_of(e);
      if (is_branch(callee) || carriers.contains(callee)) return true;
      if (!linear_functions().contains(callee)) return false;
      return std::any_of(e.children.begin() + 1, e.children.end(),
                         [this](const Expr& child) { return carries(child); });
    }
    case ExprKind::conditional: return carries(e.children[0]) || carries(e.children[2]);
    case ExprKind::slice:
    case ExprKind::index: return carries(e.children[0]);
    case ExprKind::negate: return carries(e.children[0]);
    case ExprKind::binary:
      return !is_boolean(e) && (carries(e.children[0]) || carries(e.children[1]));
    default: return false;
  }
}

std::vector<bool> Facts::values(const Expr& asked) const {
  std::vector<bool> found;
  const Expr spelled_out = with_definitions(asked, definitions, most_definitions);
  try {
    for (const Scope& scope : scopes) {
      const Value value = scope.evaluate(spelled_out);
      const bool* truth = std::get_if<bool>(&value.data);
      if (truth == nullptr) return {};
      found.push_back(*truth);
    }
  } catch (const TextError&) {
    return {};
  }
  return found;
}

Configuration configuration_of(const Cell& cell) {
  Configuration configuration;
  for (const auto& [name, size] : cell.configuration.mesh) configuration.axes.push_back(size);
  for (const auto& [name, value] : cell.configuration.switches) {
    configuration.switches.push_back(value);
  }
  return configuration;
}

Expr failing_condition_of(const std::vector<const Cell*>& cells) {
  std::vector<ConditionPoint> points;
  std::vector<bool> failing;
  for (const Cell* cell : cells) {
    points.push_back({cell->configuration, 0});
    failing.push_back(cell->verdict == Verdict::defect);
  }
  Diagnostics diagnostics;
  Expr condition = parse_expression(failing_condition(points, failing), {}, diagnostics);
  const bool a_name = condition.kind == ExprKind::name && condition.name == "always";
  return diagnostics.empty() && !a_name ? condition : Expr{ExprKind::absent};
}

Facts facts_of(const Scenario& scenario, const std::vector<const Cell*>& cells) {
  Facts facts;
  for (const Cell* cell : cells) {
    if (!cell->finding) continue;
    facts.branches.insert(cell->finding->branches.begin(), cell->finding->branches.end());
  }
  for (std::size_t i = 0; i < std::min(cells.size(), most_scopes); ++i) {
    facts.scopes.emplace_back(scenario, configuration_of(*cells[i]));
    facts.right.push_back(cells[i]->verdict != Verdict::defect);
  }
  const std::vector<WeightDecl> weights = placed_weights(scenario, scenario.variants[0]);
  for (const WeightDecl& weight : weights) {
    if (weight.kind == WeightKind::scalar) facts.scalars.push_back(weight.name);
  }
  if (facts.branches.empty()) {
    for (const WeightDecl& weight : weights) facts.branches.insert(weight.name);
    for (const Layout& input : scenario.inputs) facts.branches.insert(input.name);
  }
  add_groups(scenario, facts);
  add_definitions(scenario, facts);
  Carriers(scenario.variants[0].program, scenario.distributed, facts).find();
  facts.condition = failing_condition_of(cells);
  if (facts.condition.kind != ExprKind::absent) {
    for (const Expr& atom : operands(facts.condition, BinaryOp::logical_and)) {
      facts.atoms.push_back(turned(atom));
    }
    facts.condition = joined(facts.atoms, BinaryOp::logical_and);
  }
  return facts;
}

}  // namespace reducecheck::repair
