// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/report/columns.hpp"
#include "sim/report/repairs.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// A variant of another file that is wrong in the same way.
struct SamePattern {
  std::string file;
  std::string variant;
  std::string defect;     // `missing_reduce(shared)`
  std::string condition;  // in words; `always` possible
};

/// Another look at one defect of the result, which is named by its variant, class and branches.
struct DefectDetails {
  std::string variant;
  std::string defect_class;
  std::vector<std::string> branches;
  std::vector<BranchState> states;        // at the smallest layout; none or one
  std::vector<SamePattern> same_pattern;  // in other files
  std::vector<SamePattern> same_class;    // in other files, with another coefficient or weight
  std::size_t files = 0;                  // other files that were looked at
};

struct ExplanationDetails {
  std::vector<DefectDetails> defects;
  std::vector<RepairReport> repairs;  // one a variant
};

/// For each defect of the result: what is wrong in one sentence, the state of the branch and who
/// has which share of it, condition, the layouts that hide it, the smallest layout to try with the
/// command for it, a grid where the mesh has two axes or more, edits that mend it and edits that
/// would not; of the other variants a line. For a result without defects, a sentence that says so.
/// Ends in a line break.
std::string explanation_text(const ScenarioResult& result, const ExplanationDetails& details,
                             TextOptions options);

}  // namespace reducecheck
