// SPDX-License-Identifier: Apache-2.0
// Where in the file the characters of a string value stand, so that an error inside of a program or
// an expression points at the file and not at the string.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/program/ast.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

/// From byte offsets of a text to places and back.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);

  [[nodiscard]] Position position(std::size_t offset) const;

  /// The byte of a place whose column counts characters, as toml++ does; the end if there is none.
  [[nodiscard]] std::size_t offset(std::size_t line, std::size_t character) const;

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

/// A string value as TOML means it, with the place of its parts.
struct SourceText {
  std::string text;
  Position start;
  /// One for each byte and one for the end. Empty where the text runs on in the file as it is,
  /// which is so for every string without escapes.
  std::vector<Position> places;
};

/// The string `value` whose opening quotes stand at `quotes`.
SourceText locate(const LineIndex& lines, std::size_t quotes, std::string value);

/// A part of a text, which still knows its place.
SourceText part(const SourceText& whole, std::size_t offset,
                std::size_t length = std::string::npos);

/// See parser.hpp; every place, also those in the tree, is one of the file.
Program read_program(const SourceText& source, Diagnostics& diagnostics);
Expr read_expression(const SourceText& source, Diagnostics& diagnostics);
std::vector<Expr> read_expression_list(const SourceText& source, Diagnostics& diagnostics);

}  // namespace reducecheck
