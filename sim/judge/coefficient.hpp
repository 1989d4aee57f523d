// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/program/fraction.hpp"
#include "sim/judge/consumer.hpp"
#include "sim/judge/tangent_run.hpp"

namespace reducecheck {

/// How often an addend counts in a wrong value, over all its wrong rows.
struct Coefficient {
  enum class Kind {
    number,   // `value`, times the scalar weight `scalar` to the `power` where that is not 0
    partly,   // 0 in some places and 1 in others
    foreign,  // the reference has none of it there
    unknown,  // no constant
  };
  Kind kind = Kind::number;
  Fraction value = 0;
  int scalar = -1;
  int power = 0;

  [[nodiscard]] bool is(const Fraction& number) const {
    return kind == Kind::number && power == 0 && value == number;
  }
  friend bool operator==(const Coefficient&, const Coefficient&) = default;
};

/// One coefficient other than 1, of an addend in one of the consumer's wrong values.
struct Observation {
  int value = 0;  // index into Consumer::values
  int addend = 0;
  Coefficient coefficient;
};

/// The coefficients other than 1, over their common factor where a norm that is free of scale takes
/// the value, of every addend in the consumer's wrong values, against that
/// application of the reference which explains them with, in this order: fewest foreign addends,
/// the section `section`, fewest wrong coefficients. At most `most_values` wrong values are read,
/// spread over the ranks: they differ in which shares they hold, not in what is wrong.
struct CoefficientReading {
  std::vector<Observation> wrong;
  /// Addends that count, with any coefficient but 0, in some value that was read.
  std::set<int> present;
};
constexpr std::size_t most_values = 8;
CoefficientReading read_coefficients(const Plan& plan, const TangentRun& tangents,
                                     const Consumer& consumer, int section);

/// `2`, `1/4`, `rsf`, `2 * rsf^-1`, `partly`, `foreign`, `?`.
std::string show(const Coefficient& coefficient, const Plan& plan);

}  // namespace reducecheck
