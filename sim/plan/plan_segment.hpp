// SPDX-License-Identifier: Apache-2.0
// Internal to sim/plan: the plans of one segment, each search and each proof made once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/plan/plan_proof.hpp"
#include "sim/plan/scenario_plan.hpp"
#include "sim/plan/segment_problem.hpp"

namespace reducecheck::planning {

class SegmentPlanner {
 public:
  explicit SegmentPlanner(const ScenarioPlanOptions& options) : options_(options) {}

  PlannedSegment plan(const prove::Stretch& segment, const prove::CaseRun& run,
                      const SizesAt& sizes);

  /// The cheapest plan at other sizes, if it calls something else than `known`.
  std::optional<PlanSwitch> switched(const prove::Stretch& segment, const prove::CaseRun& run,
                                     const SizesAt& sizes, const PricedCalls& known);

 private:
  const PlanResult& search(const Problem& problem, const std::string& output);
  const PlanProof& proof(const Problem& problem, const std::string& program);
  [[nodiscard]] PricedCalls priced(const CollectivePlan& plan, const Problem& problem) const;
  [[nodiscard]] PricedCalls priced(const std::vector<OwnCall>& calls, const Problem& problem) const;

  const ScenarioPlanOptions& options_;
  std::map<std::string, PlanResult> searched_;
  std::map<std::string, PlanProof> proved_;
};

/// The calls that no segment has.
std::vector<std::string> other_calls(const prove::CaseRun& run, const SizesAt& sizes);

}  // namespace reducecheck::planning
