// SPDX-License-Identifier: Apache-2.0
// Single faults of a program, as values: they can be listed, counted, drawn and named. A planted
// program differs from the right one in exactly one place, as real bugs do.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::props {

enum class FaultKind {
  // Those of the manual's experiment.
  drop_collective,
  double_collective,
  move_collective,  // to `group`
  drop_left,        // the left operand of a sum, or the old value of `+=`
  drop_right,       // the right one
  drop_factor,      // the left operand of a product
  negate_condition,
  // More of what engines got wrong.
  average,        // a sum becomes an average
  drop_divisor,   // b / tp becomes b
  drop_guard,     // what one rank adds, every rank adds
  add_guard,      // what every rank adds, only rank 0 of `group` adds
  move_into_sum,  // all_reduce(x) + b becomes all_reduce(x + b): the bias on every rank
  multiply,       // the result of a collective times the size of its group
  divide,         // ... divided by it
  short_count,    // only the first row of an all_reduce is summed
};

/// `drop_collective`, ...
const char* spelling(FaultKind kind);

/// Whether the kind is one of the manual's experiment.
bool in_manual(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::drop_collective;
  std::size_t node = 0;  // expression or statement, in preorder
  std::string group{};   // of move_collective and add_guard
  std::string name{};    // `all_reduce(y, tp): moved to ep`

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// Every fault of the program; `groups` are the names that collectives may be moved to.
std::vector<Fault> faults(const Program& program, const std::vector<std::string>& groups);

/// The program with the fault in it. The fault must be one of faults(program, ...).
Program plant(const Program& program, const Fault& fault);

/// The axes and derived groups of a scenario.
std::vector<std::string> group_names(const Scenario& scenario);

/// The whole program of a variant: its prefix and what all variants share.
Program whole_program(const Scenario& scenario, const Variant& variant);

/// The scenario with `variant` alone, which runs `program` and is expected to hold.
Scenario with_program(const Scenario& scenario, const Variant& variant, Program program);

}  // namespace reducecheck::props
