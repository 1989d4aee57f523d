// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

/// One output of one rank that is not what the layout requires.
struct WrongOutput {
  int output = 0;
  int rank = 0;
  std::vector<int> rows;  // wrong ones; all when the shape is wrong
  std::string detail;     // about the shape or the first wrong row
};

/// Every wrong output of `run`, by output and rank. A run holds exactly when there is none and it
/// has no finding: on each rank the rows are the required tokens in order, the features the required
/// slice, and each element equals the reference's. Identities of rows are not read for this; they
/// only word the detail. Throws: TextError where the reference lacks a required row.
template <class D>
std::vector<WrongOutput> wrong_outputs(const Plan& plan, const Run& run,
                                       const Interpreter<D>& values);

}  // namespace reducecheck
