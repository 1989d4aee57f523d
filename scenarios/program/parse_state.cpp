// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/parse_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "scenarios/program/foreign.hpp"
#include "scenarios/program/parser.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::name:
      return fmt::format("the name {}", back_quoted(token.text));
    case TokenKind::number:
      return fmt::format("the number {}", back_quoted(token.text));
    case TokenKind::string:
      return fmt::format("the string {}", back_quoted(token.text));
    case TokenKind::keyword:
    case TokenKind::symbol:
      return back_quoted(token.text);
    case TokenKind::newline:
      return "the end of the line";
    case TokenKind::indent:
    case TokenKind::dedent:
      return "another indentation";
    case TokenKind::bad:
    case TokenKind::end:
      break;
  }
  return "the end of the text";
}

const Token& ParseState::peek(std::size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

bool ParseState::next_is(std::string_view word, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return (token.kind == TokenKind::symbol || token.kind == TokenKind::keyword) &&
         token.text == word;
}

Token ParseState::take() {
  const Token token = peek();
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}

bool ParseState::accept(TokenKind kind) {
  if (!next_is(kind)) return false;
  take();
  return true;
}

bool ParseState::accept(std::string_view word) {
  if (!next_is(word)) return false;
  take();
  return true;
}

void ParseState::report(Position at, std::string message, std::string hint) {
  if (!stopped_) diagnostics_.error(at, std::move(message), std::move(hint));
}

void ParseState::fail(Position at, std::string message, std::string hint) {
  report(at, std::move(message), std::move(hint));
  throw Abandon{};
}

void ParseState::fail_expected(std::string_view expected, std::string hint) {
  const Token& found = peek();
  if (found.kind == TokenKind::bad) throw Abandon{};
  if (next_is("=")) {
    fail(found.at, "`=` assigns and cannot stand here", "write `==` to compare");
  }
  if (found.kind == TokenKind::keyword || found.kind == TokenKind::symbol) {
    if (std::optional<ForeignWord> foreign = foreign_word(found.text)) {
      fail(found.at, std::move(foreign->message), std::move(foreign->hint));
    }
  }
  fail(found.at, fmt::format("expected {}, found {}", expected, describe(found)), std::move(hint));
}

void ParseState::exceed(Position at, std::string message) {
  report(at, std::move(message));
  stopped_ = true;
  next_ = tokens_.size() - 1;
  throw Abandon{};
}

void ParseState::count_statement(Position at) {
  if (++statements_ <= ParseLimits::statements) return;
  exceed(at, fmt::format("this is statement {}; a text may have at most {}", statements_,
                         ParseLimits::statements));
}

void ParseState::count_node(Position at) {
  if (++nodes_ <= ParseLimits::expression_nodes) return;
  exceed(at, fmt::format("the expressions up to here have {} parts; a text may have at most {}",
                         nodes_, ParseLimits::expression_nodes));
}

void ParseState::check_nesting(Position at, int levels) {
  if (depth_ + levels <= ParseLimits::nesting) return;
  exceed(at,
         fmt::format("blocks, brackets and operators are nested {} deep; at most {} are allowed",
                     depth_ + levels, ParseLimits::nesting));
}

}  // namespace reducecheck
