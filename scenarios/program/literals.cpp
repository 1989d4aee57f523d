// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/literals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

constexpr std::array<std::string_view, 38> keywords = {
    "if",      "elif",    "else",   "for",      "in",    "def",    "return",   "pass",
    "section", "or",      "and",    "not",      "True",  "False",  "None",     "true",
    "false",   "while",   "import", "from",     "class", "lambda", "with",     "try",
    "except",  "finally", "raise",  "assert",   "del",   "global", "nonlocal", "yield",
    "async",   "await",   "break",  "continue", "is",    "as"};

// Longest first. Symbols of Python and C that the language does not have are read as well, so that
// the parser can name what to write instead.
constexpr std::array<std::string_view, 26> long_symbols = {
    "**=", "//=", "<<=", ">>=", "...", "+=", "-=", "*=", "/=", "%=", "@=", "==", "!=",
    "<=",  ">=",  "//",  "**",  "->",  ":=", "&&", "||", "<<", ">>", "<>", "&=", "|="};
constexpr std::string_view short_symbols = "+-*/%@=<>()[]{},:.;!&|^~";

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - from;
}

}  // namespace

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool continues_name(char c) {
  return begins_name(c) || is_digit(c);
}

bool is_keyword(std::string_view word) {
  return std::ranges::find(keywords, word) != keywords.end();
}

std::string_view leading_symbol(std::string_view text) {
  for (const std::string_view symbol : long_symbols) {
    if (text.starts_with(symbol)) return text.substr(0, symbol.size());
  }
  return text.substr(0, short_symbols.find(text[0]) == std::string_view::npos ? 0 : 1);
}

std::size_t leading_number(std::string_view text) {
  std::size_t end = digits_at(text, 0);
  if (end < text.size() && text[end] == '.') end += 1 + digits_at(text, end + 1);
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    const bool is_signed = end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-');
    const std::size_t exponent = end + (is_signed ? 2 : 1);
    const std::size_t digits = digits_at(text, exponent);
    if (digits > 0) end = exponent + digits;
  }
  return end;
}

Fraction number_value(std::string_view digits) {
  const std::size_t exponent_mark = std::min(digits.find_first_of("eE"), digits.size());
  std::string_view mantissa = digits.substr(0, exponent_mark);
  std::string_view exponent_text = digits.substr(exponent_mark);
  if (!exponent_text.empty()) exponent_text.remove_prefix(1);
  // Zeros at the end of a fraction say nothing, and must not count as an overflow.
  const std::size_t point = mantissa.find('.');
  if (point != std::string_view::npos) {
    mantissa = mantissa.substr(0, std::max(point, mantissa.find_last_not_of('0')) + 1);
  }
  Fraction value;
  int scale = 0;
  for (std::size_t i = 0; i < mantissa.size(); ++i) {
    if (mantissa[i] == '.') continue;
    value = value * 10 + (mantissa[i] - '0');
    if (point < i) ++scale;
  }
  if (value == 0) return value;
  constexpr int beyond_any = 10'000;  // the loop below overflows long before
  const bool negative = exponent_text.starts_with('-');
  int exponent = 0;
  for (const char c : exponent_text) {
    if (is_digit(c)) exponent = std::min(exponent * 10 + (c - '0'), beyond_any);
  }
  scale += negative ? exponent : -exponent;
  for (; scale > 0; --scale) value = value / 10;
  for (; scale < 0; ++scale) value = value * 10;
  return value;
}

std::optional<StringFault> string_fault(std::string_view literal) {
  for (std::size_t i = 1; i + 1 < literal.size();) {
    if (literal[i] == '\\') {
      const Glyph escaped = glyph_at(literal, i + 1);
      if (std::string_view("\\'\"n").find(literal[i + 1]) == std::string_view::npos) {
        return StringFault{i, fmt::format("`\\{}` is not an escape of a string", escaped.shown),
                           "the escapes are `\\\\`, `\\'`, `\\\"` and `\\n`"};
      }
      i += 2;
      continue;
    }
    const Glyph glyph = glyph_at(literal, i);
    if (!glyph.verbatim) {
      return StringFault{i, fmt::format("`{}` inside a string", glyph.shown),
                         "a string holds printable UTF-8 characters"};
    }
    i += glyph.bytes;
  }
  return std::nullopt;
}

std::string unquote(std::string_view literal) {
  std::string result;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    const bool escaped = literal[i] == '\\';
    if (escaped) ++i;
    result += escaped && literal[i] == 'n' ? '\n' : literal[i];
  }
  return result;
}

std::string quote(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace reducecheck
