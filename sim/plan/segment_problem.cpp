// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/segment_problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "sim/plan/segment_layouts.hpp"
#include "sim/plan/value.hpp"
#include "sim/prove/region.hpp"

namespace reducecheck::planning {
namespace {

using prove::Addend;
using prove::Arrival;

constexpr std::size_t most_apart = 4;  // beyond it branches in one state are one branch

SizeOverrides overridden(const Scenario& scenario, const ScenarioPlanOptions& options) {
  SizeOverrides sizes = options.sizes;
  // What the program's text decides on is a number of its own.
  for (const Switch& one : scenario.switches) sizes.erase(one.name);
  return sizes;
}

std::optional<Operation> operation_of(const std::string& spelled) {
  static const std::map<std::string, Operation> known = {
      {"all_reduce", Operation::all_reduce},          {"reduce_scatter", Operation::reduce_scatter},
      {"reduce_scatterv", Operation::reduce_scatter}, {"all_gather", Operation::all_gather},
      {"all_gatherv", Operation::all_gather},         {"broadcast", Operation::broadcast}};
  const auto found = known.find(spelled);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

double bytes_of(const prove::Polynomial& rows, const prove::Polynomial& cols,
                const prove::CaseRun& run, const SizesAt& sizes, double otherwise) {
  const auto r = sizes.value(rows, *run.symbols);
  const auto c = sizes.value(cols, *run.symbols);
  if (!r || !c) return otherwise;
  return *r * *c * static_cast<double>(sizes.element_bytes());
}

/// Branches in one state can be added first, at no cost but an add.
void join_equal_states(std::vector<BranchState>& branches) {
  std::vector<BranchState> joined;
  for (BranchState& branch : branches) {
    const auto same = std::ranges::find_if(joined, [&](const BranchState& other) {
      return other.roles == branch.roles && other.rows == branch.rows &&
             other.features == branch.features;
    });
    if (same == joined.end())
      joined.push_back(std::move(branch));
    else
      same->name += " + " + branch.name;
  }
  branches = std::move(joined);
}

void name_apart(std::vector<BranchState>& branches, const Scenario& scenario) {
  std::set<std::string> taken;
  for (const Axis& axis : scenario.axes) taken.insert(axis.name);
  for (const NamedExpr& group : scenario.groups) taken.insert(group.name);
  for (BranchState& branch : branches) {
    const std::string word = branch.name;
    for (int n = 2; !taken.insert(branch.name).second; ++n) {
      branch.name = fmt::format("{}_{}", word, n);
    }
  }
}

double largest_whole(const prove::Stretch& segment, const prove::CaseRun& run, const SizesAt& sizes,
                     const Problem& problem) {
  double whole = bytes_of(segment.value.rows, segment.value.cols, run, sizes, -1);
  if (whole < 0) {
    // Shares by ceil have no number here: as if the rows divided.
    const auto hidden = sizes.value(segment.value.cols, *run.symbols).value_or(1);
    const auto tokens = sizes.tokens();
    return hidden * tokens * static_cast<double>(sizes.element_bytes());
  }
  for (const Group* group : {&problem.goal.rows, &problem.goal.features}) {
    for (const int axis : group->axes) whole *= static_cast<double>(sizes.axis(axis));
  }
  return whole;
}

void add_calls(const prove::Stretch& segment, const prove::CaseRun& run, const SizesAt& sizes,
               SegmentProblem& result) {
  for (const prove::CollectiveCalled& call : segment.calls) {
    const auto operation = operation_of(call.operation);
    if (!operation) continue;
    double bytes = bytes_of(call.rows, call.cols, run, sizes, result.problem.bytes);
    result.own.push_back({*operation, Group{call.group}, bytes});
  }
}

}  // namespace

SegmentProblem problem_of(const prove::Stretch& segment, const prove::CaseRun& run,
                          const SizesAt& sizes) {
  SegmentProblem result;
  Problem& problem = result.problem;
  const Scenario& scenario = sizes.scenario();
  for (std::size_t i = 0; i < scenario.axes.size(); ++i) {
    problem.axes.push_back({scenario.axes[i].name, sizes.axis(static_cast<int>(i))});
  }
  try {
    problem.goal = goal_of(segment, run.arena);
    for (const Arrival& arrival : segment.arrivals) {
      BranchState branch = arriving(arrival, problem.goal, run.arena, problem.axes.size());
      branch.name = branch_word(run.arena, arrival.before.atom);
      problem.branches.push_back(std::move(branch));
    }
  } catch (const NoState& no) {
    result.reason = no.reason;
  }
  problem.bytes = largest_whole(segment, run, sizes, problem);
  add_calls(segment, run, sizes, result);
  name_apart(problem.branches, scenario);
  if (problem.branches.size() > most_apart) join_equal_states(problem.branches);
  if (problem.branches.size() > static_cast<std::size_t>(most_branches)) {
    result.reason = fmt::format("{} branches in different states", problem.branches.size());
  }
  if (problem.branches.empty() && result.reason.empty()) result.reason = "nothing arrives";
  return result;
}

SizesAt::SizesAt(const Scenario& scenario, const Configuration& at,
                 const ScenarioPlanOptions& options)
    : scenario_(scenario),
      at_(at),
      scope_(scenario, at, overridden(scenario, options)),
      element_bytes_(options.element_bytes) {}

double SizesAt::tokens() const {
  const auto found = scope_.find("tokens", -1);
  const auto* number = found ? std::get_if<Fraction>(&found->data) : nullptr;
  return number == nullptr ? 1.0 : static_cast<double>(number->numerator());
}

Mesh SizesAt::mesh() const {
  std::vector<std::string> names;
  for (const Axis& axis : scenario_.axes) names.push_back(axis.name);
  return {std::move(names), at_.axes};
}

std::optional<double> SizesAt::value(const prove::Polynomial& polynomial,
                                     const prove::SymbolTable& symbols) const {
  prove::Polynomial result = prove::at_sizes(polynomial, at_);
  for (prove::Symbol s = 0; s < symbols.size(); ++s) {
    if (!result.mentions(s)) continue;
    if (symbols.at(s).kind != prove::SymbolKind::size) return std::nullopt;
    const auto size = scope_.find(symbols.at(s).name, -1);
    const auto* known = size ? std::get_if<Fraction>(&size->data) : nullptr;
    if (known == nullptr) return std::nullopt;
    result = result.substituted(s, *known);
  }
  const auto number = result.constant();
  if (!number) return std::nullopt;
  return static_cast<double>(number->numerator()) / static_cast<double>(number->denominator());
}

}  // namespace reducecheck::planning
