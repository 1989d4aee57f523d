// SPDX-License-Identifier: Apache-2.0
#include "sim/proof_check/walk.hpp"

#include "scenarios/unroll/limits.hpp"

namespace reducecheck::proof_check {

void Walk::run(const std::vector<const Program*>& text, const Json* claims) {
  claims_ = claims;
  whole_ = claims == nullptr;
  for (const Program* program : text) {
    for (const Stmt& one : *program) {
      if (one.kind == StmtKind::function) functions_[one.name] = &one;
    }
  }
  for (const Layout& layout : scenario_.inputs) frames_[0][layout.name] = {laid(layout)};
  try {
    for (const Program* program : text) block(*program);
  } catch (const Returned&) {
    refuse("a return outside of a function");
  }
  require(whole_ || claims_->is_null() || claimed_ == claims_->size(),
          "a claimed value that the text does not compute");
}

void Walk::claim(const Value& value) {
  const auto* x = std::get_if<Tensor>(&value.is);
  if (x == nullptr || whole_ || claims_->is_null()) return;  // null: an empty case
  require(claimed_ < claims_->size(), "a value is not claimed");
  const std::string place = std::to_string(claimed_);
  require((*claims_)[claimed_++] == to_json(*x), "value " + place + " is not what the rules give");
}

Tensor Walk::output(const Layout& layout) {
  require(frames_[0].contains(layout.name), "no value for " + layout.name);
  return tensor(frames_[0].at(layout.name));
}

void Walk::block(const Program& statements) {
  for (const Stmt& one : statements) statement(one);
}

void Walk::statement(const Stmt& one) {
  within_rules(++steps_ <= Limits::statements, "a text so long");
  switch (one.kind) {
    case StmtKind::assign: assign(one.targets, evaluate(one.value)); return;
    case StmtKind::augment: {
      const Value before = named(one.targets[0]);
      assign(one.targets, binary(one.op, before, evaluate(one.value)));
      return;
    }
    case StmtKind::result:
      within_rules(guards_.empty(), "a return under a rank guard");
      throw Returned{evaluate(one.value)};
    case StmtKind::branch: branch(one); return;
    case StmtKind::loop: {
      const Value items = evaluate(one.value);
      within_rules(std::holds_alternative<List>(items.is), "this loop");
      for (const Value& item : std::get<List>(items.is)) {
        assign(one.targets, item);
        block(one.body);
      }
      return;
    }
    default: return;
  }
}

/// Under a rank guard both arms run; a variable then holds the one on the first rank and the other
/// elsewhere.
void Walk::branch(const Stmt& one) {
  const Value condition = evaluate(one.value);
  const auto* guard = std::get_if<Guard>(&condition.is);
  if (guard == nullptr) {
    block(truth(condition) ? one.body : one.otherwise);
    return;
  }
  const Names before = frames_.back();
  guards_.push_back(guard->axes);
  block(one.body);
  const Names there = std::exchange(frames_.back(), before);
  block(one.otherwise);
  guards_.pop_back();
  const Names elsewhere = std::exchange(frames_.back(), {});
  for (const auto& [name, value] : there) {
    const auto other = elsewhere.find(name);
    if (other != elsewhere.end()) frames_.back()[name] = merged(*guard, value, other->second);
  }
}

void Walk::assign(const std::vector<std::string>& names, const Value& value) {
  if (names.size() == 1) {
    claim(value);
    frames_.back()[names[0]] = value;
    return;
  }
  const auto* items = std::get_if<List>(&value.is);
  require(items != nullptr && items->size() == names.size(), "another number of values");
  for (std::size_t i = 0; i < names.size(); ++i) {
    claim((*items)[i]);
    frames_.back()[names[i]] = (*items)[i];
  }
}

Value Walk::evaluate(const Expr& e) {
  const auto child = [&](std::size_t i) { return evaluate(e.children[i]); };
  switch (e.kind) {
    case ExprKind::number: return {number(e.number)};
    case ExprKind::text: return {e.name};
    case ExprKind::truth: return {!(e.number == Fraction(0))};
    case ExprKind::name: return named(e.name);
    case ExprKind::call: return call(e);
    case ExprKind::negate: {
      const Value value = child(0);
      const auto* x = std::get_if<Tensor>(&value.is);
      if (x != nullptr) return {rules_.scaled(*x, number(-1))};
      return {plus({}, scalar(value), -1)};
    }
    case ExprKind::logical_not: {
      const Value value = child(0);
      const auto* guard = std::get_if<Guard>(&value.is);
      if (guard != nullptr) return {Guard{guard->axes, !guard->first}};
      return {!truth(value)};
    }
    case ExprKind::binary: {
      const Value left = child(0);
      const bool is_or = e.op == BinaryOp::logical_or;
      if (!is_or && e.op != BinaryOp::logical_and) return binary(e.op, left, child(1));
      if (!std::holds_alternative<Guard>(left.is)) return truth(left) == is_or ? left : child(1);
      const Value right = child(1);
      return truth(right) == is_or ? right : left;
    }
    case ExprKind::conditional:
      return choose(child(1), [&](bool truth) { return child(truth ? 0 : 2); });
    case ExprKind::index: return indexed(e);
    case ExprKind::list:
    case ExprKind::tuple: {
      List items;
      for (std::size_t i = 0; i < e.children.size(); ++i) items.push_back(child(i));
      return {items};
    }
    case ExprKind::none:
    case ExprKind::absent: return {};
    case ExprKind::slice: break;
  }
  refuse("outside the checker's rules: rows or items cut out");
}

Value Walk::indexed(const Expr& e) {
  const Value value = evaluate(e.children[0]);
  const auto place = integer(scalar(evaluate(e.children[1])));
  within_rules(place.has_value(), "an index that depends on sizes");
  if (const auto* own = std::get_if<Weight>(&value.is)) {
    return {Weight{own->decl, static_cast<int>(*place)}};
  }
  const auto* items = std::get_if<List>(&value.is);
  const auto count = items == nullptr ? 0 : static_cast<std::int64_t>(items->size());
  const std::int64_t at = *place < 0 ? *place + count : *place;
  within_rules(at >= 0 && at < count, "this index");
  return (*items)[static_cast<std::size_t>(at)];
}

Value Walk::choose(const Value& condition, const std::function<Value(bool)>& arm) {
  const auto* guard = std::get_if<Guard>(&condition.is);
  if (guard == nullptr) return arm(truth(condition));
  guards_.push_back(guard->axes);
  const Value there = arm(true);
  const Value elsewhere = arm(false);
  guards_.pop_back();
  return merged(*guard, there, elsewhere);
}

/// The one on the first rank and the other elsewhere.
Value Walk::merged(const Guard& guard, const Value& there, const Value& elsewhere) {
  const auto* x = std::get_if<Tensor>(&there.is);
  const auto* y = std::get_if<Tensor>(&elsewhere.is);
  if (x != nullptr && y != nullptr && to_json(*x) == to_json(*y)) return there;
  if (x == nullptr && y == nullptr && there.is.index() == elsewhere.is.index()) {
    if (const auto* p = std::get_if<Polynomial>(&there.is)) {
      if (*p == std::get<Polynomial>(elsewhere.is)) return there;
    } else if (const auto* b = std::get_if<bool>(&there.is)) {
      if (*b == std::get<bool>(elsewhere.is)) return there;
    }
  }
  const Tensor on = tensor(guard.first ? there : elsewhere);
  const Tensor off = tensor(guard.first ? elsewhere : there);
  const Tensor both = rules_.sum(rules_.guarded(on, guard.axes), off);
  return {rules_.sum(both, rules_.guarded(off, guard.axes), -1)};
}

}  // namespace reducecheck::proof_check
