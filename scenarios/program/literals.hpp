// SPDX-License-Identifier: Apache-2.0
// The parts of a token that need no context: words, numbers, strings and symbols.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/program/fraction.hpp"

namespace reducecheck {

bool begins_name(char c);
bool continues_name(char c);
bool is_digit(char c);

/// A word that cannot be a name: one of the language, or one of Python's.
bool is_keyword(std::string_view word);

/// The longest symbol that `text` begins with; empty if there is none.
std::string_view leading_symbol(std::string_view text);

/// The length of the number that `text` begins with: digits, a point, an exponent.
std::size_t leading_number(std::string_view text);

/// The exact value of what leading_number found.
/// Throws: FractionError where 64-bit integers cannot hold it.
Fraction number_value(std::string_view digits);

struct StringFault {
  std::size_t offset;
  std::string message;
  std::string hint;
};

/// The first thing wrong inside a string literal, given with its quotes.
std::optional<StringFault> string_fault(std::string_view literal);

/// What a literal without a fault stands for.
std::string unquote(std::string_view literal);

/// A literal in double quotes that stands for `text`.
std::string quote(std::string_view text);

}  // namespace reducecheck
