// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios/program/ast.hpp"

namespace reducecheck {

/// Calls `visit(name, called)` for each name in `expression`, in written order; `called` is true
/// for `f` in `f(x)`. Keywords of arguments are no names.
template <class Visit>
void for_each_name(const Expr& expression, const Visit& visit, bool called = false) {
  if (expression.kind == ExprKind::name) {
    visit(expression, called);
    return;
  }
  for (std::size_t i = 0; i < expression.children.size(); ++i) {
    for_each_name(expression.children[i], visit, expression.kind == ExprKind::call && i == 0);
  }
}

}  // namespace reducecheck
