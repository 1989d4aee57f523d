// SPDX-License-Identifier: Apache-2.0
#include "scenarios/program/build.hpp"

#include <map>
#include <utility>

namespace reducecheck {

Expr named(const std::string& name) {
  Expr result{ExprKind::name};
  result.name = name;
  return result;
}

Expr number(std::int64_t value) {
  Expr result{ExprKind::number};
  result.number = value;
  return result;
}

Expr node(ExprKind kind, std::vector<Expr> children) {
  Expr result{kind};
  result.at = children.front().at;
  result.children = std::move(children);
  return result;
}

Expr binary(BinaryOp op, Expr left, Expr right) {
  Expr result = node(ExprKind::binary, {std::move(left), std::move(right)});
  result.op = op;
  return result;
}

Expr call(const std::string& function, std::vector<Expr> arguments) {
  const Position at = arguments.front().at;
  arguments.insert(arguments.begin(), named(function));
  Expr result = node(ExprKind::call, std::move(arguments));
  result.at = at;
  result.keywords.resize(result.children.size() - 1);
  return result;
}

bool is(const Expr& e, BinaryOp op) {
  return e.kind == ExprKind::binary && e.op == op;
}

bool calls(const Expr& e, const std::string& name) {
  return e.kind == ExprKind::call && e.children[0].kind == ExprKind::name &&
         e.children[0].name == name;
}

std::optional<std::size_t> group_argument(const Expr& e) {
  static const std::map<std::string, std::size_t> collectives = {
      {"all_reduce", 2},  {"reduce_scatter", 2}, {"reduce_scatterv", 2}, {"all_gather", 2},
      {"all_gatherv", 2}, {"broadcast", 2},      {"dispatch", 5},        {"combine", 4}};
  if (e.kind != ExprKind::call || e.children[0].kind != ExprKind::name) return std::nullopt;
  const auto found = collectives.find(e.children[0].name);
  if (found == collectives.end() || found->second >= e.children.size()) return std::nullopt;
  return found->second;
}

}  // namespace reducecheck
