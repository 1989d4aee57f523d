// SPDX-License-Identifier: Apache-2.0
#include "sim/report/hiding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "scenarios/program/parser.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck {
namespace {

void add_parts(const Expr& e, std::vector<Expr>& parts) {
  if (e.kind == ExprKind::binary && e.op == BinaryOp::logical_and) {
    add_parts(e.children[0], parts);
    add_parts(e.children[1], parts);
  } else {
    parts.push_back(e);
  }
}

std::optional<std::int64_t> size_of(const Expr& e, const Configured& configured) {
  if (e.kind == ExprKind::number) return e.number.numerator();
  for (const auto* sizes : {&configured.mesh, &configured.groups}) {
    const auto found = std::ranges::find(*sizes, e.name, &NamedSize::first);
    if (found != sizes->end()) return found->second;
  }
  return std::nullopt;
}

/// Whether `a < b` or `a == b` in every cell.
bool never_larger(const Expr& a, const Expr& b, const std::vector<const Cell*>& cells) {
  return std::ranges::all_of(cells, [&](const Cell* cell) {
    const auto left = size_of(a, cell->configuration);
    const auto right = size_of(b, cell->configuration);
    return left && right && *left <= *right;
  });
}

std::string turned(const Expr& e, const std::vector<const Cell*>& cells) {
  if (e.kind == ExprKind::logical_not) return print(e.children[0]);
  if (e.kind != ExprKind::binary) return "not " + print(e);
  const Expr& a = e.children[0];
  const Expr& b = e.children[1];
  const auto with = [&](const char* op) { return fmt::format("{} {} {}", print(a), op, print(b)); };
  switch (e.op) {
    case BinaryOp::equal: return with("!=");
    case BinaryOp::not_equal: return with("==");
    case BinaryOp::greater: return with(never_larger(b, a, cells) ? "==" : "<=");
    case BinaryOp::less:
      if (!never_larger(a, b, cells)) return with(">=");
      return a.kind == ExprKind::number ? print(b) + " == " + print(a) : with("==");
    default: return fmt::format("not ({})", print(e));
  }
}

bool is_less(const Expr& e) {
  return e.kind == ExprKind::binary && e.op == BinaryOp::less;
}

}  // namespace

Hiding hiding_of(const std::string& condition, const std::vector<const Cell*>& cells) {
  Hiding hiding;
  Diagnostics diagnostics;
  const Expr whole = parse_expression(condition, {}, diagnostics);
  const bool either = whole.kind == ExprKind::binary && whole.op == BinaryOp::logical_or;
  if (!diagnostics.empty() || either || condition == "always") return hiding;
  std::vector<Expr> parts;
  add_parts(whole, parts);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    hiding.conditions.push_back(turned(parts[i], cells));
    // 1 < ep < tp comes as two comparisons of one size.
    const bool middle = i > 0 && is_less(parts[i - 1]) && is_less(parts[i]) &&
                        parts[i - 1].children[1] == parts[i].children[0];
    if (middle) hiding.ends = {hiding.conditions[i - 1], hiding.conditions[i]};
  }
  return hiding;
}

}  // namespace reducecheck
