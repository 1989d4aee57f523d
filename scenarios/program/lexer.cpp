// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/program/lexer_impl.hpp"
#include "scenarios/program/literals.hpp"
#include "scenarios/program/parser.hpp"

namespace reducecheck {

Position Lexer::position(std::size_t offset) const {
  const std::size_t column = offset - line_.begin + (line_.begin == 0 ? start_.column : 1);
  return {line_.number, static_cast<std::uint32_t>(column)};
}

void Lexer::add(TokenKind kind, std::size_t bytes) {
  tokens_.push_back({kind, position(offset_), text_.substr(offset_, bytes), {}});
  offset_ += bytes;
  last_end_ = position(offset_);
}

void Lexer::add_bad(Position at, std::string message, std::string hint) {
  diagnostics_.error(at, std::move(message), std::move(hint));
  tokens_.push_back({TokenKind::bad, at, {}, {}});
}

void Lexer::end_line() {
  const bool is_empty = tokens_.empty() || tokens_.back().kind == TokenKind::newline ||
                        tokens_.back().kind == TokenKind::dedent;
  if (!is_empty) tokens_.push_back({TokenKind::newline, last_end_, {}, {}});
  at_line_begin_ = true;
}

void Lexer::skip_line() {
  offset_ = std::min(text_.find('\n', offset_), text_.size());
}

void Lexer::begin_line() {
  std::size_t width = 0;
  for (; !finished() && (text_[offset_] == ' ' || text_[offset_] == '\t'); ++offset_) {
    if (text_[offset_] == ' ') {
      ++width;
      continue;
    }
    if (!std::exchange(tab_reported_, true)) {
      diagnostics_.error(position(offset_), "a tab in the indentation",
                         "indent with spaces only, on this line and any other");
    }
    width += 8 - width % 8;
  }
  const std::string_view line = rest();
  if (line.empty() || line[0] == '\n' || line[0] == '#' || line.starts_with("\r\n")) return;
  at_line_begin_ = false;
  change_indentation(width, position(offset_));
}

void Lexer::change_indentation(std::size_t width, Position at) {
  if (indents_.empty()) indents_.push_back(width);
  if (width > indents_.back()) {
    indents_.push_back(width);
    tokens_.push_back({TokenKind::indent, at, {}, {}});
    return;
  }
  while (width < indents_.back() && indents_.size() > 1 && width <= indents_[indents_.size() - 2]) {
    indents_.pop_back();
    tokens_.push_back({TokenKind::dedent, at, {}, {}});
  }
  if (width == indents_.back()) return;
  const std::size_t expected = indents_.back();
  // The line counts as one of the innermost block, so that those after it are not errors as well.
  indents_.back() = width;
  if (indents_.size() == 1) {
    diagnostics_.error(at, fmt::format("an indentation of {} spaces, less than the first line's {}",
                                       width, expected));
    return;
  }
  diagnostics_.error(at, fmt::format("an indentation of {} spaces fits no block", width),
                     fmt::format("the blocks around it have {} and {} spaces",
                                 indents_[indents_.size() - 2], expected));
}

void Lexer::open_bracket() {
  const Position at = position(offset_);
  brackets_.push_back({text_[offset_], at, line_, tokens_.size()});
  add(TokenKind::symbol, 1);
  if (brackets_.size() <= ParseLimits::nesting) return;
  tokens_.resize(brackets_.front().token);
  add_bad(at, fmt::format("brackets nested {} deep; at most {} are allowed", brackets_.size(),
                          ParseLimits::nesting));
  brackets_.clear();
  offset_ = text_.size();
}

void Lexer::close_bracket() {
  const char closing = text_[offset_];
  const Position at = position(offset_);
  if (brackets_.empty()) {
    add_bad(at, fmt::format("`{}` closes no bracket", closing));
    return skip_line();
  }
  const Bracket open = brackets_.back();
  const char expected = open.opening == '(' ? ')' : open.opening == '[' ? ']' : '}';
  if (closing == expected) {
    brackets_.pop_back();
    return add(TokenKind::symbol, 1);
  }
  add_bad(at,
          fmt::format("`{}` does not close the `{}` at {}:{}", closing, open.opening, open.at.line,
                      open.at.column),
          fmt::format("expected `{}`", expected));
  brackets_.clear();
  skip_line();
}

// A bracket that is never closed swallows the rest of the text. Its line is given up and reading
// goes on after that line, so that errors further down are found. At most ParseLimits::nesting
// brackets are open, so that a text is read again no more often.
void Lexer::give_up_unclosed() {
  const Bracket outermost = brackets_.front();
  tokens_.resize(outermost.token);
  add_bad(outermost.at, fmt::format("`{}` is never closed", outermost.opening));
  brackets_.clear();
  line_ = outermost.line;
  if (mode_ == LineMode::joined) return;
  offset_ = line_.begin;
  skip_line();
  last_end_ = position(offset_);
}

void Lexer::read_token() {
  const std::string_view text = rest();
  const char c = text[0];
  if (c == ' ' || c == '\t' || text.starts_with("\r\n")) {
    ++offset_;
  } else if (c == '#') {
    skip_line();
  } else if (c == '\n') {
    if (!joins_lines()) end_line();
    line_ = {line_.number + 1, ++offset_};
  } else if (begins_name(c)) {
    read_name();
  } else if (is_digit(c) || (c == '.' && text.size() > 1 && is_digit(text[1]))) {
    read_number();
  } else if (text.starts_with("\"\"\"") || text.starts_with("'''")) {
    read_triple_quoted();
  } else if (c == '"' || c == '\'') {
    read_string();
  } else if (c == '\\') {
    read_continuation();
  } else {
    read_symbol();
  }
}

std::vector<Token> Lexer::run() {
  do {
    while (!finished()) {
      if (at_line_begin_ && !joins_lines()) begin_line();
      if (!finished()) read_token();
    }
    if (!brackets_.empty()) give_up_unclosed();
  } while (!finished());
  if (mode_ == LineMode::statements) {
    end_line();
    for (; indents_.size() > 1; indents_.pop_back()) {
      tokens_.push_back({TokenKind::dedent, last_end_, {}, {}});
    }
  }
  tokens_.push_back({TokenKind::end, last_end_, {}, {}});
  return std::move(tokens_);
}

std::vector<Token> tokenize(std::string_view text, Position start, LineMode mode,
                            Diagnostics& diagnostics) {
  return Lexer(text, start, mode, diagnostics).run();
}

}  // namespace reducecheck
