// SPDX-License-Identifier: Apache-2.0
// Operators on values that no rank or every rank computes.
#include "sim/proof_check/walk.hpp"

namespace reducecheck::proof_check {

bool Walk::is_ids(const Value& value) const {
  const auto* x = std::get_if<Tensor>(&value.is);
  return x != nullptr && rules_.is_ids(*x);
}

Value Walk::binary(BinaryOp op, const Value& a, const Value& b) {
  const auto like = [](const Value& value) {
    return std::holds_alternative<Tensor>(value.is) || std::holds_alternative<Weight>(value.is);
  };
  if (like(a) || like(b)) return of_tensors(op, a, b);
  const auto* first = std::get_if<List>(&a.is);
  const auto* second = std::get_if<List>(&b.is);
  if (op == BinaryOp::add && first != nullptr && second != nullptr) {
    List both = *first;
    both.insert(both.end(), second->begin(), second->end());
    within_rules(both.size() <= 4096, "a list so long");
    return {both};
  }
  const auto* g = std::get_if<Group>(&a.is);
  const auto* h = std::get_if<Group>(&b.is);
  if (op == BinaryOp::multiply && g != nullptr && h != nullptr) {
    Axes axes = g->axes;
    for (const std::string& axis : h->axes) {
      if (std::find(axes.begin(), axes.end(), axis) == axes.end()) axes.push_back(axis);
    }
    return {Group{axes}};
  }
  switch (op) {
    case BinaryOp::add: return {plus(scalar(a), scalar(b))};
    case BinaryOp::subtract: return {plus(scalar(a), scalar(b), -1)};
    case BinaryOp::multiply: return {scalar(a) * scalar(b)};
    case BinaryOp::divide: return {scalar(a) * inverse(scalar(b))};
    case BinaryOp::floor_divide:
    case BinaryOp::modulo: return quotient(op, scalar(a), scalar(b));
    default: break;
  }
  const auto* rank = std::get_if<Rank>(&a.is);
  if (rank == nullptr) return {compared(op, a, b)};
  const bool zero = scalar(b).empty();
  within_rules(
      zero && (op == BinaryOp::equal || op == BinaryOp::not_equal || op == BinaryOp::greater),
      "a rank that is not compared with the first");
  return {Guard{rank->axes, op == BinaryOp::equal}};
}

Value Walk::of_tensors(BinaryOp op, const Value& a, const Value& b) {
  const auto like = [](const Value& value) {
    return std::holds_alternative<Tensor>(value.is) || std::holds_alternative<Weight>(value.is);
  };
  within_rules(!is_ids(a) && !is_ids(b), "ids computed");
  if (op == BinaryOp::multiply && !like(a)) return {rules_.scaled(tensor(b), scalar(a))};
  if (op == BinaryOp::multiply && !like(b)) return {rules_.scaled(tensor(a), scalar(b))};
  if (op == BinaryOp::divide && !like(b)) return {rules_.scaled(tensor(a), inverse(scalar(b)))};
  const Tensor x = tensor(a);
  const Tensor y = tensor(b);
  switch (op) {
    case BinaryOp::add: return {rules_.sum(x, y)};
    case BinaryOp::subtract: return {rules_.sum(x, y, -1)};
    case BinaryOp::multiply:
      return {to_json(x) == to_json(y) ? rules_.square(x) : rules_.product(x, y)};
    case BinaryOp::divide: return {rules_.product(x, rules_.reciprocal(y))};
    case BinaryOp::matmul: return {rules_.matmul(x, y)};
    default: refuse("outside the checker's rules: this operator of tensors");
  }
}

Value Walk::quotient(BinaryOp op, const Polynomial& a, const Polynomial& b) {
  require(!b.empty(), "a division by zero");
  const auto n = integer(a);
  const auto d = integer(b);
  const bool modulo_wanted = op == BinaryOp::modulo;
  if (n && d)
    return {number(modulo_wanted ? modulo(Fraction(*n), Fraction(*d))
                                 : floor_divide(Fraction(*n), Fraction(*d)))};
  const bool whole = facts_.divides(b, a);
  within_rules(whole, "a division with a remainder");
  return {modulo_wanted ? Polynomial{} : a * inverse(b)};
}

bool Walk::compared(BinaryOp op, const Value& a, const Value& b) {
  if (op == BinaryOp::in || op == BinaryOp::not_in) {
    within_rules(std::holds_alternative<List>(b.is), "`in` what is no list");
    const List& items = std::get<List>(b.is);
    const bool found = std::any_of(items.begin(), items.end(), [&](const Value& item) {
      return compared(BinaryOp::equal, a, item);
    });
    return found == (op == BinaryOp::in);
  }
  const auto* s = std::get_if<std::string>(&a.is);
  const auto* t = std::get_if<std::string>(&b.is);
  const bool none =
      std::holds_alternative<std::monostate>(a.is) || std::holds_alternative<std::monostate>(b.is);
  const bool plain = op == BinaryOp::equal || op == BinaryOp::not_equal;
  if (plain && (s != nullptr || t != nullptr)) {
    return (s != nullptr && t != nullptr && *s == *t) == (op == BinaryOp::equal);
  }
  if (plain && none) return (a.is.index() == b.is.index()) == (op == BinaryOp::equal);
  const Polynomial x = scalar(a);
  const Polynomial y = scalar(b);
  switch (op) {
    case BinaryOp::equal: return facts_.equal(x, y);
    case BinaryOp::not_equal: return !facts_.equal(x, y);
    case BinaryOp::less: return facts_.less(x, y);
    case BinaryOp::less_equal: return !facts_.less(y, x);
    case BinaryOp::greater: return facts_.less(y, x);
    case BinaryOp::greater_equal: return !facts_.less(x, y);
    default: refuse("outside the checker's rules: this operator");
  }
}

}  // namespace reducecheck::proof_check
