// SPDX-License-Identifier: Apache-2.0
// Single faults of a program as edits of its text: what a person might have written by mistake, one
// place at a time.
#pragma once

#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck {

enum class MutantKind {
  drop_collective,    // its argument stays
  double_collective,  // of its own result, or of a weight's that is summed later
  move_collective,    // before or after a function, a scale or a statement beside it
  swap_collective,    // another one with the same arguments
  wrong_group,        // another axis or group of the mesh
  group_order,        // the axes of a product the other way round
  gather_order,       // two nested ones, the other way round
  wrong_operator,     // sum, average, maximum
  factor,             // the result times the group's size, or divided by it
  scale,              // a factor that is lost, doubled, or of more or less than before
  addend_in_sum,      // f(a) + b to f(a + b)
  addend_outside,     // f(a + b) to f(a) + b
  drop_addend,
  add_guard,   // an addend on one rank only
  drop_guard,  // on every rank
  condition,   // negated, without a part, at another bound, always, never
  flag,        // the other value
};

/// The id of the reports: `drop_collective`, ...
const char* spelling(MutantKind kind);

/// One edit of one variant.
struct Mutant {
  MutantKind kind = MutantKind::drop_collective;
  Position at;         // of what is edited
  std::string before;  // the expression or line there
  std::string after;
  Scenario scenario;  // with the edited variant alone; nothing is expected of it
};

struct Mutants {
  std::vector<Mutant> list;
  bool limited = false;  // the text is so long that not all of them are made
};

/// Every edit of the text of `variant`, which the scenario must have, in the order of the text; no
/// two have the same text. Placements, layouts and the reference stay. Together the mutants have at
/// most a million expressions: those of some thousand programs of an ordinary size.
Mutants mutants_of(const Scenario& scenario, const std::string& variant);

}  // namespace reducecheck
