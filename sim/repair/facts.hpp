// SPDX-License-Identifier: Apache-2.0
// Internal to sim/repair: what the edits of one failing variant are made of.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scenarios/unroll/scope.hpp"
#include "sim/repair/tree.hpp"
#include "sim/report/result.hpp"

namespace reducecheck::repair {

struct Facts {
  std::set<std::string> branches;  // that are wrong; every weight and input where none is named
  std::vector<Expr> groups;        // that a collective may run over: axes, derived ones, products
  std::map<std::string, std::vector<Expr>> split;  // of each weight, what its dimensions are over
  std::set<std::string> carriers;  // variables and functions whose value holds a share of a branch
  std::vector<Expr> atoms;         // conditions that hold together exactly where the variant fails
  Expr condition{ExprKind::absent};  // all of them; absent where no short condition says where
  std::vector<std::string> scalars;  // scalar weights
  std::map<std::string, Expr> definitions;  // of flags that the text assigns once, at its top level
  std::vector<Scope> scopes;                // the first layouts of the sweep ...
  std::vector<bool> right;                  // ... and whether the variant holds there

  /// Whether the value of `e` holds a share of a branch.
  [[nodiscard]] bool carries(const Expr& e) const;
  /// The values of a condition over `scopes`; nothing where it speaks of more than the frame and
  /// the flags.
  [[nodiscard]] std::vector<bool> values(const Expr& asked) const;

  [[nodiscard]] bool is_branch(const std::string& name) const { return branches.contains(name); }
};

/// The facts about a variant, of whose cells some are defects. `scenario` holds the variant alone
/// and outlives the facts.
Facts facts_of(const Scenario& scenario, const std::vector<const Cell*>& cells);

/// The layout of a cell.
Configuration configuration_of(const Cell& cell);

/// The cheapest condition that is true exactly in the cells that fail; absent where there is none.
Expr failing_condition_of(const std::vector<const Cell*>& cells);

}  // namespace reducecheck::repair
