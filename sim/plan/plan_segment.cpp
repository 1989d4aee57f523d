// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/plan_segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace reducecheck::planning {
namespace {

using Calls = std::multiset<std::pair<Operation, std::vector<int>>>;

std::vector<int> sorted_axes(const Group& group, const Problem& problem) {
  std::vector<int> axes;
  for (const int axis : group.axes) {
    if (problem.axes[static_cast<std::size_t>(axis)].size > 1) axes.push_back(axis);
  }
  std::ranges::sort(axes);
  return axes;
}

std::int64_t ranks_of(const Group& group, const Problem& problem) {
  std::int64_t ranks = 1;
  for (const int axis : group.axes) ranks *= problem.axes[static_cast<std::size_t>(axis)].size;
  return ranks;
}

Calls calls_of(const CollectivePlan& plan, const Problem& problem) {
  Calls calls;
  for (const Move& move : plan.moves) {
    if (!is_local(move.operation)) {
      calls.emplace(move.operation, sorted_axes(move.group, problem));
    }
  }
  return calls;
}

Calls calls_of(const std::vector<OwnCall>& own, const Problem& problem) {
  Calls calls;
  for (const OwnCall& call : own) {
    calls.emplace(call.operation, sorted_axes(call.group, problem));
  }
  return calls;
}

/// Everything that a search depends on, beside the options.
std::string key_of(const Problem& problem, const std::string& output) {
  std::string key = fmt::format("{} {}", output, problem.bytes);
  for (const PlanAxis& axis : problem.axes) key += fmt::format(" {}={}", axis.name, axis.size);
  for (const BranchState& branch : problem.branches) {
    key += fmt::format("; {}: {}", branch.name, state_words(branch, problem));
  }
  return key + "; " + goal_words(problem);
}

}  // namespace

const PlanResult& SegmentPlanner::search(const Problem& problem, const std::string& output) {
  const auto [place, added] = searched_.try_emplace(key_of(problem, output));
  if (added) {
    SearchOptions options;
    options.output = output;
    place->second = find_plans(problem, options_.model, options);
  }
  return place->second;
}

const PlanProof& SegmentPlanner::proof(const Problem& problem, const std::string& program) {
  const auto [place, added] = proved_.try_emplace(abstract_scenario(problem, program));
  if (added) place->second = prove_plan(problem, program, options_.seed);
  return place->second;
}

PricedCalls SegmentPlanner::priced(const CollectivePlan& plan, const Problem& problem) const {
  PricedCalls result;
  for (const Move& move : plan.moves) {
    if (is_local(move.operation)) continue;
    result.calls.push_back(call_words(move.operation, move.group, problem));
  }
  result.cost = plan.cost;
  result.microseconds = 1e6 * plan.seconds;
  result.program = plan.program;
  return result;
}

PricedCalls SegmentPlanner::priced(const std::vector<OwnCall>& calls,
                                   const Problem& problem) const {
  PricedCalls result;
  for (const OwnCall& call : calls) {
    result.calls.push_back(call_words(call.operation, call.group, problem));
    result.cost += cost_of({.operation = call.operation,
                            .group_size = ranks_of(call.group, problem),
                            .local_bytes = call.local_bytes});
  }
  result.microseconds = 1e6 * seconds(result.cost, options_.model);
  return result;
}

PlannedSegment SegmentPlanner::plan(const prove::Stretch& segment, const prove::CaseRun& run,
                                    const SizesAt& sizes) {
  const SegmentProblem stated = problem_of(segment, run, sizes);
  const Problem& problem = stated.problem;
  PlannedSegment result;
  result.consumer = segment.consumer;
  result.output = segment.output;
  result.own = priced(stated.own, problem);
  result.reason = stated.reason;
  if (!result.reason.empty()) return result;
  result.goal = goal_words(problem);
  for (const BranchState& branch : problem.branches) {
    result.branches.push_back(fmt::format("{}: {}", branch.name, state_words(branch, problem)));
  }
  try {
    const PlanResult& found = search(problem, "y");
    result.bound = found.bound;
    if (found.plans.empty()) result.reason = "the search found no plan within its limit";
    const Calls own = calls_of(stated.own, problem);
    for (std::size_t i = 0; i < found.plans.size(); ++i) {
      result.plans.push_back(priced(found.plans[i], problem));
      const bool same = calls_of(found.plans[i], problem) == own;
      if (same && result.place == 0) result.place = static_cast<int>(i) + 1;
    }
    if (!found.plans.empty()) {
      const PlanProof& proof = this->proof(problem, found.plans.front().program);
      result.proof = proof.words;
      result.proved = proof.proved;
    }
  } catch (const std::invalid_argument& refused) {
    result.reason = refused.what();
  }
  return result;
}

std::optional<PlanSwitch> SegmentPlanner::switched(const prove::Stretch& segment,
                                                   const prove::CaseRun& run, const SizesAt& sizes,
                                                   const PricedCalls& known) {
  const SegmentProblem stated = problem_of(segment, run, sizes);
  if (!stated.reason.empty()) return std::nullopt;
  try {
    const PlanResult& found = search(stated.problem, "y");
    if (found.plans.empty()) return std::nullopt;
    PricedCalls plan = priced(found.plans.front(), stated.problem);
    if (plan.calls == known.calls) return std::nullopt;
    return PlanSwitch{"", std::move(plan)};
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::vector<std::string> other_calls(const prove::CaseRun& run, const SizesAt& sizes) {
  const Scenario& scenario = sizes.scenario();
  std::vector<std::string> words;
  for (const prove::CollectiveCalled& call : run.journey->others()) {
    std::string group;
    for (const int axis : call.group) {
      group += (group.empty() ? "" : " * ") + scenario.axes[static_cast<std::size_t>(axis)].name;
    }
    words.push_back(fmt::format("{}({})", call.operation, group));
  }
  return words;
}

}  // namespace reducecheck::planning
