// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/parser.hpp"

#include <utility>

#include "scenarios/program/expression_parser.hpp"
#include "scenarios/program/lexer.hpp"
#include "scenarios/program/parse_state.hpp"
#include "scenarios/program/statement_parser.hpp"

namespace reducecheck {

Program parse_program(std::string_view text, Position start, Diagnostics& diagnostics) {
  ParseState state(tokenize(text, start, LineMode::statements, diagnostics), diagnostics);
  return StatementParser(state).program();
}

Expr parse_expression(std::string_view text, Position start, Diagnostics& diagnostics) {
  ParseState state(tokenize(text, start, LineMode::joined, diagnostics), diagnostics);
  try {
    Expr result = ExpressionParser(state).expression();
    if (!state.next_is(TokenKind::end)) state.fail_expected("the end of the expression");
    return result;
  } catch (const Abandon&) {
    return Expr{ExprKind::absent};
  }
}

std::vector<Expr> parse_expression_list(std::string_view text, Position start,
                                        Diagnostics& diagnostics) {
  ParseState state(tokenize(text, start, LineMode::joined, diagnostics), diagnostics);
  try {
    std::vector<Expr> result = ExpressionParser(state).expressions();
    if (!state.next_is(TokenKind::end)) state.fail_expected("`,` or the end of the list");
    return result;
  } catch (const Abandon&) {
    return {};
  }
}

}  // namespace reducecheck
