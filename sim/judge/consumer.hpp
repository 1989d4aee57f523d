// SPDX-License-Identifier: Apache-2.0
// The first place where a wrong value is used: the consumer of language manual, "Which consumer".
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

/// A value with wrong rows on some ranks.
struct WrongValue {
  int value = -1;
  std::vector<int> ranks;
  std::vector<int> rows;
  std::vector<RowTag> required;  // of an output: what each row of the value should be
  std::int64_t column = 0;       // its first feature in the reference's value
  bool comparable = true;        // false: which features it holds is not known
};

/// An opaque function, norm, top-k or weight whose argument is wrong; or a wrong output.
struct Consumer {
  int step = -1;    // -1: an output
  int output = -1;  // of an output
  std::string detail;
  std::vector<WrongValue> values;
  /// Values of the reference to compare with: the arguments of the same function.
  std::vector<int> reference;
  std::vector<int> reference_sections;
};

/// The consumer of the first wrong value of `run`, which has wrong outputs `wrong`.
Consumer find_consumer(const Plan& plan, const Run& run, const Interpreter<Prime>& values,
                       const std::vector<WrongOutput>& wrong);

}  // namespace reducecheck
