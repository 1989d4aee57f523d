// SPDX-License-Identifier: Apache-2.0
// The state of tokenize(); only lexer*.cpp include this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/program/lexer.hpp"

namespace reducecheck {

class Lexer {
 public:
  Lexer(std::string_view text, Position start, LineMode mode, Diagnostics& diagnostics)
      : text_(text),
        start_(start),
        mode_(mode),
        diagnostics_(diagnostics),
        line_{start.line, 0},
        last_end_(start) {}

  std::vector<Token> run();

 private:
  struct Line {
    std::uint32_t number;
    std::size_t begin;  // offset of its first character
  };

  struct Bracket {
    char opening;
    Position at;
    Line line;
    std::size_t token;  // its index
  };

  [[nodiscard]] std::string_view rest() const { return text_.substr(offset_); }
  [[nodiscard]] bool finished() const { return offset_ >= text_.size(); }
  [[nodiscard]] Position position(std::size_t offset) const;
  [[nodiscard]] bool joins_lines() const { return mode_ == LineMode::joined || !brackets_.empty(); }

  void add(TokenKind kind, std::size_t bytes);
  void add_bad(Position at, std::string message, std::string hint = "");
  void end_line();
  void skip_line();
  void begin_line();
  void change_indentation(std::size_t width, Position at);
  [[nodiscard]] bool begins_statement(std::string_view word) const;
  void read_token();
  void read_name();
  void read_number();
  void read_string();
  void read_triple_quoted();
  void read_symbol();
  void read_unknown();
  void read_continuation();
  void open_bracket();
  void close_bracket();
  void give_up_unclosed();

  std::string_view text_;
  Position start_;
  LineMode mode_;
  Diagnostics& diagnostics_;
  Line line_;
  std::size_t offset_ = 0;
  Position last_end_;  // after the last token, where a missing one is reported
  bool at_line_begin_ = true;
  bool tab_reported_ = false;
  std::vector<Bracket> brackets_;
  std::vector<std::size_t> indents_;  // widths of the open blocks, the first line's first
  std::vector<Token> tokens_;
};

}  // namespace reducecheck
