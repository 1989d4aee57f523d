// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: what a rule says of one addend, and the finding made of such answers.
#pragma once

#include <string>
#include <vector>

#include "sim/judge/evidence.hpp"

namespace reducecheck {

using Observations = std::vector<Observation>;

/// What one addend of a wrong value is called, and why.
struct Answer {
  std::string defect_class;
  int event = -1;  // the sum too many; -1: none
  Group group;     // of the sum that is missing or too small
  int order = 0;   // of the sub-rule
  bool deferrable = false;
};

/// The finding of `answer` for the addends that `matching` observes.
Diagnosis make_diagnosis(const Evidence& evidence, const Observations& matching,
                         const Answer& answer);

/// A number below 1 in the sense of 1/g.
bool is_small_fraction(const Coefficient& coefficient);

/// 0, or 0 in some places.
bool is_absent(const Coefficient& coefficient);

/// Whether the consumer is a statistic or a non-linear function.
bool consumes_statistic(const Evidence& evidence);

/// Rule 7: coefficients other than 0 and 1.
std::optional<Diagnosis> classify_overcounted(const Evidence& evidence);

/// Rule 9: coefficients 0, or 0 in some places.
std::optional<Diagnosis> classify_absent(const Evidence& evidence);

}  // namespace reducecheck
