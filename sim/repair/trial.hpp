// SPDX-License-Identifier: Apache-2.0
// Internal to sim/repair: candidates judged, in the layouts that tell most first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/judge/check.hpp"
#include "sim/report/repairs.hpp"

namespace reducecheck::repair {

class Trial {
 public:
  /// `cells` are those of the variant in the whole sweep, some of them defects.
  Trial(std::vector<const Cell*> cells, CheckOptions options);

  /// The smallest layout that fails.
  [[nodiscard]] const Cell& smallest() const { return *smallest_; }

  /// Fills in what became of the edit in `repair.scenario` in the smallest failing layout and in
  /// some others; false if it makes no sense in one of them (a shape, a type), which ends in an
  /// error and not in a verdict. What seems to work is not known to until it is confirmed.
  bool judge(Repair& repair) const;

  /// Whether the whole sweep holds with an edit that seems to work; fills in where not.
  bool confirm(Repair& repair) const;

  /// The check of the edited scenario.
  [[nodiscard]] std::optional<ScenarioResult> everywhere(const Scenario& scenario) const;

  /// The condition and the smallest layout, over the whole sweep, of an edit that does not work.
  void complete(Repair& repair) const;

 private:
  [[nodiscard]] std::optional<Cell> at(const Scenario& scenario, const Cell& layout) const;

  std::vector<const Cell*> cells_;
  CheckOptions options_;
  const Cell* smallest_ = nullptr;
  std::vector<const Cell*> probes_;  // after the smallest: some that fail, some that hold
};

}  // namespace reducecheck::repair
