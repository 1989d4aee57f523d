// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/expression_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "scenarios/program/levels.hpp"
#include "scenarios/program/literals.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

// From loosest to tightest; `not` is a prefix that stands between `and` and comparisons.
struct Infix {
  std::string_view word;
  BinaryOp op;
  int level;
};

constexpr std::array infixes = {
    Infix{"or", BinaryOp::logical_or, or_level},
    Infix{"and", BinaryOp::logical_and, and_level},
    Infix{"==", BinaryOp::equal, comparison_level},
    Infix{"!=", BinaryOp::not_equal, comparison_level},
    Infix{"<", BinaryOp::less, comparison_level},
    Infix{"<=", BinaryOp::less_equal, comparison_level},
    Infix{">", BinaryOp::greater, comparison_level},
    Infix{">=", BinaryOp::greater_equal, comparison_level},
    Infix{"in", BinaryOp::in, comparison_level},
    Infix{"+", BinaryOp::add, sum_level},
    Infix{"-", BinaryOp::subtract, sum_level},
    Infix{"*", BinaryOp::multiply, term_level},
    Infix{"/", BinaryOp::divide, term_level},
    Infix{"//", BinaryOp::floor_divide, term_level},
    Infix{"%", BinaryOp::modulo, term_level},
    Infix{"@", BinaryOp::matmul, term_level},
};

bool ends_a_list(const ParseState& state) {
  return state.next_is(TokenKind::newline) || state.next_is(TokenKind::end) || state.next_is("=") ||
         state.next_is(")") || state.next_is("]");
}

}  // namespace

// Counts the tree anew at every operator: a part is counted once for each operator around it, and
// the limit of nesting bounds those.
int height(const Expr& expression) {
  int highest = -1;
  for (const Expr& child : expression.children) highest = std::max(highest, height(child));
  return highest + 1;
}

Expr ExpressionParser::leaf(ExprKind kind, Position at) {
  state_.count_node(at);
  Expr result{kind};
  result.at = at;
  return result;
}

Expr ExpressionParser::node(ExprKind kind, Position at, std::vector<Expr> children) {
  Expr result = leaf(kind, at);
  result.children = std::move(children);
  state_.check_nesting(at, height(result));
  return result;
}

Expr ExpressionParser::expression() {
  Expr value = binary(or_level);
  if (!state_.next_is("if")) return value;
  const Token word = state_.take();
  Expr condition = binary(or_level);
  if (state_.next_is("=")) state_.fail_expected("`else`");
  if (!state_.next_is("else") && !state_.next_is(TokenKind::bad)) {
    state_.fail(word.at, "a conditional expression needs an `else`",
                "write `a if condition else b`, or put the statement under `if condition:`");
  }
  if (!state_.accept("else")) throw Abandon{};
  const Nested nested(state_);
  std::vector<Expr> children;
  children.push_back(std::move(value));
  children.push_back(std::move(condition));
  children.push_back(expression());
  return node(ExprKind::conditional, word.at, std::move(children));
}

std::vector<Expr> ExpressionParser::expressions() {
  std::vector<Expr> result;
  Position comma;
  do {
    if (!result.empty() && ends_a_list(state_)) {
      if (result.size() > 1) break;
      state_.fail(comma, "a comma does not make a tuple of one value", "leave it out");
    }
    result.push_back(expression());
    if (state_.next_is("for")) {
      state_.fail(state_.peek().at, "a comprehension is not part of the language",
                  "collect the values with a `for` statement");
    }
    comma = state_.peek().at;
  } while (state_.accept(","));
  return result;
}

Expr ExpressionParser::expression_or_tuple() {
  const Position at = state_.peek().at;
  std::vector<Expr> parts = expressions();
  if (parts.size() == 1) return std::move(parts.front());
  return node(ExprKind::tuple, at, std::move(parts));
}

bool ExpressionParser::operator_at(int level, Operator& found) const {
  if (level == comparison_level && state_.next_is("not") && state_.next_is("in", 1)) {
    found = {BinaryOp::not_in, 2};
    return true;
  }
  for (const Infix& infix : infixes) {
    if (infix.level != level || !state_.next_is(infix.word)) continue;
    found = {infix.op, 1};
    return true;
  }
  return false;
}

Expr ExpressionParser::binary(int level) {
  if (level == unary_level) return unary();
  if (level == not_level) {
    if (!state_.next_is("not")) return binary(comparison_level);
    const Position at = state_.take().at;
    const Nested nested(state_);
    std::vector<Expr> operand;
    operand.push_back(binary(not_level));
    return node(ExprKind::logical_not, at, std::move(operand));
  }
  if (level == comparison_level) return comparison();
  Expr left = binary(level + 1);
  Operator found{};
  while (operator_at(level, found)) {
    const Position at = take(found);
    left = joined(std::move(left), found.op, binary(level + 1), at);
  }
  return left;
}

/// `a < b < c` is `a < b and b < c`, as in Python: conditions on layouts are written so.
Expr ExpressionParser::comparison() {
  Expr left = binary(comparison_level + 1);
  Expr chain{ExprKind::absent};
  Operator found{};
  while (operator_at(comparison_level, found)) {
    const Position at = take(found);
    Expr right = binary(comparison_level + 1);
    Expr link = joined(std::move(left), found.op, Expr(right), at);
    left = std::move(right);
    chain = chain.kind == ExprKind::absent
                ? std::move(link)
                : joined(std::move(chain), BinaryOp::logical_and, std::move(link), at);
  }
  return chain.kind == ExprKind::absent ? left : chain;
}

Position ExpressionParser::take(const Operator& found) {
  const Position at = state_.peek().at;
  for (int i = 0; i < found.tokens; ++i) state_.take();
  return at;
}

Expr ExpressionParser::joined(Expr left, BinaryOp op, Expr right, Position at) {
  std::vector<Expr> operands;
  operands.push_back(std::move(left));
  operands.push_back(std::move(right));
  Expr result = node(ExprKind::binary, at, std::move(operands));
  result.op = op;
  return result;
}

Expr ExpressionParser::unary() {
  if (!state_.next_is("-")) return postfix();
  const Position at = state_.take().at;
  const Nested nested(state_);
  std::vector<Expr> operand;
  operand.push_back(unary());
  return node(ExprKind::negate, at, std::move(operand));
}

}  // namespace reducecheck
