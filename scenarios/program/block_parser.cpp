// SPDX-License-Identifier: Apache-2.0
// The half of StatementParser that reads statements with blocks: `if`, `for` and `def`.
#include <fmt/format.h>

#include <utility>

#include "scenarios/program/statement_parser.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {

// `head` reads from the statement's word up to its colon. When it is wrong the block is read for
// its errors, and so that an `else` after it still has its `if`.
std::vector<Stmt> StatementParser::body(std::string_view owner, const Head& head) {
  try {
    head();
    colon(owner);
  } catch (const Abandon&) {
    skip_line();
    return state_.next_is(TokenKind::indent) ? block() : std::vector<Stmt>();
  }
  return body_after_colon(owner);
}

void StatementParser::colon(std::string_view owner) {
  if (state_.accept(":")) return;
  if (!state_.next_is(TokenKind::newline)) {
    if (owner == "else" && state_.next_is("if")) {
      state_.fail(state_.peek().at, "`else if` is not part of the language", "write `elif`");
    }
    state_.fail_expected(fmt::format("`:` in this `{}` line", owner));
  }
  state_.report(state_.peek().at,
                fmt::format("`:` is missing at the end of this `{}` line", owner));
}

std::vector<Stmt> StatementParser::body_after_colon(std::string_view owner) {
  const Position at = state_.peek().at;
  if (state_.accept(TokenKind::newline)) {
    if (state_.next_is(TokenKind::indent)) return block();
    state_.report(at, fmt::format("the block of this `{}` is missing", owner),
                  "indent the lines that belong to it, or write `pass`");
    return {};
  }
  std::vector<Stmt> statements;
  const Token first = state_.peek();
  try {
    const Nested nested(state_);
    if (state_.next_is("if") || state_.next_is("for") || state_.next_is("def")) {
      state_.fail(first.at, fmt::format("`{}` cannot follow `:` on the same line", first.text),
                  "put it on a line of its own, indented");
    }
    statements.push_back(simple());
    end_of_line(first);
  } catch (const Abandon&) {
    skip_line();
    if (state_.next_is(TokenKind::indent)) block();
  }
  return statements;
}

std::vector<Stmt> StatementParser::block() {
  const Nested nested(state_);
  state_.take();
  std::vector<Stmt> result;
  statements(result);
  state_.accept(TokenKind::dedent);
  return result;
}

Stmt StatementParser::branch() {
  const Token word = state_.peek();
  state_.count_statement(word.at);
  Stmt statement;
  statement.kind = StmtKind::branch;
  statement.at = word.at;
  statement.body = body(word.text, [this, &statement] {
    state_.take();
    statement.value = expressions_.expression();
  });
  if (state_.next_is("elif")) {
    const Nested nested(state_);
    statement.otherwise.push_back(branch());
  } else if (state_.next_is("else")) {
    statement.otherwise = body("else", [this] { state_.take(); });
  }
  return statement;
}

Stmt StatementParser::loop() {
  const Token word = state_.peek();
  state_.count_statement(word.at);
  Stmt statement;
  statement.kind = StmtKind::loop;
  statement.at = word.at;
  statement.body = body("for", [this, &statement] {
    state_.take();
    if (!state_.next_is(TokenKind::name)) state_.fail_expected("a name after `for`");
    statement.targets.emplace_back(state_.take().text);
    if (state_.next_is(",")) {
      state_.fail(state_.peek().at, "a loop has one variable",
                  "count with `range` and index with it");
    }
    if (!state_.accept("in")) state_.fail_expected("`in` after the name of the loop");
    statement.value = expressions_.expression();
  });
  return statement;
}

Stmt StatementParser::function() {
  const Token word = state_.peek();
  state_.count_statement(word.at);
  Stmt statement;
  statement.kind = StmtKind::function;
  statement.at = word.at;
  ++functions_;
  statement.body = body("def", [this, &statement] {
    state_.take();
    if (!state_.next_is(TokenKind::name))
      state_.fail_expected("the name of a function after `def`");
    statement.name = std::string(state_.take().text);
    parameters(statement);
  });
  --functions_;
  return statement;
}

void StatementParser::parameters(Stmt& function) {
  if (!state_.accept("(")) {
    state_.fail_expected(
        fmt::format("`(` after the function's name {}", back_quoted(function.name)));
  }
  const Nested nested(state_);
  std::set<std::string> names;
  while (!state_.next_is(")")) {
    function.parameters.push_back(parameter(function, names));
    if (!state_.accept(",")) break;
  }
  if (state_.next_is(":")) {
    state_.fail(state_.peek().at, "unexpected `:` among the parameters", "types are not written");
  }
  if (!state_.accept(")")) state_.fail_expected("`,` or `)`");
}

Parameter StatementParser::parameter(const Stmt& function, std::set<std::string>& names) {
  const Token name = state_.peek();
  if (name.kind != TokenKind::name) state_.fail_expected("the name of a parameter");
  if (name.text == "self" || name.text == "cls") {
    state_.fail(name.at, fmt::format("leave the parameter `{}` out", name.text),
                "a leading `self.` is dropped from names, so nothing is passed for it");
  }
  if (name.text.find('.') != std::string_view::npos) {
    state_.fail(name.at,
                fmt::format("the parameter {} has a dot in its name", back_quoted(name.text)));
  }
  if (!names.insert(std::string(name.text)).second) {
    state_.fail(name.at, fmt::format("the parameter {} is there twice", back_quoted(name.text)));
  }
  state_.take();
  state_.count_node(name.at);
  Parameter result{std::string(name.text)};
  if (state_.accept("=")) {
    result.fallback = expressions_.expression();
  } else if (!function.parameters.empty() &&
             function.parameters.back().fallback.kind != ExprKind::absent) {
    state_.fail(name.at,
                fmt::format("the parameter {} needs a default value", back_quoted(name.text)),
                "the one before it has one");
  }
  return result;
}

void StatementParser::orphan() {
  const Token word = state_.peek();
  state_.report(word.at, fmt::format("`{}` without an `if`", word.text),
                "it stands directly after the block of its `if`, with the same indentation");
  const bool has_condition = word.text == "elif";
  body(word.text, [this, has_condition] {
    state_.take();
    if (has_condition) expressions_.expression();
  });
}

}  // namespace reducecheck
