// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/symbolic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {

bool operator==(const Segment& a, const Segment& b) {
  const bool values = a.value == b.value || (a.value && b.value && *a.value == *b.value);
  return a.kind == b.kind && values && a.count == b.count && a.group == b.group &&
         a.items == b.items;
}

bool operator==(const Symbolic& a, const Symbolic& b) {
  if (a.data.index() != b.data.index()) return false;
  if (const auto* list = std::get_if<Segments>(&a.data)) {
    return **list == *std::get<Segments>(b.data);
  }
  if (const auto* blocks = std::get_if<Blocks>(&a.data)) {
    return **blocks == *std::get<Blocks>(b.data);
  }
  return a.data == b.data;
}

Symbolic make_list(std::vector<Symbolic> items) {
  auto list = std::make_shared<std::vector<Segment>>();
  for (Symbolic& item : items) {
    list->push_back({Segment::Kind::item, std::make_shared<Symbolic>(std::move(item))});
  }
  return {Segments(std::move(list))};
}

Symbolic make_tensor(Tensor tensor) {
  return {Blocks(std::make_shared<std::vector<Tensor>>(1, std::move(tensor)))};
}

bool is_tensor(const Symbolic& value) {
  return std::holds_alternative<Blocks>(value.data);
}

std::vector<Symbolic> items_of(const Symbolic& list, Position at) {
  const auto* segments = std::get_if<Segments>(&list.data);
  if (segments == nullptr) throw Undecided("a list is needed here", at);
  std::vector<Symbolic> items;
  for (const Segment& segment : **segments) {
    if (segment.kind != Segment::Kind::item) {
      throw Undecided("a list whose length depends on sizes", at);
    }
    items.push_back(*segment.value);
  }
  return items;
}

Polynomial Arithmetic::number(const Symbolic& value, Position at) const {
  if (const auto* number = std::get_if<Polynomial>(&value.data)) return facts_.reduced(*number);
  if (const bool* truth = std::get_if<bool>(&value.data)) return *truth ? 1 : 0;
  if (const auto* group = std::get_if<GroupOf>(&value.data)) {
    Polynomial size = 1;
    for (const int axis : group->axes) size = size * facts_.axis_size(axis);
    return size;
  }
  throw Undecided("a number is needed here", at);
}

bool Arithmetic::is_number(const Symbolic& value) const {
  return std::holds_alternative<Polynomial>(value.data) ||
         std::holds_alternative<bool>(value.data) || std::holds_alternative<GroupOf>(value.data);
}

bool Arithmetic::truth(const Symbolic& value, Position at) const {
  if (const bool* truth = std::get_if<bool>(&value.data)) return *truth;
  if (std::holds_alternative<Nothing>(value.data)) return false;
  if (const auto* text = std::get_if<std::string>(&value.data)) return !text->empty();
  if (const auto* list = std::get_if<Segments>(&value.data)) return !(*list)->empty();
  if (std::holds_alternative<RankTest>(value.data)) {
    throw Undecided("a rank guard inside another condition", at);
  }
  return !facts_.equal(number(value, at), 0);
}

GroupOf Arithmetic::group(const Symbolic& value, Position at) const {
  if (const auto* group = std::get_if<GroupOf>(&value.data)) return *group;
  if (const auto* number = std::get_if<Polynomial>(&value.data)) {
    if (facts_.reduced(*number).is_one()) return {};
  }
  throw Undecided("a group is needed here", at);
}

Axes Arithmetic::live(const GroupOf& group) const {
  Axes axes;
  for (const int axis : group.axes) {
    if (facts_.live(axis)) axes.push_back(axis);
  }
  return axes;
}

Polynomial Arithmetic::rank(const GroupOf& group) {
  const Axes axes = live(group);
  if (axes.empty()) return 0;
  std::string name = "rank(";
  for (const int axis : axes) name += (name.size() > 5 ? " * " : "") + symbols_.at(axis).name;
  const Symbol symbol = symbols_.add(name + ")", SymbolKind::rank);
  if (ranked(symbol) == nullptr) ranks_.emplace_back(symbol, axes);
  return Polynomial::symbol(symbol);
}

const Axes* Arithmetic::ranked(Symbol symbol) const {
  for (const auto& [known, axes] : ranks_) {
    if (known == symbol) return &axes;
  }
  return nullptr;
}

Polynomial Arithmetic::ceil_div(const Polynomial& a, const Polynomial& b) {
  const auto n = a.integer();
  const auto d = b.integer();
  if (n && d && *d > 0) return floor_divide(Fraction(*n) + Fraction(*d) - Fraction(1), *d);
  if (facts_.divides(b, a)) return a * b.inverse();
  const std::string name =
      fmt::format("ceil({} / {})", to_string(a, symbols_), to_string(b, symbols_));
  const Polynomial up = Polynomial::symbol(symbols_.add(name, SymbolKind::opaque));
  facts_.know_less(a, up * b);
  return up;
}

Polynomial Arithmetic::floor_div(const Polynomial& a, const Polynomial& b) {
  if (b.is_zero()) throw Undecided("a division by zero");
  const auto x = a.constant();
  const auto y = b.constant();
  if (x && y) return floor_divide(*x, *y);
  if (a.is_zero() || b.is_one()) return a;
  if (!a.is_monomial() || !b.is_monomial()) throw Undecided("a division of sums of sizes");
  if (!b.constant() && facts_.divides(b, a)) return a * b.inverse();
  const std::string name = fmt::format("{} // {}", to_string(a, symbols_), to_string(b, symbols_));
  return Polynomial::symbol(symbols_.add(name, SymbolKind::opaque, a));
}

namespace {

Fraction remainder(const Fraction& a, const Fraction& b) {
  return modulo(a, b);
}

}  // namespace

Polynomial Arithmetic::modulo(const Polynomial& a, const Polynomial& b) {
  if (b.is_zero()) throw Undecided("a division by zero");
  const auto x = a.constant();
  const auto y = b.constant();
  if (x && y) return remainder(*x, *y);
  if (facts_.divides(b, a)) return 0;
  const std::string name = fmt::format("{} % {}", to_string(a, symbols_), to_string(b, symbols_));
  return Polynomial::symbol(symbols_.add(name, SymbolKind::opaque));
}

Symbolic Arithmetic::negated(const Symbolic& value, Position at) {
  return {Polynomial(-1) * number(value, at)};
}

Symbolic Arithmetic::logical_not(const Symbolic& value, Position at) const {
  if (const auto* test = std::get_if<RankTest>(&value.data)) {
    return {RankTest{test->axes, !test->first}};
  }
  return {!truth(value, at)};
}

namespace {

std::vector<int> joined(const GroupOf& a, const GroupOf& b) {
  std::vector<int> axes = a.axes;
  for (const int axis : b.axes) {
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) axes.push_back(axis);
  }
  return axes;
}

}  // namespace

Symbolic Arithmetic::apply(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at) {
  const auto* a = std::get_if<GroupOf>(&left.data);
  const auto* b = std::get_if<GroupOf>(&right.data);
  if (op == BinaryOp::multiply && a != nullptr && b != nullptr) return {GroupOf{joined(*a, *b)}};
  const auto* first = std::get_if<Segments>(&left.data);
  const auto* second = std::get_if<Segments>(&right.data);
  if (op == BinaryOp::add && first != nullptr && second != nullptr) {
    auto list = std::make_shared<std::vector<Segment>>(**first);
    list->insert(list->end(), (*second)->begin(), (*second)->end());
    return {Segments(std::move(list))};
  }
  switch (op) {
    case BinaryOp::add: return {number(left, at) + number(right, at)};
    case BinaryOp::subtract: return {number(left, at) - number(right, at)};
    case BinaryOp::multiply: return {number(left, at) * number(right, at)};
    case BinaryOp::divide: {
      const Polynomial divisor = number(right, at);
      if (divisor.is_zero()) throw Undecided("a division by zero", at);
      return {number(left, at) * divisor.inverse()};
    }
    case BinaryOp::floor_divide: return {floor_div(number(left, at), number(right, at))};
    case BinaryOp::modulo: return {modulo(number(left, at), number(right, at))};
    case BinaryOp::in: return {contains(right, left, at)};
    case BinaryOp::not_in: return {!contains(right, left, at)};
    default: return compared(op, left, right, at);
  }
}

/// Only the first rank can be told from the others for every size.
std::optional<RankTest> Arithmetic::rank_test(BinaryOp op, const Polynomial& difference) const {
  for (const auto& [symbol, axes] : ranks_) {
    if (!(difference == Polynomial::symbol(symbol))) continue;
    if (op == BinaryOp::equal) return RankTest{axes, true};
    if (op == BinaryOp::not_equal || op == BinaryOp::greater) return RankTest{axes, false};
  }
  return std::nullopt;
}

Symbolic Arithmetic::compared(BinaryOp op, const Symbolic& left, const Symbolic& right,
                              Position at) {
  if (op == BinaryOp::equal || op == BinaryOp::not_equal) {
    if (!is_number(left) || !is_number(right)) {
      return {same(left, right, at) == (op == BinaryOp::equal)};
    }
  }
  const Polynomial a = number(left, at);
  const Polynomial b = number(right, at);
  if (const auto test = rank_test(op, a - b)) return {*test};
  switch (op) {
    case BinaryOp::equal: return {facts_.equal(a, b)};
    case BinaryOp::not_equal: return {!facts_.equal(a, b)};
    case BinaryOp::less: return {facts_.less(a, b)};
    case BinaryOp::less_equal: return {!facts_.less(b, a)};
    case BinaryOp::greater: return {facts_.less(b, a)};
    case BinaryOp::greater_equal: return {!facts_.less(a, b)};
    default: throw Undecided("this operator is for tensors", at);
  }
}

bool Arithmetic::same(const Symbolic& left, const Symbolic& right, Position at) const {
  if (is_number(left) && is_number(right)) {
    return facts_.equal(number(left, at), number(right, at));
  }
  if (is_tensor(left) || is_tensor(right)) throw Undecided("a comparison of tensors", at);
  return left == right;
}

bool Arithmetic::contains(const Symbolic& list, const Symbolic& item, Position at) const {
  for (const Symbolic& one : items_of(list, at)) {
    if (same(one, item, at)) return true;
  }
  return false;
}

}  // namespace reducecheck::prove
