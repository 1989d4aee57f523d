// SPDX-License-Identifier: Apache-2.0
// The cells of a result put together as a person reads them: one group for each variant, verdict,
// class and branches.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/report/result.hpp"

namespace reducecheck {

/// Cells of one variant that ended alike. Points into the result it was made from.
struct CellGroup {
  std::string variant;
  Verdict verdict = Verdict::holds;
  std::string defect_class;                   // when verdict is defect
  std::vector<std::string> branches;          // when verdict is defect
  std::vector<const Cell*> cells;             // in sweep order, not empty
  const Cell* smallest = nullptr;             // fewest ranks, or the one that the condition names
  const Cell* smallest_unexpected = nullptr;  // nullptr when all are as expected
  const Condition* condition = nullptr;       // defects only; nullptr when the judge gave none
  std::size_t layouts = 0;                    // cells of the variant, in all its groups
  std::size_t unexpected = 0;                 // cells of this group that are not as expected
  bool alone = false;                         // the variant's only group

  [[nodiscard]] bool as_expected() const { return unexpected == 0; }
  /// Whether a summary needs a line for it: the layouts where a defective variant holds, as
  /// expected, do not.
  [[nodiscard]] bool worth_a_line() const;
};

/// All groups: variants in their order; within one, defects in the order of the conditions, then
/// wasteful, undecided, holds.
std::vector<CellGroup> group_cells(const ScenarioResult& result);

/// The names of the variants that have cells, in their order.
std::vector<std::string> variant_names(const ScenarioResult& result);

/// Counts over a whole report; as_expected + unexpected + undecided == cells.
struct Totals {
  std::size_t scenarios = 0;
  std::size_t variants = 0;
  std::size_t cells = 0;
  std::size_t as_expected = 0;
  std::size_t unexpected = 0;
  std::size_t undecided = 0;
  std::size_t not_run = 0;          // configurations that ended in an error of the text
  std::size_t skipped = 0;          // configurations
  std::size_t beyond_rounding = 0;  // floating comparisons that rounding does not explain
};

Totals totals(const Report& report);

}  // namespace reducecheck
