// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/explain.hpp"

#include <algorithm>
#include <set>

#include "sim/repair/branch_state.hpp"
#include "sim/repair/draft.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

/// How far a coefficient is off, whatever the group is called: `1/g`, `g`, `0`, `partly`.
std::string deviation_of(const Finding& finding) {
  const std::string& coefficient = finding.coefficient;
  if (coefficient.find(" = 1/") != std::string::npos) return "1/g";
  return coefficient.find(" = ") != std::string::npos ? "g" : coefficient;
}

/// What two faults have in common besides their class, if they have the same pattern.
std::string pattern_of(const Scenario& scenario, const CellGroup& group) {
  std::string kinds = "none";
  const auto variant = std::ranges::find(scenario.variants, group.variant, &Variant::name);
  if (!group.branches.empty() && variant != scenario.variants.end()) {
    kinds = "input";
    for (const WeightDecl& weight : repair::placed_weights(scenario, *variant)) {
      if (weight.name == group.branches[0]) kinds = spelling(weight.kind);
    }
  }
  const auto& finding = group.smallest->finding;
  return kinds + " " + (finding ? deviation_of(*finding) : "");
}

void add_same(const CellGroup& group, const std::string& pattern, const Checked& other,
              DefectDetails& details) {
  for (const CellGroup& theirs : group_cells(*other.result)) {
    if (theirs.verdict != Verdict::defect || theirs.defect_class != group.defect_class) continue;
    SamePattern same{other.result->file, theirs.variant,
                     defect_text(theirs.defect_class, theirs.branches),
                     theirs.condition == nullptr ? "always" : theirs.condition->condition};
    const bool equal = pattern_of(*other.scenario, theirs) == pattern;
    (equal ? details.same_pattern : details.same_class).push_back(std::move(same));
  }
}

}  // namespace

ExplanationDetails explain(const Scenario& scenario, const ScenarioResult& result,
                           const RepairOptions& options, const std::vector<Checked>& others) {
  ExplanationDetails details;
  std::set<std::string> variants;
  for (const CellGroup& group : group_cells(result)) {
    if (group.verdict != Verdict::defect) continue;
    DefectDetails one{group.variant, group.defect_class, group.branches, {}, {}, {}, 0};
    if (const auto state = branch_state(scenario, *group.smallest, options.check)) {
      one.states.push_back(*state);
    }
    const std::string pattern = pattern_of(scenario, group);
    for (const Checked& other : others) {
      if (other.result->file == result.file) continue;
      ++one.files;
      add_same(group, pattern, other, one);
    }
    details.defects.push_back(std::move(one));
    if (variants.insert(group.variant).second) {
      details.repairs.push_back(find_repairs(scenario, result, group.variant, options));
    }
  }
  return details;
}

}  // namespace reducecheck
