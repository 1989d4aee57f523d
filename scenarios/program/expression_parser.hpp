// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/program/ast.hpp"
#include "scenarios/program/parse_state.hpp"

namespace reducecheck {

/// Recursive descent over the expressions of the grammar. Every function reports an error and
/// throws Abandon, or returns a whole tree and leaves the token after it as the next one.
class ExpressionParser {
 public:
  explicit ExpressionParser(ParseState& state) : state_(state) {}

  /// `expr`
  Expr expression();
  /// `exprlist`: one expression as itself, several as a tuple.
  Expr expression_or_tuple();
  /// `exprlist` as its parts.
  std::vector<Expr> expressions();

 private:
  struct Operator {
    BinaryOp op;
    int tokens;  // `not in` is two
  };

  Expr binary(int level);
  Expr comparison();
  Position take(const Operator& found);
  Expr joined(Expr left, BinaryOp op, Expr right, Position at);
  [[nodiscard]] bool operator_at(int level, Operator& found) const;
  Expr unary();
  Expr postfix();
  Expr atom();
  Expr in_brackets();
  Expr list();
  Expr call(Expr callee);
  void argument(Expr& call, std::set<std::string>& names);
  Expr index_or_slice(Expr value);
  Expr slice_bound();
  void close(const Token& opening, std::string_view closing, std::string_view expected);

  Expr leaf(ExprKind kind, Position at);
  Expr node(ExprKind kind, Position at, std::vector<Expr> children);

  ParseState& state_;
};

/// The number of operators and brackets around the deepest part.
int height(const Expr& expression);

}  // namespace reducecheck
