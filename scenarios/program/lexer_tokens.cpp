// SPDX-License-Identifier: Apache-2.0
// The tokens of one kind each: names, numbers, strings, symbols, and what is none of these.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "scenarios/program/lexer_impl.hpp"
#include "scenarios/program/literals.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {

// A line that begins with one of these is no part of an expression: inside brackets it shows that
// one of them was never closed, before a bracket further down seems to close it.
bool Lexer::begins_statement(std::string_view word) const {
  constexpr std::array<std::string_view, 8> words = {"def",  "return", "pass",   "section",
                                                     "elif", "while",  "import", "class"};
  if (mode_ == LineMode::joined || brackets_.empty()) return false;
  const std::string_view before = text_.substr(line_.begin, offset_ - line_.begin);
  return brackets_.front().line.begin < line_.begin &&
         before.find_first_not_of(' ') == std::string_view::npos &&
         std::ranges::find(words, word) != words.end();
}

void Lexer::read_name() {
  const std::string_view text = rest();
  std::size_t size = 0;
  std::string_view wrong_part;
  std::size_t part_begin = 0;
  for (;;) {
    while (size < text.size() && continues_name(text[size])) ++size;
    const std::string_view part = text.substr(part_begin, size - part_begin);
    if (wrong_part.empty() && is_keyword(part)) wrong_part = part;
    if (size + 1 >= text.size() || text[size] != '.' || !begins_name(text[size + 1])) break;
    part_begin = ++size;
  }
  if (part_begin == 0 && begins_statement(wrong_part)) return give_up_unclosed();
  if (part_begin == 0) return add(wrong_part.empty() ? TokenKind::name : TokenKind::keyword, size);
  if (!wrong_part.empty()) {
    add_bad(position(offset_), fmt::format("{} cannot be part of a name", back_quoted(wrong_part)),
            "it is a word of the language");
    offset_ += size;
    return;
  }
  add(TokenKind::name, size);
  std::string_view& name = tokens_.back().text;
  while (name.starts_with("self.")) name.remove_prefix(5);
}

void Lexer::read_number() {
  const std::string_view text = rest();
  const std::size_t size = leading_number(text);
  std::size_t word = size;
  while (word < text.size() && continues_name(text[word])) ++word;
  const std::string_view digits = text.substr(0, size);
  const std::size_t point = std::min(digits.find_first_of(".eE"), size);
  const bool leading_zero = point == size && size > 1 && text[0] == '0' &&
                            digits.find_first_not_of('0') != std::string_view::npos;
  if (word > size || leading_zero) {
    add_bad(position(offset_), fmt::format("{} is not a number", back_quoted(text.substr(0, word))),
            "numbers are decimal, such as 16, 2.5 or 1e-3; a name begins with a letter or `_`");
    offset_ += word;
    return;
  }
  try {
    const Fraction value = number_value(digits);
    add(TokenKind::number, size);
    tokens_.back().number = value;
  } catch (const FractionError&) {
    add_bad(position(offset_),
            fmt::format("the number {} is too large or too fine", back_quoted(digits)),
            "as a fraction its two parts must fit in 64-bit integers");
    offset_ += size;
  }
}

void Lexer::read_string() {
  const std::string_view text = rest();
  const char quote_mark = text[0];
  std::size_t end = 1;
  while (end < text.size() && text[end] != quote_mark && text[end] != '\n') {
    const bool escapes = text[end] == '\\' && end + 1 < text.size() && text[end + 1] != '\n';
    end += escapes ? 2U : 1U;
  }
  if (end >= text.size() || text[end] == '\n') {
    add_bad(position(offset_), "the string is not closed on its line",
            fmt::format("it ends with `{}`", quote_mark));
    brackets_.clear();  // its brackets are open for the same reason: one error is enough
    return skip_line();
  }
  const std::string_view literal = text.substr(0, end + 1);
  if (std::optional<StringFault> fault = string_fault(literal)) {
    add_bad(position(offset_ + fault->offset), std::move(fault->message), std::move(fault->hint));
    offset_ += literal.size();
    return;
  }
  add(TokenKind::string, literal.size());
}

void Lexer::read_triple_quoted() {
  add_bad(position(offset_), "a string in triple quotes is not part of the language",
          "a comment begins with `#`");
  const std::size_t closing = text_.find(text_.substr(offset_, 3), offset_ + 3);
  const std::size_t end = closing == std::string_view::npos ? text_.size() : closing + 3;
  for (; offset_ < end; ++offset_) {
    if (text_[offset_] == '\n') line_ = {line_.number + 1, offset_ + 1};
  }
}

// One error for a run of them: text pasted from elsewhere rarely has just one.
void Lexer::read_unknown() {
  const Glyph glyph = glyph_at(text_, offset_);
  std::string hint = "outside of strings and comments a program is plain ASCII";
  if (glyph.shown == "\xE2\x80\x9C" || glyph.shown == "\xE2\x80\x9D") hint = "write \"";
  if (glyph.shown == "\xE2\x80\x98" || glyph.shown == "\xE2\x80\x99") hint = "write '";
  add_bad(position(offset_), fmt::format("unexpected character `{}`", glyph.shown),
          std::move(hint));
  do {
    offset_ += glyph_at(text_, offset_).bytes;
  } while (!finished() &&
           std::string_view(" \t\r\n\\#'\"").find(text_[offset_]) == std::string_view::npos &&
           !continues_name(text_[offset_]) && leading_symbol(rest()).empty());
}

void Lexer::read_continuation() {
  add_bad(position(offset_), "`\\` does not continue a line",
          "put the expression in brackets: they join lines");
  ++offset_;
  if (rest().starts_with('\r')) ++offset_;
  if (rest().starts_with('\n')) line_ = {line_.number + 1, ++offset_};
}

void Lexer::read_symbol() {
  const std::string_view symbol = leading_symbol(rest());
  if (symbol.empty()) return read_unknown();
  if (std::string_view("([{").find(symbol) != std::string_view::npos) return open_bracket();
  if (std::string_view(")]}").find(symbol) != std::string_view::npos) return close_bracket();
  add(TokenKind::symbol, symbol.size());
}

}  // namespace reducecheck
