// SPDX-License-Identifier: Apache-2.0
// Simple statements, and how reading goes on after an error. Blocks are in block_parser.cpp.
#include "scenarios/program/statement_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scenarios/program/literals.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

struct Augment {
  std::string_view word;
  BinaryOp op;
};

constexpr std::array augments = {
    Augment{"+=", BinaryOp::add},
    Augment{"-=", BinaryOp::subtract},
    Augment{"*=", BinaryOp::multiply},
    Augment{"/=", BinaryOp::divide},
};

const Augment* augment_at(const ParseState& state) {
  const auto* const found = std::ranges::find_if(
      augments, [&state](const Augment& augment) { return state.next_is(augment.word); });
  return found == augments.end() ? nullptr : found;
}

}  // namespace

Program StatementParser::program() {
  Program result;
  while (!state_.next_is(TokenKind::end)) {
    statements(result);
    state_.accept(TokenKind::dedent);
  }
  return result;
}

// Up to the end of the block; the dedent is left to the caller.
void StatementParser::statements(std::vector<Stmt>& out) {
  while (!state_.next_is(TokenKind::dedent) && !state_.next_is(TokenKind::end)) {
    if (!state_.next_is(TokenKind::indent)) {
      statement(out);
      continue;
    }
    state_.report(state_.peek().at, "the line is indented more than the one before it",
                  "only a line that ends with `:` begins a block");
    try {
      std::vector<Stmt> indented = block();
      std::ranges::move(indented, std::back_inserter(out));
    } catch (const Abandon&) {
    }
  }
}

void StatementParser::statement(std::vector<Stmt>& out) {
  try {
    if (state_.next_is("elif") || state_.next_is("else")) {
      orphan();
    } else if (state_.next_is("if")) {
      out.push_back(branch());
    } else if (state_.next_is("for")) {
      out.push_back(loop());
    } else if (state_.next_is("def")) {
      out.push_back(function());
    } else {
      const Token first = state_.peek();
      out.push_back(simple());
      end_of_line(first);
    }
  } catch (const Abandon&) {
    skip_line();
    if (!state_.next_is(TokenKind::indent)) return;
    try {
      block();
    } catch (const Abandon&) {
    }
  }
}

void StatementParser::skip_line() {
  while (!state_.next_is(TokenKind::newline) && !state_.next_is(TokenKind::end)) state_.take();
  state_.accept(TokenKind::newline);
}

Stmt StatementParser::simple() {
  const Position at = state_.peek().at;
  state_.count_statement(at);
  Stmt statement;
  if (state_.next_is("return")) {
    statement = result();
  } else if (state_.next_is("section")) {
    statement = section();
  } else if (state_.accept("pass")) {
    statement.kind = StmtKind::pass;
  } else {
    statement = assignment();
  }
  statement.at = at;
  return statement;
}

Stmt StatementParser::result() {
  const Token word = state_.take();
  if (functions_ == 0) {
    state_.report(word.at, "`return` outside of a function",
                  "the outputs of a program are its variables of that name");
  }
  if (state_.next_is(TokenKind::newline)) state_.fail(word.at, "`return` needs a value");
  Stmt statement;
  statement.kind = StmtKind::result;
  statement.value = expressions_.expression_or_tuple();
  return statement;
}

Stmt StatementParser::section() {
  const Token word = state_.take();
  if (!state_.next_is(TokenKind::string)) {
    if (state_.next_is(TokenKind::bad)) throw Abandon{};
    state_.fail(word.at, "`section` needs a name in quotes",
                "as in `section \"layer 1\"`; it is no name of a variable");
  }
  Stmt statement;
  statement.kind = StmtKind::section;
  statement.name = unquote(state_.take().text);
  return statement;
}

Stmt StatementParser::assignment() {
  const Token first = state_.peek();
  const Expr left = expressions_.expression_or_tuple();
  Stmt statement;
  if (state_.next_is("=")) {
    statement.kind = StmtKind::assign;
    statement.targets = targets(left);
  } else if (const Augment* augment = augment_at(state_)) {
    statement.kind = StmtKind::augment;
    statement.op = augment->op;
    statement.targets = targets(left);
    if (statement.targets.size() > 1) {
      state_.fail(state_.peek().at, fmt::format("`{}` changes one name", augment->word),
                  "write one statement for each");
    }
  } else {
    bare_expression(left, first);
  }
  state_.take();
  statement.value = expressions_.expression_or_tuple();
  if (state_.next_is("=")) {
    state_.fail(state_.peek().at, "a statement has one `=`",
                "write one statement for each name; `==` compares");
  }
  return statement;
}

std::vector<std::string> StatementParser::targets(const Expr& left) {
  std::vector<std::string> names;
  const bool is_tuple = left.kind == ExprKind::tuple;
  for (std::size_t i = 0; i < (is_tuple ? left.children.size() : 1); ++i) {
    const Expr& target = is_tuple ? left.children[i] : left;
    if (target.kind != ExprKind::name) {
      const bool is_part = target.kind == ExprKind::index || target.kind == ExprKind::slice;
      state_.fail(target.at, "only names can be assigned",
                  is_part ? "values are never changed in place; `cat` joins parts into a new one"
                          : "write `name = value`; `==` compares");
    }
    names.push_back(target.name);
  }
  return names;
}

void StatementParser::bare_expression(const Expr& value, const Token& first) {
  const bool is_name = value.kind == ExprKind::name;
  if (is_name && state_.next_is(":")) {
    const bool is_type = state_.peek(1).kind == TokenKind::name;
    state_.fail(state_.peek().at, fmt::format("unexpected `:` after {}", back_quoted(value.name)),
                is_type ? "types are not written" : "");
  }
  static const std::vector<std::string> words = {"if",  "elif",   "else",    "for",
                                                 "def", "return", "section", "pass"};
  if (!state_.next_is(TokenKind::newline)) {
    const bool is_word = is_name && first.kind == TokenKind::name;
    state_.fail_expected("`=` or the end of the line",
                         is_word ? did_you_mean(first.text, words) : std::string());
  }
  if (value.kind == ExprKind::binary && value.op == BinaryOp::equal) {
    state_.fail(value.at, "`==` compares two values and does nothing here", "write `=` to assign");
  }
  state_.fail(first.at, "a value on its own does nothing; assign it or return it");
}

void StatementParser::end_of_line(const Token& first) {
  if (state_.accept(TokenKind::newline) || state_.next_is(TokenKind::end)) return;
  if (state_.next_is(":")) {
    state_.fail(
        state_.peek().at,
        fmt::format("unexpected `:` after a statement that begins with {}", describe(first)),
        "blocks belong to `if`, `elif`, `else`, `for` and `def`");
  }
  state_.fail_expected("the end of the line");
}

}  // namespace reducecheck
