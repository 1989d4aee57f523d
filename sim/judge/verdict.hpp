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

/// What must be compared to judge one run: made once for a plan, asked for every seed.
class OutputJudge {
 public:
  /// Throws: TextError where the reference lacks a row or feature that a layout requires.
  OutputJudge(const Plan& plan, const Run& run);

  /// Whether on each rank the rows are the required tokens in order, the features the required
  /// slice, and each element equals the reference's. Identities of rows are not read for this.
  /// Allocates nothing.
  template <class D>
  [[nodiscard]] bool holds(const Interpreter<D>& values) const;

  /// Every wrong output, by output and rank; none exactly when `holds`.
  template <class D>
  [[nodiscard]] std::vector<WrongOutput> wrong(const Interpreter<D>& values) const;

 private:
  /// One distinct value that some ranks must hold, against rows of the reference.
  struct Comparison {
    int output = 0;
    std::vector<int> ranks;
    int value = -1;
    int truth = -1;
    std::size_t width = 0;
    std::size_t truth_width = 0;
    std::size_t column = 0;
    std::vector<std::size_t> rows;       // of the reference, one for each row
    std::vector<std::string> misplaced;  // about rows that hold another token; may be empty
    std::string wrong_shape;             // not empty: wrong whatever the numbers are
  };

  template <class D>
  static bool row_is_right(const Comparison& c, std::size_t row, const Interpreter<D>& values);

  std::vector<Comparison> comparisons_;
};

/// OutputJudge(plan, run).wrong(values); none for a run that ended in a finding.
template <class D>
std::vector<WrongOutput> wrong_outputs(const Plan& plan, const Run& run,
                                       const Interpreter<D>& values) {
  if (run.finding) return {};
  return OutputJudge(plan, run).wrong(values);
}

}  // namespace reducecheck
