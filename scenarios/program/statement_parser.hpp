// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/program/ast.hpp"
#include "scenarios/program/expression_parser.hpp"
#include "scenarios/program/parse_state.hpp"

namespace reducecheck {

/// Recursive descent over statements. An error gives up its statement, or the head of it: what
/// follows, the block under a wrong head included, is read all the same, to find every error.
class StatementParser {
 public:
  explicit StatementParser(ParseState& state) : state_(state), expressions_(state) {}

  /// All statements of the text.
  Program program();

 private:
  using Head = std::function<void()>;

  void statements(std::vector<Stmt>& out);
  void statement(std::vector<Stmt>& out);
  Stmt simple();
  Stmt assignment();
  std::vector<std::string> targets(const Expr& left);
  [[noreturn]] void bare_expression(const Expr& value, const Token& first);
  Stmt result();
  Stmt section();
  void end_of_line(const Token& first);

  Stmt branch();
  Stmt loop();
  Stmt function();
  void parameters(Stmt& function);
  Parameter parameter(const Stmt& function, std::set<std::string>& names);
  void orphan();

  std::vector<Stmt> body(std::string_view owner, const Head& head);
  void colon(std::string_view owner);
  std::vector<Stmt> body_after_colon(std::string_view owner);
  std::vector<Stmt> block();
  void skip_line();

  ParseState& state_;
  ExpressionParser expressions_;
  int functions_ = 0;  // that are open around the statement
};

}  // namespace reducecheck
