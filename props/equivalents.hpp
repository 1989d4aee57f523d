// SPDX-License-Identifier: Apache-2.0
// Changes of a program that change nothing of what it means: none may be called a defect.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"

namespace reducecheck::props {

enum class ChangeKind {
  swap_operands,    // of a sum or a product
  idle_all_reduce,  // over a group of size 1, after a collective
  inline_function,  // a call of a function that is one `return`
  negate_twice,     // a condition
  maximum_again,    // the sum of a collective, made equal again by a maximum over its group
  through_average,  // all_reduce(x, g): the average of size(g) * x
  scatter_gather,   // all_reduce(x, g) as chunk and all_gatherv of it
};

/// `swap_operands`, ...
const char* spelling(ChangeKind kind);

struct Change {
  ChangeKind kind = ChangeKind::swap_operands;
  std::size_t node = 0;
  std::string name{};
};

/// The group that idle_all_reduce names.
constexpr const char* idle_group = "nobody_else";

/// Every change of the program.
std::vector<Change> changes(const Program& program);

/// The program after the change, which must be one of changes(program).
Program apply_change(const Program& program, const Change& change);

/// The scenario with the group of size 1 declared.
Scenario with_idle_group(Scenario scenario);

}  // namespace reducecheck::props
