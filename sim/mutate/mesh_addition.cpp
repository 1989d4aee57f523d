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

bool allows(const Scenario& scenario, const Configuration& at) {
  if (scenario.where.kind == ExprKind::absent) return true;
  const Scope scope(scenario, at);
  return as_condition(scope.evaluate(scenario.where), scenario.where.at);
}

/// `where` or exactly these sizes.
std::string with_place(Scenario& scenario, const Configuration& at) {
  Expr here{ExprKind::absent};
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    if (scenario.axes[i].sizes.size() == 1) continue;
    Expr equal = binary(BinaryOp::equal, named(scenario.axes[i].name), number(at.axes[i]));
    here = here.kind == ExprKind::absent
               ? std::move(equal)
               : binary(BinaryOp::logical_and, std::move(here), std::move(equal));
  }
  if (here.kind == ExprKind::absent) return "";
  scenario.where = binary(BinaryOp::logical_or, scenario.where, std::move(here));
  return fmt::format("where = \"{}\"", print(scenario.where));
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
    if (!allows(scenario, at)) words.push_back(with_place(more, at));
  } catch (const TextError&) {
    return "";
  }
  std::erase(words, "");
  return sweeps(more, at) ? fmt::format("{}", fmt::join(words, ", ")) : "";
}

}  // namespace reducecheck
