// SPDX-License-Identifier: Apache-2.0
// What the parsers of expressions and of statements share: the tokens, the errors and the limits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/program/ast.hpp"
#include "scenarios/program/lexer.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

/// Unwinds from an error, which is reported already, to the statement it stands in. It never leaves
/// the parser: what a text says wrongly is a value for the caller, not an exception.
struct Abandon {};

/// `the name `x``, `the end of the line`, ...: how a message calls a token.
std::string describe(const Token& token);

class ParseState {
 public:
  ParseState(std::vector<Token> tokens, Diagnostics& diagnostics)
      : tokens_(std::move(tokens)), diagnostics_(diagnostics) {}

  /// The next token, or one after it; `end` for ever at the end.
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool next_is(TokenKind kind) const { return peek().kind == kind; }
  [[nodiscard]] bool next_is(std::string_view word, std::size_t ahead = 0) const;
  Token take();
  bool accept(TokenKind kind);
  bool accept(std::string_view word);

  /// Reports without unwinding.
  void report(Position at, std::string message, std::string hint = "");
  [[noreturn]] void fail(Position at, std::string message, std::string hint = "");
  /// Reports the next token, for which `expected` was hoped: `expected a value, found ...`, or what
  /// is known about the token itself. `bad` tokens have been reported.
  [[noreturn]] void fail_expected(std::string_view expected, std::string hint = "");

  void count_statement(Position at);
  void count_node(Position at);
  /// Checks that something `levels` deep may stand here.
  void check_nesting(Position at, int levels);

 private:
  friend class Nested;
  [[noreturn]] void exceed(Position at, std::string message);

  std::vector<Token> tokens_;
  Diagnostics& diagnostics_;
  std::size_t next_ = 0;
  int depth_ = 0;
  int statements_ = 0;
  int nodes_ = 0;
  bool stopped_ = false;  // beyond a limit: nothing more is read or reported
};

/// One level of nesting while it lives.
class Nested {
 public:
  explicit Nested(ParseState& state) : state_(state) {
    state_.check_nesting(state_.peek().at, 1);
    ++state_.depth_;
  }
  ~Nested() { --state_.depth_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  ParseState& state_;
};

}  // namespace reducecheck
