// SPDX-License-Identifier: Apache-2.0
// Every message of the lexer, with its place.
#include <string>

#include "scenarios/program/error_cases_test.hpp"

namespace reducecheck {
namespace {

TEST(LexerErrors, OfIndentation) {
  expect_errors({
      {"if a:\n\tx = 1\n\ty = 2\n",
       {2, 1},
       "a tab in the indentation",
       "indent with spaces only, on this line and any other"},
      {"  x = 1\n y = 2\n y = 3\n",
       {2, 2},
       "an indentation of 1 spaces, less than the first line's 2",
       ""},
      {"if a:\n    x = 1\n  y = 2\n  z = 2\n",
       {3, 3},
       "an indentation of 2 spaces fits no block",
       "the blocks around it have 0 and 4 spaces"},
  });
}

TEST(LexerErrors, OfBrackets) {
  expect_errors({
      {"x = a)\ny = 1\n", {1, 6}, "`)` closes no bracket", ""},
      {"x = f(a]\ny = 1\n", {1, 8}, "`]` does not close the `(` at 1:6", "expected `)`"},
      {"x = [a)\n", {1, 7}, "`)` does not close the `[` at 1:5", "expected `]`"},
      {"def f(x:\n    pass\ny = (1)\n", {1, 6}, "`(` is never closed", ""},
      {"x = f(a\ny = 1\nz = g(b)\n", {1, 6}, "`(` is never closed", ""},
  });
}

TEST(LexerErrors, OfNamesAndNumbers) {
  const std::string numbers =
      "numbers are decimal, such as 16, 2.5 or 1e-3; a name begins with a letter or `_`";
  const std::string sizes = "as a fraction its two parts must fit in 64-bit integers";
  expect_errors({
      {"x = a.if.b\n", {1, 5}, "`if` cannot be part of a name", "it is a word of the language"},
      {"x = 0x10\n", {1, 5}, "`0x10` is not a number", numbers},
      {"2x = 1\n", {1, 1}, "`2x` is not a number", numbers},
      {"x = 007\n", {1, 5}, "`007` is not a number", numbers},
      {"x = 9223372036854775808\n",
       {1, 5},
       "the number `9223372036854775808` is too large or too fine",
       sizes},
      {"x = 1e-30\n", {1, 5}, "the number `1e-30` is too large or too fine", sizes},
      {"x = 1e999999999999\n",
       {1, 5},
       "the number `1e999999999999` is too large or too fine",
       sizes},
      {"x = a .b\n",
       {1, 7},
       "a dot joins the parts of a name only",
       "write it directly between two words, as in `experts.slots`"},
  });
}

TEST(LexerErrors, OfStringsAndCharacters) {
  const std::string ascii = "outside of strings and comments a program is plain ASCII";
  expect_errors({
      {"x = f('a\ny = 1\n", {1, 7}, "the string is not closed on its line", "it ends with `'`"},
      {"x = \"a\\\"\n", {1, 5}, "the string is not closed on its line", "it ends with `\"`"},
      {"x = 'a\\t'\n",
       {1, 7},
       "`\\t` is not an escape of a string",
       "the escapes are `\\\\`, `\\'`, `\\\"` and `\\n`"},
      {"x = 'a\x1b'\n",
       {1, 7},
       "`\\x1b` inside a string",
       "a string holds printable UTF-8 characters"},
      {"\"\"\"\nif x\n\"\"\"\ny = 1\n",
       {1, 1},
       "a string in triple quotes is not part of the language",
       "a comment begins with `#`"},
      {"x = a $ b\n", {1, 7}, "unexpected character `$`", ascii},
      {"x = \xff\xfe\n", {1, 5}, "unexpected character `\\xff`", ascii},
      {"x = \xE2\x80\x9C"
       "a\n",
       {1, 5},
       "unexpected character `\xE2\x80\x9C`",
       "write \""},
      {"x = \xE2\x80\x98"
       "a\n",
       {1, 5},
       "unexpected character `\xE2\x80\x98`",
       "write '"},
      {"x = 1 + \\\n    2\ny = 1\n",
       {1, 9},
       "`\\` does not continue a line",
       "put the expression in brackets: they join lines"},
  });
}

}  // namespace
}  // namespace reducecheck
