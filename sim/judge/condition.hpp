// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/report/result.hpp"

namespace reducecheck {

/// What a condition may talk about in one configuration.
struct ConditionPoint {
  Configured configuration;
  std::int64_t tokens = 0;  // 0: not a plain number
};

/// The cheapest predicate, in the words of the text, that is true exactly in the points where
/// `failing` is: `always`, a conjunction of at most four conditions, or a disjunction of two or
/// three of those. Cost prefers what a person would write (`tp > 1 and use_ep` to `dp < ep`). Where
/// no such predicate exists but `causes` has more than one number in the failing points, the
/// predicates of the single causes are joined by `or`; else the result says that there is none. It
/// is a statement about these points, not a proof.
std::string failing_condition(const std::vector<ConditionPoint>& points,
                              const std::vector<bool>& failing,
                              const std::vector<int>& causes = {});

}  // namespace reducecheck
