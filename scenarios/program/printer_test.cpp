// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/printer.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "scenarios/program/parser.hpp"
#include "scenarios/program/program_generator_test.hpp"

namespace reducecheck {
namespace {

std::string reprint(std::string_view text) {
  Diagnostics diagnostics;
  const Expr expression = parse_expression(text, {1, 1}, diagnostics);
  return diagnostics.empty() ? print(expression) : render(diagnostics, "text", text);
}

std::string reprint_program(std::string_view text) {
  Diagnostics diagnostics;
  const Program program = parse_program(text, {1, 1}, diagnostics);
  return diagnostics.empty() ? print(program) : render(diagnostics, "text", text);
}

TEST(Printer, KeepsTheBracketsThatMatter) {
  const std::vector<std::string> canonical = {"a - (b - c)",
                                              "a - b - c",
                                              "a / (b * c)",
                                              "-(a + b) * -c",
                                              "--a",
                                              "(a + b)(c)",
                                              "not a == b",
                                              "(not a) == b",
                                              "not (a and b)",
                                              "a and (b or c)",
                                              "a or b and c",
                                              "(a == b) == c",
                                              "a == (b in c)",
                                              "a if b else c if d else e",
                                              "(a if b else c) if d else e",
                                              "a if (b if c else d) else e",
                                              "(a if b else c) + d",
                                              "f((a, b), c)",
                                              "x[(a, b)]",
                                              "((a, b), c)",
                                              "a in (1, 4)",
                                              "a not in [1]",
                                              "[]",
                                              "(-a)[b]",
                                              "x[a:b][:][c:][:d]",
                                              "f(a)(b)[c](op=\"sum\", k=a if b else c)",
                                              "a and (b and c)",
                                              "a * (b / c)",
                                              "-a[b]"};
  for (const std::string& text : canonical) EXPECT_EQ(reprint(text), text);
}

TEST(Printer, WritesTextsAsTheyAreRead) {
  for (const std::string text : {R"("a\\n")", R"("\n")", R"("\\\n")", R"("\"\\")"}) {
    EXPECT_EQ(reprint(text), text);
  }
  EXPECT_EQ(reprint(R"('a\'"\\')"), R"("a'\"\\")");
}

TEST(Printer, LeavesOutTheBracketsThatDoNotMatter) {
  EXPECT_EQ(reprint("((a) * (b)) + (c)"), "a * b + c");
  EXPECT_EQ(reprint("f((a), k=(b + c))[(i)]"), "f(a, k=b + c)[i]");
  EXPECT_EQ(reprint("(a or b) or (c and d)"), "a or b or c and d");
  EXPECT_EQ(reprint("[(a if b else c)]"), "[a if b else c]");
}

TEST(Printer, WritesEachValueInOneWay) {
  EXPECT_EQ(reprint("true"), "True");
  EXPECT_EQ(reprint("false"), "False");
  EXPECT_EQ(reprint("None"), "None");
  EXPECT_EQ(reprint("self.tp_size"), "tp_size");
  EXPECT_EQ(reprint("2.50"), "2.5");
  EXPECT_EQ(reprint("1e-3"), "0.001");
  EXPECT_EQ(reprint("1.5e3"), "1500");
  EXPECT_EQ(reprint(".5"), "0.5");
  EXPECT_EQ(reprint("4e-19"), "0.0000000000000000004");
  EXPECT_EQ(reprint("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(reprint(R"('it\'s "so"\n\\')"), R"("it's \"so\"\n\\")");
}

TEST(Printer, WritesNumbersThatNoTextStandsForAsArithmetic) {
  Expr number{ExprKind::number};
  number.number = Fraction(-1, 3);
  EXPECT_EQ(print(number), "-1 / 3");
  Expr negated{ExprKind::negate};
  negated.children = {number};
  EXPECT_EQ(print(negated), "-(-1 / 3)");
  number.number = Fraction(-5, 2);
  EXPECT_EQ(print(number), "-2.5");
  number.number = Fraction(1, std::int64_t{1} << 62);
  EXPECT_EQ(print(number).size(), 64U);  // every digit, beyond what a text may say
}

TEST(Printer, WritesAStatementALine) {
  EXPECT_EQ(reprint_program("def f(x, k=2): return (x, k)\n"
                            "if a: y = f(x)  # comment\n"
                            "elif b: pass\n"
                            "else: y, z = x, (a, b)\n"
                            "for i in range(\n   2): y += i\n"
                            "section 'next'\n"),
            "def f(x, k=2):\n"
            "    return x, k\n"
            "if a:\n"
            "    y = f(x)\n"
            "elif b:\n"
            "    pass\n"
            "else:\n"
            "    y, z = x, (a, b)\n"
            "for i in range(2):\n"
            "    y += i\n"
            "section \"next\"\n");
}

TEST(Printer, FillsAnEmptyBlock) {
  Stmt loop;
  loop.kind = StmtKind::loop;
  loop.targets = {"i"};
  loop.value = Expr{ExprKind::list};
  EXPECT_EQ(print(Program{loop}), "for i in []:\n    pass\n");
  EXPECT_EQ(print(Program{}), "");
}

RC_GTEST_PROP(Printer, ParsesBackToAnEqualProgram, ()) {
  const Program program = *generator::programs();
  const std::string text = print(program);
  Diagnostics diagnostics;
  const Program again = parse_program(text, {1, 1}, diagnostics);
  RC_LOG() << text << render(diagnostics, "text", text);
  RC_ASSERT(diagnostics.empty());
  RC_ASSERT(again == program);
  RC_ASSERT(print(again) == text);
}

RC_GTEST_PROP(Printer, ParsesBackToAnEqualExpression, ()) {
  const Expr expression = *generator::expression(4);
  const std::string text = print(expression);
  Diagnostics diagnostics;
  const Expr again = parse_expression(text, {1, 1}, diagnostics);
  RC_LOG() << text << "\n" << render(diagnostics, "text", text);
  RC_ASSERT(diagnostics.empty());
  RC_ASSERT(again == expression);
}

// Where brackets stand in a printed text, strings left out: opening and closing offsets.
std::vector<std::pair<std::size_t, std::size_t>> bracket_pairs(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<std::size_t> open;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text[i] == '(') {
      open.push_back(i);
    } else if (!in_string && text[i] == ')') {
      pairs.emplace_back(open.back(), i);
      open.pop_back();
    }
  }
  return pairs;
}

RC_GTEST_PROP(Printer, EveryPairOfBracketsMatters, ()) {
  const Expr expression = *generator::expression(3);
  const std::string text = print(expression);
  for (const auto& [opening, closing] : bracket_pairs(text)) {
    std::string without = text;
    without[opening] = without[closing] = ' ';
    Diagnostics diagnostics;
    const Expr other = parse_expression(without, {1, 1}, diagnostics);
    RC_LOG() << text << "\n" << without << "\n";
    RC_ASSERT(!diagnostics.empty() || !(other == expression));
  }
}

}  // namespace
}  // namespace reducecheck
