// SPDX-License-Identifier: Apache-2.0
// Internal to sim/plan: one segment of a program's journey as a problem for the planner.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/unroll/scope.hpp"
#include "sim/plan/scenario_plan.hpp"
#include "sim/prove/case_run.hpp"

namespace reducecheck::planning {

/// The numbers of one layout, at the sizes of the options.
class SizesAt {
 public:
  /// Throws: TextError where a size has no value.
  SizesAt(const Scenario& scenario, const Configuration& at, const ScenarioPlanOptions& options);

  [[nodiscard]] std::int64_t axis(int index) const {
    return at_.axes[static_cast<std::size_t>(index)];
  }
  /// Nothing where the number is one of the proof only, such as a share by ceil.
  [[nodiscard]] std::optional<double> value(const prove::Polynomial& polynomial,
                                            const prove::SymbolTable& symbols) const;
  /// Of one owner.
  [[nodiscard]] double tokens() const;
  [[nodiscard]] const Scenario& scenario() const { return scenario_; }
  [[nodiscard]] Mesh mesh() const;
  [[nodiscard]] std::int64_t element_bytes() const { return element_bytes_; }

 private:
  const Scenario& scenario_;
  const Configuration& at_;
  Scope scope_;
  std::int64_t element_bytes_;
};

/// What a program calls in a segment.
struct OwnCall {
  Operation operation = Operation::all_reduce;
  Group group;
  double local_bytes = 0;
};

struct SegmentProblem {
  Problem problem;
  std::vector<OwnCall> own;
  std::string reason;  // not empty: `problem` is none
};

SegmentProblem problem_of(const prove::Stretch& segment, const prove::CaseRun& run,
                          const SizesAt& sizes);

/// `partial over tp, rows over dp`; `whole on every rank`.
std::string state_words(const BranchState& branch, const Problem& problem);
std::string goal_words(const Problem& problem);

/// `all_reduce(tp)`.
std::string call_words(Operation operation, const Group& group, const Problem& problem);

/// A name for the branch, from what makes it: `experts`, `x`.
std::string branch_word(const prove::Arena& arena, int atom);

}  // namespace reducecheck::planning
