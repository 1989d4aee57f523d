// SPDX-License-Identifier: Apache-2.0
// Expressions of the frame: layouts, placements, sizes, predicates.
#include <fmt/format.h>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {
namespace {

Value index(const Value& list, const Value& at_index, Position at) {
  const auto* items = std::get_if<List>(&list.data);
  if (items == nullptr) throw TextError(at, "only a list has items here, got " + kind_of(list));
  const std::int64_t size = static_cast<std::int64_t>((*items)->size());
  std::int64_t i = as_integer(at_index, at, "an index");
  if (i < 0) i += size;
  if (i < 0 || i >= size) {
    throw TextError(at, fmt::format("index {} of a list of {}", show(at_index), size));
  }
  Value item = (**items)[static_cast<std::size_t>(i)];
  item.rank_local = item.rank_local || at_index.rank_local;
  return item;
}

}  // namespace

Value Scope::evaluate(const Expr& e, int rank) const {
  const auto child = [&](std::size_t i) { return evaluate(e.children[i], rank); };
  switch (e.kind) {
    case ExprKind::number: return {e.number};
    case ExprKind::text: return {e.name};
    case ExprKind::truth: return {!(e.number == Fraction(0))};
    case ExprKind::none: return {None{}};
    case ExprKind::name: {
      if (auto value = find(e.name, rank)) return *value;
      throw TextError(e.at, fmt::format("unknown name `{}`", e.name),
                      did_you_mean(e.name, names()));
    }
    case ExprKind::negate: return negate(child(0), e.at);
    case ExprKind::logical_not: {
      const Value value = child(0);
      return {!as_condition(value, e.at), value.rank_local};
    }
    case ExprKind::binary:
      if (e.op == BinaryOp::logical_and || e.op == BinaryOp::logical_or) {
        const Value left = child(0);
        if (as_condition(left, e.at) == (e.op == BinaryOp::logical_or)) return left;
        Value right = child(1);
        right.rank_local = left.rank_local || right.rank_local;
        return right;
      }
      return apply(e.op, child(0), child(1), e.at);
    case ExprKind::conditional: return child(as_condition(child(1), e.at) ? 0 : 2);
    case ExprKind::list:
    case ExprKind::tuple: {
      std::vector<Value> items;
      for (std::size_t i = 0; i < e.children.size(); ++i) items.push_back(child(i));
      Value list = make_list(std::move(items));
      check_length(list, e.at);
      return list;
    }
    case ExprKind::index: return index(child(0), child(1), e.at);
    case ExprKind::call: {
      std::vector<Value> args;
      for (std::size_t i = 1; i < e.children.size(); ++i) args.push_back(child(i));
      const std::string& name = e.children[0].name;
      if (auto value = call_config_function(name, args, mesh_, rank, e.at)) return *value;
      throw TextError(e.at, fmt::format("`{}` is not a function of sizes and groups", name));
    }
    case ExprKind::slice:
    case ExprKind::absent: break;
  }
  throw TextError(e.at, "this expression has no value here");
}

}  // namespace reducecheck
