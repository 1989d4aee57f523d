// SPDX-License-Identifier: Apache-2.0
// Texts that nobody wrote by hand: beyond the limits, or random.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/program/parser.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

constexpr std::size_t megabyte = 1'048'576;

std::string repeat(std::string_view part, std::size_t count) {
  std::string result;
  result.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) result += part;
  return result;
}

std::vector<Diagnostic> errors_of(const std::string& text) {
  Diagnostics diagnostics;
  parse_program(text, {1, 1}, diagnostics);
  return diagnostics.sorted();
}

std::string message_of(const std::string& text) {
  const std::vector<Diagnostic> errors = errors_of(text);
  return errors.size() == 1 ? errors[0].message : std::to_string(errors.size()) + " errors";
}

const std::string brackets_message = "brackets nested 65 deep; at most 64 are allowed";
const std::string nesting_message =
    "blocks, brackets and operators are nested 65 deep; at most 64 are allowed";

TEST(ParseLimits, AMegabyteOfBracketsIsOneError) {
  EXPECT_EQ(message_of(repeat("(", megabyte)), brackets_message);
  EXPECT_EQ(message_of(repeat("[(", megabyte / 2)), brackets_message);
  EXPECT_EQ(message_of(repeat("{", megabyte)), brackets_message);
  EXPECT_EQ(message_of("x = " + repeat("f(", megabyte / 2)), brackets_message);
  EXPECT_EQ(message_of(repeat("(\n", megabyte / 2)), brackets_message);
  EXPECT_EQ(message_of(repeat(")", megabyte)), "`)` closes no bracket");
}

TEST(ParseLimits, DeepTreesAreOneErrorWhateverMakesThemDeep) {
  EXPECT_EQ(message_of("x = " + repeat("-", megabyte) + "1"), nesting_message);
  EXPECT_EQ(message_of("x = " + repeat("not ", megabyte / 4) + "1"), nesting_message);
  EXPECT_EQ(message_of("x = " + repeat("a + ", megabyte / 4) + "a"), nesting_message);
  EXPECT_EQ(message_of("x = " + repeat("a if b else ", megabyte / 12) + "a"), nesting_message);
  EXPECT_EQ(message_of("x = f" + repeat("()", megabyte / 2)), nesting_message);
  EXPECT_EQ(message_of("x = f" + repeat("[0]", megabyte / 3)), nesting_message);
  EXPECT_EQ(message_of("if a: pass\n" + repeat("elif a: pass\n", megabyte / 13)), nesting_message);
  std::string blocks;
  for (std::size_t i = 0; i < 500; ++i) blocks += repeat(" ", i) + "if a:\n";
  EXPECT_EQ(message_of(blocks), nesting_message);
}

TEST(ParseLimits, WhatIsAtALimitIsAccepted) {
  EXPECT_EQ(message_of("x = " + repeat("(", 64) + "a" + repeat(")", 64)), "0 errors");
  EXPECT_EQ(message_of("x = " + repeat("a + ", 64) + "a"), "0 errors");
  EXPECT_EQ(message_of("x = " + repeat("a + ", 65) + "a"), nesting_message);
  EXPECT_EQ(message_of(repeat("pass\n", 2000)), "0 errors");
  EXPECT_EQ(message_of("x = [" + repeat("a, ", 19'997) + "a]"), "0 errors");
}

TEST(ParseLimits, ManyStatementsAndPartsAreErrors) {
  EXPECT_EQ(message_of(repeat("pass\n", 2001)),
            "this is statement 2001; a text may have at most 2000");
  EXPECT_EQ(message_of("x = [" + repeat("a, ", 30'000) + "a]"),
            "the expressions up to here have 20001 parts; a text may have at most 20000");
  std::string parameters = "def f(p";
  for (int i = 0; i < 30'000; ++i) parameters += ", p" + std::to_string(i);
  EXPECT_EQ(message_of(parameters + "): pass"),
            "the expressions up to here have 20001 parts; a text may have at most 20000");
}

TEST(ParseLimits, ErrorsBeforeALimitAreStillReported) {
  EXPECT_EQ(errors_of("f(x)\ny = " + repeat("(", 100)).size(), 2U);
}

std::string random_text() {
  const auto words = rc::gen::elementOf(std::vector<std::string>{
      "if ",    "elif ",  "else",       "for ", " in ", "def ", "return ", "pass", "section ",
      "not ",   " and ",  " or ",       "True", "x",    "y.z",  "self.a",  "f",    "1",
      "2.5",    "\"s\"",  "'",          "(",    ")",    "[",    "]",       ",",    ":",
      "=",      "==",     "+",          "-",    "*",    "/",    "//",      "<",    "+=",
      "\n",     "\n    ", "\n        ", "\n  ", "\r\n", "\t",   "#",       "\\",   "\"\"\"",
      "while ", "{",      "}",          ".",    "\xff", "$",    " "});
  const auto parts = *rc::gen::container<std::vector<std::string>>(words);
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

RC_GTEST_PROP(Parser, AnyTextIsAProgramOrHasErrorsWithinIt, ()) {
  const std::string text = random_text();
  RC_LOG() << text;
  Diagnostics diagnostics;
  const Program program = parse_program(text, {1, 1}, diagnostics);
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
  for (const Diagnostic& error : diagnostics.sorted()) {
    RC_ASSERT(error.at.line >= 1U);
    RC_ASSERT(error.at.line <= lines);
    RC_ASSERT(error.at.column >= 1U);
    RC_ASSERT(error.at.column <= text.size() + 1);
  }
  if (!diagnostics.empty()) return;
  Diagnostics none;
  RC_ASSERT(parse_program(print(program), {1, 1}, none) == program);
  RC_ASSERT(none.empty());
}

RC_GTEST_PROP(Parser, AnyTextIsAnExpressionOrHasErrors, ()) {
  const std::string text = random_text();
  RC_LOG() << text;
  Diagnostics diagnostics;
  const Expr expression = parse_expression(text, {1, 1}, diagnostics);
  RC_ASSERT((expression.kind == ExprKind::absent) == !diagnostics.empty());
  Diagnostics of_list;
  const std::vector<Expr> list = parse_expression_list(text, {1, 1}, of_list);
  RC_ASSERT(list.empty() == !of_list.empty());
}

RC_GTEST_PROP(Parser, AnyBytesAreReadWithoutHarm, (const std::string& text)) {
  Diagnostics diagnostics;
  parse_program(text, {1, 1}, diagnostics);
  render(diagnostics, "text", text);
}

}  // namespace
}  // namespace reducecheck
