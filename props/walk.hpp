// SPDX-License-Identifier: Apache-2.0
// Program trees, taken apart and put together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/program/build.hpp"

namespace reducecheck::props {

/// Visits every expression and statement once, parents first, and numbers them in that order. A
/// visitor may replace what it is given; the walk goes on into the replacement.
template <class OnExpr, class OnStmt>
class Walk {
 public:
  Walk(OnExpr on_expr, OnStmt on_stmt) : on_expr_(on_expr), on_stmt_(on_stmt) {}

  void program(Program& statements) {
    for (Stmt& statement : statements) {
      on_stmt_(next_++, statement);
      expression(statement.value);
      for (Parameter& parameter : statement.parameters) expression(parameter.fallback);
      program(statement.body);
      program(statement.otherwise);
    }
  }

 private:
  void expression(Expr& e) {
    if (e.kind == ExprKind::absent) return;
    on_expr_(next_++, e);
    for (Expr& child : e.children) expression(child);
  }

  std::size_t next_ = 0;
  OnExpr on_expr_;
  OnStmt on_stmt_;
};

Expr keyword_call(Expr call, const std::string& keyword, const std::string& text);
Expr negated(Expr condition);

}  // namespace reducecheck::props
