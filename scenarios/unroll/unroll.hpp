// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "scenarios/unroll/plan.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {

/// The plan of the reference and of `variants` in one configuration. Work that variants share
/// stands in it once. A run that cannot go on (a collective that is never joined, rows that do not
/// fit) ends in its `finding`. Throws: TextError for what makes no sense in any run: a type, a
/// width, a size that does not divide.
Plan unroll(const Scope& scope, const std::vector<const Variant*>& variants);

}  // namespace reducecheck
