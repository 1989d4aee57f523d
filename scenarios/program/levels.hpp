// SPDX-License-Identifier: Apache-2.0
// Internal to scenarios/program: how tightly the grammar binds.
#pragma once

namespace reducecheck {

// From loosest to tightest; an operand looser than its place gets brackets when it is printed.
enum Level {
  tuple_level,
  conditional_level,
  or_level,
  and_level,
  not_level,
  comparison_level,
  sum_level,
  term_level,
  unary_level,
  postfix_level,
};

}  // namespace reducecheck
