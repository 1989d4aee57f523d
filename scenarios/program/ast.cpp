// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/ast.hpp"

namespace reducecheck {
namespace {

// A call built in code may leave out trailing keywords; they are positional.
bool same_keywords(const Expr& a, const Expr& b) {
  static const std::string positional;
  for (std::size_t i = 0; i < a.keywords.size() || i < b.keywords.size(); ++i) {
    const std::string& of_a = i < a.keywords.size() ? a.keywords[i] : positional;
    const std::string& of_b = i < b.keywords.size() ? b.keywords[i] : positional;
    if (of_a != of_b) return false;
  }
  return true;
}

}  // namespace

const char* spelling(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "+";
    case BinaryOp::subtract:
      return "-";
    case BinaryOp::multiply:
      return "*";
    case BinaryOp::divide:
      return "/";
    case BinaryOp::floor_divide:
      return "//";
    case BinaryOp::modulo:
      return "%";
    case BinaryOp::matmul:
      return "@";
    case BinaryOp::equal:
      return "==";
    case BinaryOp::not_equal:
      return "!=";
    case BinaryOp::less:
      return "<";
    case BinaryOp::less_equal:
      return "<=";
    case BinaryOp::greater:
      return ">";
    case BinaryOp::greater_equal:
      return ">=";
    case BinaryOp::in:
      return "in";
    case BinaryOp::not_in:
      return "not in";
    case BinaryOp::logical_and:
      return "and";
    case BinaryOp::logical_or:
      return "or";
  }
  return "?";
}

bool operator==(const Expr& a, const Expr& b) {
  if (a.kind != b.kind || a.children != b.children) return false;
  switch (a.kind) {
    case ExprKind::number:
    case ExprKind::truth:
      return a.number == b.number;
    case ExprKind::text:
    case ExprKind::name:
      return a.name == b.name;
    case ExprKind::binary:
      return a.op == b.op;
    case ExprKind::call:
      return same_keywords(a, b);
    default:
      return true;
  }
}

bool operator==(const Parameter& a, const Parameter& b) {
  return a.name == b.name && a.fallback == b.fallback;
}

bool operator==(const Stmt& a, const Stmt& b) {
  return a.kind == b.kind && (a.kind != StmtKind::augment || a.op == b.op) && a.name == b.name &&
         a.targets == b.targets && a.value == b.value && a.parameters == b.parameters &&
         a.body == b.body && a.otherwise == b.otherwise;
}

}  // namespace reducecheck
