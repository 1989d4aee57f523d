// SPDX-License-Identifier: Apache-2.0
// Program texts: each is refused with the place of the error, or is a program that comes back equal
// when it is printed and parsed again. The same of one line as an
// expression and as a list.
#include "props/fuzz/target.hpp"
#include "scenarios/program/parser.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck::fuzz {
namespace {

/// The planted printer takes one comparison for another.
template <class Tree>
std::string printed(const Tree& tree) {
  std::string text = print(tree);
  const std::size_t at = planted ? text.find(" != ") : text.npos;
  if (at != text.npos) text.replace(at, 4, " == ");
  return text;
}

void require_refused_in_words(const Diagnostics& diagnostics, std::string_view text) {
  require_printable(render(diagnostics, "a.toml", text));
  for (const Diagnostic& error : diagnostics.sorted()) {
    require(error.at.line > 0 && error.at.column > 0, "an error without a place");
    require(error.at.line <= text.size() + 1, "an error behind the end of the text");
    require(!error.message.empty(), "an error without a sentence");
  }
}

void check_program(std::string_view text) {
  Diagnostics diagnostics;
  const Program program = parse_program(text, {1, 1}, diagnostics);
  if (!diagnostics.empty()) return require_refused_in_words(diagnostics, text);
  Diagnostics none;
  const Program back = parse_program(printed(program), {1, 1}, none);
  require(none.empty(), "a program is printed as what does not parse");
  require(back == program, "a program is printed as another one");
}

void check_expression(std::string_view text) {
  Diagnostics diagnostics;
  const Expr expression = parse_expression(text, {1, 1}, diagnostics);
  require((expression.kind == ExprKind::absent) != diagnostics.empty(),
          "an expression and errors, or neither");
  if (!diagnostics.empty()) return require_refused_in_words(diagnostics, text);
  Diagnostics none;
  const Expr back = parse_expression(printed(expression), {1, 1}, none);
  require(none.empty(), "an expression is printed as what does not parse");
  require(back == expression, "an expression is printed as another one");
  Diagnostics no_list;
  require(parse_expression_list(text, {1, 1}, no_list).size() == 1 && no_list.empty(),
          "one expression is no list of one");
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = reducecheck::fuzz::text_of(data, size);
  reducecheck::fuzz::check_program(text);
  // An expression on several lines is part of a program often enough.
  if (text.find('\n') == text.npos) reducecheck::fuzz::check_expression(text);
  return 0;
}
