// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "scenarios/program/printer.hpp"
#include "sim/repair/edits.hpp"

namespace reducecheck::repair {
namespace {

/// What a statement of a variant defines: a flag or a function; or empty.
std::string defined(const Stmt& s) {
  if (s.kind == StmtKind::function) return s.name;
  return s.kind == StmtKind::assign && s.targets.size() == 1 ? s.targets[0] : "";
}

std::string text_of(const Stmt& s) {
  std::string text = print(Program{s});
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// A flag that is a number stands for a share, such as `share = 1`.
void other_values(Draft& draft, const Facts& facts, const Place& place) {
  const Expr& e = *place.expression;
  const bool flag =
      place.of_variant && place.role == Role::value && place.statement->kind == StmtKind::assign;
  if (!flag) return;
  const std::string name = place.statement->targets[0];
  if (e.kind == ExprKind::truth) {
    Expr other = e;
    other.number = e.number == 0 ? 1 : 0;
    const std::string words = fmt::format("{} = {}", name, print(other));
    draft.propose(EditKind::other_value, words, place, std::move(other));
  }
  if (e.kind != ExprKind::number && e.kind != ExprKind::name) return;
  for (const Expr& group : facts.groups) {
    const std::string words = fmt::format("{} = {}", name, print(group));
    draft.propose(EditKind::other_value, words, place, group);
  }
}

void as_other(Draft& draft, const Variant& other) {
  for (Stmt& mine : draft.variant().program) {
    const std::string name = defined(mine);
    if (name.empty()) continue;
    for (const Stmt& theirs : other.program) {
      if (defined(theirs) != name || theirs == mine) continue;
      const Stmt saved = std::exchange(mine, theirs);
      draft.propose_changed(EditKind::as_variant,
                            fmt::format("{} as in variant {}", name, other.name), saved.at,
                            text_of(saved), text_of(theirs));
      mine = saved;
    }
  }
}

}  // namespace

void edit_flags(Draft& draft, const Facts& facts) {
  for (const Place& place : draft.places()) other_values(draft, facts, place);
}

void edit_as_variants(Draft& draft, const Scenario& scenario) {
  for (const Variant& other : scenario.variants) {
    if (other.name != draft.variant().name) as_other(draft, other);
  }
}

}  // namespace reducecheck::repair
