// SPDX-License-Identifier: Apache-2.0
// Random straight-line programs over the whole set of operations, as scenarios. A drawn program is
// a row of small numbers; each step is written so that it fits what was written before, and its
// line of the reference is the same without collectives, cuts and guards. So most programs are
// right, many are right at some sizes, and every value that shrinking reaches is a program too.
#pragma once

#include <rapidcheck.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

namespace reducecheck::props {

/// One step. What the numbers mean depends on the kind; they are taken modulo what there is to
/// choose from. Kind 0 writes nothing.
struct LineStep {
  int kind = 0;
  int from = 0;   // which value it reads, counted from the last
  int other = 0;  // which second value
  int group = 0;
  int detail = 0;
  int odd = 0;  // 0: another group than the one that fits, and the like

  friend bool operator==(const LineStep&, const LineStep&) = default;
};

struct StraightLine {
  int axes = 1;   // 1 to 3
  int input = 0;  // how the rows or features of the input are laid out
  int assume = 0;  // 1: norms are free of scale; 2: and the scalar is above zero
  std::array<LineStep, 14> steps;

  friend bool operator==(const StraightLine&, const StraightLine&) = default;
};

/// The file: one program.
std::string scenario_text(const StraightLine& line);

/// Prints the file.
void showValue(const StraightLine& line, std::ostream& out);

rc::Gen<StraightLine> straight_lines();

}  // namespace reducecheck::props

template <>
struct rc::Arbitrary<reducecheck::props::StraightLine> {
  static rc::Gen<reducecheck::props::StraightLine> arbitrary() {
    return reducecheck::props::straight_lines();
  }
};
