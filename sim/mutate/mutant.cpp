// SPDX-License-Identifier: Apache-2.0
#include "sim/mutate/mutant.hpp"

#include <algorithm>

#include "scenarios/program/printer.hpp"
#include "sim/mutate/mutant_draft.hpp"

namespace reducecheck {

const char* spelling(MutantKind kind) {
  switch (kind) {
    case MutantKind::drop_collective: return "drop_collective";
    case MutantKind::double_collective: return "double_collective";
    case MutantKind::move_collective: return "move_collective";
    case MutantKind::swap_collective: return "swap_collective";
    case MutantKind::wrong_group: return "wrong_group";
    case MutantKind::group_order: return "group_order";
    case MutantKind::gather_order: return "gather_order";
    case MutantKind::wrong_operator: return "wrong_operator";
    case MutantKind::factor: return "factor";
    case MutantKind::scale: return "scale";
    case MutantKind::addend_in_sum: return "addend_in_sum";
    case MutantKind::addend_outside: return "addend_outside";
    case MutantKind::drop_addend: return "drop_addend";
    case MutantKind::add_guard: return "add_guard";
    case MutantKind::drop_guard: return "drop_guard";
    case MutantKind::condition: return "condition";
    case MutantKind::flag: return "flag";
  }
  return "";
}

Mutants mutants_of(const Scenario& scenario, const std::string& variant) {
  mutation::MutantDraft draft(scenario, variant);
  mutation::mutate_collectives(draft);
  mutation::mutate_sums(draft);
  mutation::mutate_scales(draft);
  mutation::mutate_conditions(draft);
  mutation::mutate_statements(draft);
  Mutants mutants = draft.take();
  std::ranges::stable_sort(mutants.list, {}, &Mutant::at);
  return mutants;
}

namespace mutation {
namespace {

constexpr std::size_t most_expressions = 1'000'000;  // of all mutants of a text

}  // namespace

MutantDraft::MutantDraft(const Scenario& scenario, const std::string& variant)
    : draft_(scenario, variant, 0), seen_{repair::text_of_variant(draft_.scenario())} {
  note_groups();
  note_names();
  Variant none;
  expressions_ = places().size() + repair::places(none, draft_.scenario().reference).size();
}

void MutantDraft::note_groups() {
  for (const Axis& axis : draft_.scenario().axes) groups_.push_back(named(axis.name));
  for (const NamedExpr& group : draft_.scenario().groups) groups_.push_back(named(group.name));
  std::set<std::string> used;
  for (const repair::Place& place : places()) {
    const auto group = group_argument(*place.expression);
    if (group) used.insert(print(place.expression->children[*group]));
  }
  for (const Expr& group : groups_) {
    if (used.empty() || used.contains(group.name)) used_groups_.push_back(group);
  }
}

void MutantDraft::note_names() {
  for (const WeightDecl& weight : repair::placed_weights(draft_.scenario(), variant())) {
    weights_.insert(weight.name);
  }
  for (const Program* text : {&variant().program, &shared()}) {
    for (const Stmt& s : *text) {
      if (s.kind == StmtKind::function) functions_.insert(s.name);
    }
  }
}

void MutantDraft::propose(MutantKind kind, const repair::Place& place, Expr replacement) {
  std::string before = print(*place.expression);
  std::string after = print(replacement);
  std::swap(*place.expression, replacement);
  propose_changed(kind, replacement.at, std::move(before), std::move(after));
  std::swap(*place.expression, replacement);
}

void MutantDraft::propose_changed(MutantKind kind, Position at, std::string before,
                                  std::string after) {
  if (mutants_.limited || !seen_.insert(repair::text_of_variant(draft_.scenario())).second) return;
  if (expressions_ * mutants_.list.size() > most_expressions) {
    mutants_.limited = true;
    return;
  }
  mutants_.list.push_back({kind, at, std::move(before), std::move(after), draft_.scenario()});
}

bool maps_rows(const MutantDraft& draft, const Expr& e) {
  static const std::set<std::string> functions = {
      "act", "silu", "gelu", "relu", "tanh", "quant", "norm", "sigmoid", "rsqrt", "exp", "log"};
  if (e.kind != ExprKind::call || e.children.size() < 2) return false;
  const std::string name = repair::callee_of(e);
  return functions.contains(name) || draft.is_weight(name) || draft.is_function(name);
}

bool adds_ranks(const Expr& e) {
  return calls(e, "all_reduce") || calls(e, "reduce_scatter");
}

bool asks_rank(const Expr& e) {
  return calls(e, "rank") || std::ranges::any_of(e.children, asks_rank);
}

}  // namespace mutation
}  // namespace reducecheck
