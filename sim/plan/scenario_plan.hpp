// SPDX-License-Identifier: Apache-2.0
// What collectives a scenario needs: for each case of the proof of a variant that holds, how the
// branches arrive, the cheapest calls that complete them, and what the variants call instead.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/plan/plan.hpp"

namespace reducecheck {

struct ScenarioPlanOptions {
  std::string variant;  // empty: `fixed`, else `merged`, else the first that holds
  planning::CostModel model;
  double margin = 0.1;  // beyond it a program is wasteful
  std::map<std::string, std::int64_t> sizes = {{"tokens", 1024}, {"hidden", 4096}};
  std::int64_t element_bytes = 2;
  std::int64_t ranks = 64;  // of the larger layout of each case, at most
  std::uint64_t seed = 1;
};

/// Calls of a plan or a program, with what they cost.
struct PricedCalls {
  std::vector<std::string> calls;  // `all_reduce(tp)`, in their order; local steps are none
  planning::Cost cost;
  double microseconds = 0;
  std::string program;  // of a plan: its text
};

/// Another layout of the case, in which another plan is the cheapest.
struct PlanSwitch {
  std::string layout;  // `dp=8 tp=8`
  PricedCalls plan;
};

/// The addends of one output, or of the argument of one non-linear function.
struct PlannedSegment {
  std::string consumer;  // `output y`, `norm`
  bool output = false;
  int times = 1;                      // so often in the program, with the same states
  std::vector<std::string> branches;  // `experts: partial over tp`
  std::string goal;                   // `rows over dp`
  std::string reason;                 // not empty: not planned, and why
  std::vector<PricedCalls> plans;     // cheapest first; at most three
  planning::LowerBound bound;
  std::string proof;  // `proved for all sizes`, or why not
  bool proved = false;
  PricedCalls own;  // what the variant calls
  int place = 0;    // of the first plan with the same calls, from 1; 0: none of them
  std::optional<PlanSwitch> larger;
  /// Where a gather follows a combine, it is part of the branch. With it among the calls, the
  /// cheapest plan, and what the variant then calls; absent where that is no cheaper.
  std::optional<PricedCalls> opened;
  PricedCalls opened_own;
};

/// One variant against the plans for its own branch states, in one layout.
struct ComparedVariant {
  std::string name;
  planning::Cost cost;
  planning::Cost plan;
  double microseconds = 0;
  double plan_microseconds = 0;
  bool wasteful = false;
  std::string reason;  // not empty: not compared, and why
};

/// Cases of the proof with the same segments.
struct PlannedCase {
  std::string condition;  // `tp > 1 and not use_ep`; `always`
  std::string layout;     // the smallest one, which the numbers are for
  std::vector<PlannedSegment> segments;
  std::vector<std::string> other_calls;  // of tensors that no segment has, such as ids
  std::vector<ComparedVariant> variants;
};

struct ScenarioPlan {
  std::string variant;  // that was planned for; empty: none holds
  std::string reason;   // then, or why not all cases are here
  std::vector<PlannedCase> cases;
};

/// The plans of every case that has a layout. Deterministic. A plan is a statement about the sizes
/// of `options` in the layouts named; its proof is one about all sizes.
ScenarioPlan plan_scenario(const Scenario& scenario, const ScenarioPlanOptions& options = {});

}  // namespace reducecheck
