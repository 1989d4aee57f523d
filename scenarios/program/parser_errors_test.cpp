// SPDX-License-Identifier: Apache-2.0
// Every message of the parser, with its place.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/program/error_cases_test.hpp"
#include "scenarios/program/foreign.hpp"
#include "scenarios/program/parser.hpp"

namespace reducecheck {
namespace {

TEST(ParserErrors, OfExpressions) {
  expect_errors({
      {"x = a if b\n",
       {1, 7},
       "a conditional expression needs an `else`",
       "write `a if condition else b`, or put the statement under `if condition:`"},
      {"x = a if b = c else d\n",
       {1, 12},
       "`=` assigns and cannot stand here",
       "write `==` to compare"},
      {"x = a,\n", {1, 6}, "a comma does not make a tuple of one value", "leave it out"},
      {"x = (a,)\n", {1, 7}, "a comma does not make a tuple of one value", "leave it out"},
      {"x = [a for a in b]\n",
       {1, 8},
       "a comprehension is not part of the language",
       "write the list out, or use `range` and `chunk`"},
      {"x = (a for a in b)\n",
       {1, 8},
       "a comprehension is not part of the language",
       "collect the values with a `for` statement"},
      {"x = sum(a for a in b)\n",
       {1, 11},
       "a comprehension is not part of the language",
       "write the values out, or use a `for` statement"},
      {"x = ()\n", {1, 5}, "brackets without a value", "an empty list is `[]`"},
      {"x = a == not b\n", {1, 10}, "`not` needs brackets here", "write `(not x)`"},
      {"x = +a\n", {1, 5}, "`+` stands between two values", "leave a leading `+` out"},
      {"x = a +\n", {1, 8}, "expected a value, found the end of the line", ""},
      {"x = a + if\n", {1, 9}, "expected a value, found `if`", ""},
      {"x = (a b)\n", {1, 8}, "expected `,` or `)`, found the name `b`", "for the `(` at 1:5"},
      {"x = [a 1]\n", {1, 8}, "expected `,` or `]`, found the number `1`", "for the `[` at 1:5"},
  });
}

TEST(ParserErrors, OfCallsAndIndices) {
  expect_errors({
      {"x = f(a 'b')\n",
       {1, 9},
       "expected `,` or `)`, found the string `'b'`",
       "for the `(` at 1:6"},
      {"x = f(*a)\n", {1, 7}, "arguments cannot be unpacked with `*`", "write them out"},
      {"x = f(a.b=1)\n",
       {1, 7},
       "`a.b` cannot name an argument",
       "the name of an argument has no dot; write `==` to compare"},
      {"x = f(k=1, k=2)\n", {1, 12}, "the argument `k` is given twice", ""},
      {"x = f(k=1, 2)\n",
       {1, 12},
       "an argument without a name follows one with a name",
       "put it first, or name it"},
      {"x = f(a + b = 1)\n", {1, 13}, "`=` assigns and cannot stand here", "write `==` to compare"},
      {"x = a[]\n", {1, 7}, "an index needs a value", ""},
      {"x = a[1:2:3]\n", {1, 10}, "a slice has no step", "write `x[begin:end]`"},
      {"x = a[:, 1:2]\n",
       {1, 8},
       "an index has one part",
       "rows are cut with `x[a:b]`, features with `chunk(x, g, dim=cols)`"},
      {"x = a[1 2]\n", {1, 9}, "expected `:` or `]`, found the number `2`", "for the `[` at 1:6"},
      {"x = a[1:2 3]\n", {1, 11}, "expected `]`, found the number `3`", "for the `[` at 1:6"},
  });
}

TEST(ParserErrors, OfSimpleStatements) {
  expect_errors({
      {"f(x)\n", {1, 1}, "a value on its own does nothing; assign it or return it", ""},
      {"x == f(y)\n",
       {1, 3},
       "`==` compares two values and does nothing here",
       "write `=` to assign"},
      {"x = y = 1\n",
       {1, 7},
       "a statement has one `=`",
       "write one statement for each name; `==` compares"},
      {"x[0] = 1\n",
       {1, 1},
       "only names can be assigned",
       "values are never changed in place; `cat` joins parts into a new one"},
      {"a, f(x) = 1\n",
       {1, 4},
       "only names can be assigned",
       "write `name = value`; `==` compares"},
      {"a, b += 1\n", {1, 6}, "`+=` changes one name", "write one statement for each"},
      {"x: int = 1\n", {1, 2}, "unexpected `:` after `x`", "types are not written"},
      {"esle: \n", {1, 5}, "unexpected `:` after `esle`", ""},
      {"retrun x\n",
       {1, 8},
       "expected `=` or the end of the line, found the name `x`",
       "did you mean `return`?"},
      {"x = 1:\n    y = 2\n",
       {1, 6},
       "unexpected `:` after a statement that begins with the name `x`",
       "blocks belong to `if`, `elif`, `else`, `for` and `def`"},
      {"x = 1 2\n", {1, 7}, "expected the end of the line, found the number `2`", ""},
      {"return x\n",
       {1, 1},
       "`return` outside of a function",
       "the outputs of a program are its variables of that name"},
      {"def f():\n    return\n", {2, 5}, "`return` needs a value", ""},
      {"section = 1\n",
       {1, 1},
       "`section` needs a name in quotes",
       "as in `section \"layer 1\"`; it is no name of a variable"},
      {"x = 1\n  y = 2\n  z = 3\nw = 4\n",
       {2, 3},
       "the line is indented more than the one before it",
       "only a line that ends with `:` begins a block"},
  });
}

TEST(ParserErrors, OfBlocks) {
  expect_errors({
      {"if a = 1:\n    x = 1\nelse:\n    x = 2\n",
       {1, 6},
       "`=` assigns and cannot stand here",
       "write `==` to compare"},
      {"if a\n    x = 1\nelse: x = 2\n", {1, 5}, "`:` is missing at the end of this `if` line", ""},
      {"if a x = 1\n", {1, 6}, "expected `:` in this `if` line, found the name `x`", ""},
      {"if a:\nx = 1\n",
       {1, 6},
       "the block of this `if` is missing",
       "indent the lines that belong to it, or write `pass`"},
      {"if a: if b: x = 1\n",
       {1, 7},
       "`if` cannot follow `:` on the same line",
       "put it on a line of its own, indented"},
      {"if a: pass\nelse if b: pass\n",
       {2, 6},
       "`else if` is not part of the language",
       "write `elif`"},
      {"else:\n    x = 1\n",
       {1, 1},
       "`else` without an `if`",
       "it stands directly after the block of its `if`, with the same indentation"},
      {"x = 1\nelif a: pass\n",
       {2, 1},
       "`elif` without an `if`",
       "it stands directly after the block of its `if`, with the same indentation"},
      {"for 1 in a: pass\n", {1, 5}, "expected a name after `for`, found the number `1`", ""},
      {"for i, j in a: pass\n",
       {1, 6},
       "a loop has one variable",
       "count with `range` and index with it"},
      {"for i of a: pass\n",
       {1, 7},
       "expected `in` after the name of the loop, found the name `of`",
       ""},
  });
}

TEST(ParserErrors, OfFunctions) {
  expect_errors({
      {"def (x): pass\n", {1, 5}, "expected the name of a function after `def`, found `(`", ""},
      {"def f: pass\n", {1, 6}, "expected `(` after the function's name `f`, found `:`", ""},
      {"def f(x: int): pass\n",
       {1, 8},
       "unexpected `:` among the parameters",
       "types are not written"},
      {"def f(x y): pass\n", {1, 9}, "expected `,` or `)`, found the name `y`", ""},
      {"def f(1): pass\n", {1, 7}, "expected the name of a parameter, found the number `1`", ""},
      {"def f(self, x): pass\n",
       {1, 7},
       "leave the parameter `self` out",
       "a leading `self.` is dropped from names, so nothing is passed for it"},
      {"def f(a.b): pass\n", {1, 7}, "the parameter `a.b` has a dot in its name", ""},
      {"def f(x, x): pass\n", {1, 10}, "the parameter `x` is there twice", ""},
      {"def f(x=1, y): pass\n",
       {1, 12},
       "the parameter `y` needs a default value",
       "the one before it has one"},
  });
}

TEST(ParserErrors, OfWordsThatTheLanguageDoesNotHave) {
  for (const std::string word :
       {"while", "import", "from", "class", "lambda", "with", "try", "except", "finally", "raise",
        "assert", "del", "global", "nonlocal", "yield", "async", "await", "break", "continue"}) {
    const ForeignWord foreign = foreign_word(word).value();
    EXPECT_EQ(foreign.message, fmt::format("`{}` is not part of the language", word));
    expect_errors({{word + " x:\n    y = 1\n", {1, 1}, foreign.message, foreign.hint}});
  }
  for (const std::string word :
       {"**", "&&",  "||",  "!",  "<>", "&",   "|",   "^",   "~",  "<<", ">>", ":=", "->",
        ";",  "...", "//=", "%=", "@=", "**=", "<<=", ">>=", "&=", "|=", "is", "as", "{"}) {
    const ForeignWord foreign = foreign_word(word).value();
    const std::string closing = word == "{" ? "}" : "";
    expect_errors(
        {{"x = a " + word + " b" + closing + "\n", {1, 7}, foreign.message, foreign.hint}});
  }
  EXPECT_FALSE(foreign_word("if").has_value());
  EXPECT_FALSE(foreign_word("+").has_value());
}

std::string expression_error(std::string_view text, bool as_list) {
  Diagnostics diagnostics;
  if (as_list) {
    EXPECT_TRUE(parse_expression_list(text, {1, 1}, diagnostics).empty());
  } else {
    EXPECT_EQ(parse_expression(text, {1, 1}, diagnostics).kind, ExprKind::absent);
  }
  return diagnostics.empty() ? "none" : diagnostics.sorted().front().message;
}

TEST(ParserErrors, OfExpressionsOnTheirOwn) {
  EXPECT_EQ(expression_error("", false), "expected a value, found the end of the text");
  EXPECT_EQ(expression_error("a, b", false), "expected the end of the expression, found `,`");
  EXPECT_EQ(expression_error("(a", false), "`(` is never closed");
  EXPECT_EQ(expression_error("a \\\n + b", false), "`\\` does not continue a line");
  EXPECT_EQ(expression_error("", true), "expected a value, found the end of the text");
  EXPECT_EQ(expression_error("a b", true),
            "expected `,` or the end of the list, found the name `b`");
}

TEST(ParserErrors, AreAllFoundAtOnce) {
  const std::string text =
      "if a = 1:\n    x = f(\n    y = 1 +\nelse:\n    f(x)\nwhile b:\n    z = (1 2)\ndef f(x:\n"
      "  pass\nif c:\nq = )\n";
  Diagnostics diagnostics;
  parse_program(text, {1, 1}, diagnostics);
  std::vector<std::uint32_t> lines;
  for (const Diagnostic& error : diagnostics.sorted()) lines.push_back(error.at.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{1, 2, 3, 5, 6, 7, 8, 10, 11}))
      << render(diagnostics, "text", text);
}

TEST(ParserErrors, LeaveWhatIsRightInPlace) {
  Diagnostics diagnostics;
  const Program program = parse_program("x = 1\ny = (\nz = 3\n", {1, 1}, diagnostics);
  EXPECT_EQ(diagnostics.size(), 1U);
  EXPECT_EQ(program.size(), 2U);
}

}  // namespace
}  // namespace reducecheck
