// SPDX-License-Identifier: Apache-2.0
// The tight half of ExpressionParser: atoms, brackets, calls, indices and slices.
#include <fmt/format.h>

#include <utility>

#include "scenarios/program/expression_parser.hpp"
#include "scenarios/program/literals.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck {

Expr ExpressionParser::postfix() {
  const Position at = state_.peek().at;
  Expr value = atom();
  for (;;) {
    if (state_.next_is("(")) {
      value = call(std::move(value));
    } else if (state_.next_is("[")) {
      value = index_or_slice(std::move(value));
    } else if (state_.next_is(".")) {
      state_.fail(state_.peek().at, "a dot joins the parts of a name only",
                  "write it directly between two words, as in `experts.slots`");
    } else {
      return value;
    }
    value.at = at;
  }
}

Expr ExpressionParser::atom() {
  const Token& next = state_.peek();
  const Position at = next.at;
  if (next.kind == TokenKind::number) {
    Expr result = leaf(ExprKind::number, at);
    result.number = state_.take().number;
    return result;
  }
  if (next.kind == TokenKind::string || next.kind == TokenKind::name) {
    const bool is_name = next.kind == TokenKind::name;
    Expr result = leaf(is_name ? ExprKind::name : ExprKind::text, at);
    result.name = is_name ? std::string(next.text) : unquote(next.text);
    state_.take();
    return result;
  }
  const bool is_true = state_.next_is("True") || state_.next_is("true");
  if (is_true || state_.next_is("False") || state_.next_is("false")) {
    Expr result = leaf(ExprKind::truth, at);
    result.number = is_true ? 1 : 0;
    state_.take();
    return result;
  }
  if (state_.accept("None")) return leaf(ExprKind::none, at);
  if (state_.next_is("(")) return in_brackets();
  if (state_.next_is("[")) return list();
  if (state_.next_is("not")) {
    state_.fail(at, "`not` needs brackets here", "write `(not x)`");
  }
  if (state_.next_is("+")) {
    state_.fail(at, "`+` stands between two values", "leave a leading `+` out");
  }
  state_.fail_expected("a value");
}

void ExpressionParser::close(const Token& opening, std::string_view closing,
                             std::string_view expected) {
  if (state_.accept(closing)) return;
  state_.fail_expected(expected, fmt::format("for the `{}` at {}:{}", opening.text, opening.at.line,
                                             opening.at.column));
}

Expr ExpressionParser::in_brackets() {
  const Token opening = state_.take();
  const Nested nested(state_);
  if (state_.next_is(")")) {
    state_.fail(opening.at, "brackets without a value", "an empty list is `[]`");
  }
  Expr value = expression_or_tuple();
  close(opening, ")", "`,` or `)`");
  return value;
}

Expr ExpressionParser::list() {
  const Token opening = state_.take();
  std::vector<Expr> items;
  {
    const Nested nested(state_);
    while (!state_.next_is("]")) {
      items.push_back(expression());
      if (state_.next_is("for")) {
        state_.fail(state_.peek().at, "a comprehension is not part of the language",
                    "write the list out, or use `range` and `chunk`");
      }
      if (!state_.accept(",")) break;
    }
  }
  close(opening, "]", "`,` or `]`");
  return node(ExprKind::list, opening.at, std::move(items));
}

Expr ExpressionParser::call(Expr callee) {
  const Token opening = state_.take();
  Expr result = leaf(ExprKind::call, opening.at);
  result.children.push_back(std::move(callee));
  std::set<std::string> names;
  {
    const Nested nested(state_);
    while (!state_.next_is(")")) {
      argument(result, names);
      if (!state_.accept(",")) break;
    }
  }
  close(opening, ")", "`,` or `)`");
  state_.check_nesting(opening.at, height(result));
  return result;
}

void ExpressionParser::argument(Expr& call, std::set<std::string>& names) {
  const Token first = state_.peek();
  if (state_.next_is("*") || state_.next_is("**")) {
    state_.fail(first.at, "arguments cannot be unpacked with `*`", "write them out");
  }
  std::string keyword;
  if (first.kind == TokenKind::name && state_.next_is("=", 1)) {
    keyword = std::string(first.text);
    if (keyword.find('.') != std::string::npos) {
      state_.fail(first.at, fmt::format("{} cannot name an argument", back_quoted(keyword)),
                  "the name of an argument has no dot; write `==` to compare");
    }
    if (!names.insert(keyword).second) {
      state_.fail(first.at, fmt::format("the argument {} is given twice", back_quoted(keyword)));
    }
    state_.take();
    state_.take();
  } else if (!call.keywords.empty() && !call.keywords.back().empty()) {
    if (first.kind == TokenKind::bad) throw Abandon{};
    state_.fail(first.at, "an argument without a name follows one with a name",
                "put it first, or name it");
  }
  call.children.push_back(expression());
  call.keywords.push_back(std::move(keyword));
  if (state_.next_is("for")) {
    state_.fail(state_.peek().at, "a comprehension is not part of the language",
                "write the values out, or use a `for` statement");
  }
}

Expr ExpressionParser::slice_bound() {
  const Position at = state_.peek().at;
  const bool is_missing = state_.next_is(":") || state_.next_is("]") || state_.next_is(",");
  if (!is_missing) return expression();
  return leaf(ExprKind::absent, at);
}

Expr ExpressionParser::index_or_slice(Expr value) {
  const Token opening = state_.take();
  std::vector<Expr> children;
  children.push_back(std::move(value));
  ExprKind kind = ExprKind::index;
  {
    const Nested nested(state_);
    if (state_.next_is("]") || state_.next_is(",")) {
      state_.fail(state_.peek().at, "an index needs a value");
    }
    children.push_back(slice_bound());
    if (state_.accept(":")) {
      kind = ExprKind::slice;
      children.push_back(slice_bound());
      if (state_.next_is(":")) {
        state_.fail(state_.peek().at, "a slice has no step", "write `x[begin:end]`");
      }
    }
    if (state_.next_is(",")) {
      state_.fail(state_.peek().at, "an index has one part",
                  "rows are cut with `x[a:b]`, features with `chunk(x, g, dim=cols)`");
    }
  }
  close(opening, "]", kind == ExprKind::slice ? "`]`" : "`:` or `]`");
  return node(kind, opening.at, std::move(children));
}

}  // namespace reducecheck
