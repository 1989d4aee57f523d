// SPDX-License-Identifier: Apache-2.0
// From program text to tokens, each with its place in the file. Indentation becomes indent and
// dedent tokens as in Python; inside brackets line ends do not count.
#pragma once

#include <string_view>
#include <vector>

#include "scenarios/program/fraction.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

enum class TokenKind {
  name,     // dots kept, a leading `self.` dropped
  number,   // its value in `number`
  string,   // `text` as written, quotes included; see unquote
  keyword,  // also Python's words that the language does not have
  symbol,
  newline,
  indent,
  dedent,
  bad,  // something wrong, reported already: what it belongs to is to be given up silently
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Position at{};
  std::string_view text{};  // into the text that was read
  Fraction number{};
};

enum class LineMode {
  statements,  // a logical line is a statement
  joined,      // the whole text is one expression, on however many lines
};

/// The tokens of `text`, an `end` last. Reports what no token can be made of, brackets that do not
/// match and indentation that fits no block. Never recurses.
std::vector<Token> tokenize(std::string_view text, Position start, LineMode mode,
                            Diagnostics& diagnostics);

}  // namespace reducecheck
