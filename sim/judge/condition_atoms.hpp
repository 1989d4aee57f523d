// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: the single statements that a condition is put together of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/judge/condition.hpp"

namespace reducecheck {

using Truth = std::vector<bool>;  // of each point

struct Formula {
  std::string text;
  double cost = 0;
  Truth truth;
};

/// A name with its size in every point; derived groups cost a little more than axes.
struct Name {
  std::string text;
  double extra = 0;
  std::vector<std::int64_t> sizes;
};

/// The axes and derived groups of the points, which are at least one.
std::vector<Name> names_of(const std::vector<ConditionPoint>& points);

/// What the text can say of one name, two names or a switch, true in some points and not in all:
/// the cheapest formula of each truth table, by cost and text.
std::vector<Formula> atoms_of(const std::vector<ConditionPoint>& points,
                              const std::vector<Name>& names);

}  // namespace reducecheck
