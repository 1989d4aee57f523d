// SPDX-License-Identifier: Apache-2.0
// Dimensions as the text declares them: `inter / tp`.
#pragma once

#include <cstdint>

#include "scenarios/unroll/placement.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {

/// A dimension, and over which group it is split, before a rank takes its share.
struct Extent {
  std::int64_t total = 0;
  GroupValue group;
  Group split;
  bool is_split = false;
};

/// Whether the expression divides what it has over a group.
bool is_split(const Expr& e);

/// The dimension as `rank` reads its expression. Throws: TextError where it is no size, or does not
/// divide.
Extent extent_of(const Scope& scope, const Expr& e, int rank);

/// What `rank` holds of it.
HeldDimension share_of(const Scope& scope, const Extent& extent, int rank);

}  // namespace reducecheck
