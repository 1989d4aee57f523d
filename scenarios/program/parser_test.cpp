// SPDX-License-Identifier: Apache-2.0
// What the grammar accepts, and where in the file its parts are. Errors: parser_errors_test.cpp.
#include "scenarios/program/parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

Program parse(std::string_view text, Position start = {1, 1}) {
  Diagnostics diagnostics;
  Program program = parse_program(text, start, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics, "text", text);
  return program;
}

Expr parse_one(std::string_view text, Position start = {1, 1}) {
  Diagnostics diagnostics;
  Expr expression = parse_expression(text, start, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics, "text", text);
  return expression;
}

TEST(Parser, BindsOperatorsAsPythonDoes) {
  const auto same = [](std::string_view a, std::string_view b) {
    EXPECT_TRUE(parse_one(a) == parse_one(b)) << a << " is not " << b;
  };
  same("a or b and not c == d", "a or (b and (not (c == d)))");
  same("a + b * -c @ d", "a + ((b * (-c)) @ d)");
  same("a - b - c", "(a - b) - c");
  same("a / b // c % d", "((a / b) // c) % d");
  same("a + b < c - d", "(a + b) < (c - d)");
  same("a not in b and c in d", "(a not in b) and (c in d)");
  same("a if b or c else d if e else f", "a if (b or c) else (d if e else f)");
  same("-w[0](x)", "-((w[0])(x))");
  same("not not a", "not (not a)");
  EXPECT_FALSE(parse_one("a - (b - c)") == parse_one("a - b - c"));
}

TEST(Parser, ReadsEveryOperator) {
  for (int i = 0; i <= static_cast<int>(BinaryOp::logical_or); ++i) {
    const BinaryOp op = static_cast<BinaryOp>(i);
    const Expr expression = parse_one(std::string("a ") + spelling(op) + " b");
    EXPECT_EQ(expression.kind, ExprKind::binary) << spelling(op);
    EXPECT_EQ(expression.op, op) << spelling(op);
  }
}

TEST(Parser, ReadsNumbersExactly) {
  EXPECT_EQ(parse_one("2.5").number, Fraction(5, 2));
  EXPECT_EQ(parse_one("1e-3").number, Fraction(1, 1000));
  EXPECT_EQ(parse_one("25E+1").number, 250);
  EXPECT_EQ(parse_one("5.").number, 5);
  EXPECT_EQ(parse_one("0.10000000000000000000000000000").number, Fraction(1, 10));
  EXPECT_EQ(parse_one("0e999999999999").number, 0);
  EXPECT_EQ(parse_one("00").number, 0);
}

TEST(Parser, ReadsTextsAndConstants) {
  EXPECT_EQ(parse_one("'a\"b'").name, "a\"b");
  EXPECT_EQ(parse_one(R"("\\ \' \" \n")").name, "\\ ' \" \n");
  EXPECT_EQ(parse_one("\"\xC3\xA9\"").name, "\xC3\xA9");
  EXPECT_EQ(parse_one("true").number, 1);
  EXPECT_EQ(parse_one("False").kind, ExprKind::truth);
  EXPECT_EQ(parse_one("None").kind, ExprKind::none);
}

TEST(Parser, KeepsDotsAndDropsSelf) {
  EXPECT_EQ(parse_one("experts.slots").name, "experts.slots");
  EXPECT_EQ(parse_one("self.tp_size").name, "tp_size");
  EXPECT_EQ(parse_one("self.moe.gate").name, "moe.gate");
  EXPECT_EQ(parse_one("selfish.x").name, "selfish.x");
  EXPECT_EQ(parse("self.y = self.x").at(0).targets, std::vector<std::string>{"y"});
}

TEST(Parser, ReadsCallsWithNamedArguments) {
  const Expr call = parse_one("all_reduce(x, tp, op=\"max\",)");
  EXPECT_EQ(call.children.size(), 4U);
  EXPECT_EQ(call.keywords, (std::vector<std::string>{"", "", "op"}));
  EXPECT_EQ(parse_one("f()").children.size(), 1U);
}

TEST(Parser, ReadsSlicesWithMissingBounds) {
  EXPECT_EQ(parse_one("x[a]").kind, ExprKind::index);
  const Expr slice = parse_one("x[:b]");
  EXPECT_EQ(slice.kind, ExprKind::slice);
  EXPECT_EQ(slice.children[1].kind, ExprKind::absent);
  EXPECT_EQ(slice.children[2].name, "b");
  EXPECT_EQ(parse_one("x[a:]").children[2].kind, ExprKind::absent);
  EXPECT_EQ(parse_one("x[:]").children.size(), 3U);
}

TEST(Parser, ACommaMakesATupleAndBracketsAloneDoNot) {
  EXPECT_EQ(parse_one("(a)").kind, ExprKind::name);
  EXPECT_EQ(parse_one("tp in (1, 4)").children[1].kind, ExprKind::tuple);
  const Program program = parse("p, ids = topk(s, k)\ny = a, b\nz = (a, b)\n");
  EXPECT_EQ(program.at(0).targets, (std::vector<std::string>{"p", "ids"}));
  EXPECT_EQ(program.at(1).value.kind, ExprKind::tuple);
  EXPECT_TRUE(program.at(1).value == program.at(2).value);
  EXPECT_TRUE(parse("(p, ids) = f") == parse("p, ids = f"));
}

TEST(Parser, OneLineBodiesEqualBlocks) {
  EXPECT_TRUE(parse("if a: x = 1\nelif b: x = 2\nelse: x = 3\n") ==
              parse("if a:\n  x = 1\nelif b:\n    x = 2\nelse:\n   x = 3"));
  EXPECT_TRUE(parse("def f(x, k=2): return x, k") == parse("def f(x, k=2):\n return (x, k)\n"));
  EXPECT_TRUE(parse("for i in range(2): pass") == parse("for i in range(2):\n    pass\n"));
}

TEST(Parser, AnElifIsABranchAloneInOtherwise) {
  EXPECT_TRUE(parse("if a: pass\nelif b: pass\nelse: x = 1\n") ==
              parse("if a:\n  pass\nelse:\n  if b:\n    pass\n  else:\n    x = 1\n"));
}

TEST(Parser, LineEndsCommentsAndBlankLinesMeanNothing) {
  const Program plain = parse("if a:\n    x = f(1,\n  2)\ny = 3\n");
  EXPECT_TRUE(plain ==
              parse("# c\r\n\r\nif a: # c\r\n\r\n  # c\r\n    x = f(1,\r\n2)\r\n   \r\ny = 3"));
  EXPECT_TRUE(plain == parse("if a:\n    x = f(1, # c\n\n# c\n2)\n# c\n        # c\ny = 3"));
  EXPECT_TRUE(parse("").empty());
  EXPECT_TRUE(parse("\n  # only a comment\n").empty());
}

TEST(Parser, AWholeTextMayBeIndented) {
  EXPECT_TRUE(parse("\n    x = 1\n    if a:\n      y = 2\n    z = 3\n  ") ==
              parse("x = 1\nif a:\n  y = 2\nz = 3"));
}

TEST(Parser, PositionsAreThoseInTheFile) {
  const Program program = parse("x = a + f(b)\nif c: y = -z\n", {10, 21});
  EXPECT_EQ(program.at(0).at, (Position{10, 21}));
  EXPECT_EQ(program.at(0).value.at, (Position{10, 27}));  // an operator: where it stands
  EXPECT_EQ(program.at(0).value.children[0].at, (Position{10, 25}));
  EXPECT_EQ(program.at(0).value.children[1].at, (Position{10, 29}));  // a call: where it begins
  EXPECT_EQ(program.at(0).value.children[1].children[1].at, (Position{10, 31}));
  EXPECT_EQ(program.at(1).at, (Position{11, 1}));
  EXPECT_EQ(program.at(1).body.at(0).at, (Position{11, 7}));
  EXPECT_EQ(parse_one("w[i](x)[a:b]", {3, 5}).at, (Position{3, 5}));
  EXPECT_EQ(parse_one("f(a,\n  b)", {3, 5}).children[2].at, (Position{4, 3}));
  EXPECT_EQ(parse_one("a if b else c").at, (Position{1, 3}));
}

TEST(Parser, ExpressionsMayTakeSeveralLines) {
  EXPECT_TRUE(parse_one("\n a +\n  b # c\n") == parse_one("a + b"));
}

TEST(Parser, ListsOfExpressionsKeepTheirParts) {
  Diagnostics diagnostics;
  const std::vector<Expr> parts =
      parse_expression_list("tokens / dp // tp, hidden, (a, b)", {4, 9}, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(print(parts[0]), "tokens / dp // tp");
  EXPECT_EQ(parts[1].at, (Position{4, 28}));
  EXPECT_EQ(parts[2].kind, ExprKind::tuple);
}

TEST(Ast, EqualityIgnoresPlacesAndSeesEverythingElse) {
  EXPECT_TRUE(parse("x = f(a)", {1, 1}) == parse("x  =  f( a )", {7, 7}));
  const std::vector<std::string> different = {"x = a",
                                              "y = a",
                                              "x = b",
                                              "x += a",
                                              "x -= a",
                                              "x = a + b",
                                              "x = a - b",
                                              "x = f(a)",
                                              "x = f(k=a)",
                                              "x = f(j=a)",
                                              "x = 1",
                                              "x = True",
                                              "x = False",
                                              "x = None",
                                              "x = 'a'",
                                              "x = [a]",
                                              "x = a, b",
                                              "x = a[b]",
                                              "x = a[b:]",
                                              "x = a[:b]",
                                              "pass",
                                              "section 'x'",
                                              "section 'y'",
                                              "if x: pass",
                                              "if x: pass\nelse: pass",
                                              "for x in a: pass",
                                              "for y in a: pass",
                                              "def f(): pass",
                                              "def g(): pass",
                                              "def f(x): pass",
                                              "def f(x=1): pass",
                                              "def f(): x = a",
                                              "",
                                              "x = a\nx = a"};
  for (std::size_t i = 0; i < different.size(); ++i) {
    for (std::size_t j = 0; j < different.size(); ++j) {
      EXPECT_EQ(parse(different[i]) == parse(different[j]), i == j)
          << different[i] << " and " << different[j];
    }
  }
}

TEST(Ast, KeywordsLeftOutArePositional) {
  Expr call = parse_one("f(a)");
  call.keywords.clear();
  EXPECT_TRUE(call == parse_one("f(a)"));
  EXPECT_FALSE(call == parse_one("f(k=a)"));
}

}  // namespace
}  // namespace reducecheck
