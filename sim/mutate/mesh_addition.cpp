// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/program/build.hpp"
#include "scenarios/program/printer.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/value.hpp"
#include "sim/mutate/mutate.hpp"

namespace reducecheck {
namespace {

bool sweeps(const Scenario& scenario, const Configuration& at) {
  Diagnostics diagnostics;
  const Sweep found = sweep(scenario, {}, diagnostics);
  return std::ranges::find(found.configurations, at) != found.configurations.end();
}

/// Adds a missing size to the list of an axis, and says so.
std::string with_size(Axis& axis, std::int64_t size) {
  if (axis.sizes.empty() || std::ranges::find(axis.sizes, size) != axis.sizes.end()) return "";
  axis.sizes.push_back(size);
  std::ranges::sort(axis.sizes);
  return fmt::format("{} = [{}]", axis.name, fmt::join(axis.sizes, ", "));
}

bool allows(const Scope& scope, const Expr& condition) {
  return condition.kind == ExprKind::absent ||
         as_condition(scope.evaluate(condition), condition.at);
}

/// The bound with room for the value too, `tp <= 2` as `tp <= 4`; whether it is one that can be so.
bool widen_bound(Expr& e, std::int64_t value) {
  Expr& limit = e.children[1];
  const bool lists = limit.kind == ExprKind::tuple || limit.kind == ExprKind::list;
  if (e.op == BinaryOp::in && lists) {
    limit.children.push_back(number(value));
    return true;
  }
  if (limit.kind != ExprKind::number) return false;
  switch (e.op) {
    case BinaryOp::less: limit = number(value + 1); return true;
    case BinaryOp::greater: limit = number(value - 1); return true;
    case BinaryOp::less_equal:
    case BinaryOp::greater_equal: limit = number(value); return true;
    case BinaryOp::equal:
      limit = node(ExprKind::tuple, {limit, number(value)});
      e.op = BinaryOp::in;
      return true;
    default: return false;
  }
}

/// Widens what bounds one axis or group, in a conjunction: the prover does not take such a part as
/// a fact, so that it proves as much as before. Whether that is all that is in the way of the
/// layout.
bool widen(Expr& e, const Scope& scope) {
  if (is(e, BinaryOp::logical_and)) {
    return widen(e.children[0], scope) && widen(e.children[1], scope);
  }
  if (allows(scope, e)) return true;
  if (e.kind != ExprKind::binary || e.children[0].kind != ExprKind::name) return false;
  const Value size = scope.evaluate(e.children[0]);
  const auto* group = std::get_if<GroupValue>(&size.data);
  return group != nullptr && widen_bound(e, group->size());
}

/// `where` or exactly these sizes; absent where no size can be said.
Expr or_here(const Scenario& scenario, const Configuration& at) {
  Expr here{ExprKind::absent};
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    if (scenario.axes[i].sizes.size() == 1) continue;
    Expr equal = binary(BinaryOp::equal, named(scenario.axes[i].name), number(at.axes[i]));
    here = here.kind == ExprKind::absent
               ? std::move(equal)
               : binary(BinaryOp::logical_and, std::move(here), std::move(equal));
  }
  if (here.kind == ExprKind::absent) return here;
  return binary(BinaryOp::logical_or, scenario.where, std::move(here));
}

/// Lets `where` be true there, and says so.
std::string with_place(Scenario& scenario, const Configuration& at, const Scope& scope) {
  Expr wider = scenario.where;
  if (!widen(wider, scope)) wider = or_here(scenario, at);
  if (wider.kind == ExprKind::absent) return "";
  scenario.where = std::move(wider);
  const std::string text = print(scenario.where);
  const char quote = text.find('"') == std::string::npos ? '"' : '\'';
  return fmt::format("where = {0}{1}{0}", quote, text);
}

}  // namespace

std::string mesh_addition(const Scenario& scenario, const Configuration& at) {
  if (sweeps(scenario, at)) return "";
  Scenario more = scenario;
  std::vector<std::string> words;
  std::int64_t ranks = 1;
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    words.push_back(with_size(more.axes[i], at.axes[i]));
    ranks *= at.axes[i];
  }
  if (ranks > more.ranks) {
    more.ranks = ranks;
    words.push_back(fmt::format("ranks = {}", ranks));
  }
  try {
    const Scope scope(scenario, at);
    if (!allows(scope, scenario.where)) words.push_back(with_place(more, at, scope));
  } catch (const TextError&) {
    return "";
  }
  std::erase(words, "");
  return sweeps(more, at) ? fmt::format("{}", fmt::join(words, ", ")) : "";
}

}  // namespace reducecheck
