// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/value.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

template <class... Callables>
struct Overloaded : Callables... {
  using Callables::operator()...;
};
template <class... Callables>
Overloaded(Callables...) -> Overloaded<Callables...>;  // clang before 17 asks for it

bool same(const Value& a, const Value& b);

bool same_list(const List& a, const List& b) {
  return std::equal(a->begin(), a->end(), b->begin(), b->end(), same);
}

bool is_numeric(const Value& value) {
  return std::holds_alternative<Fraction>(value.data) || std::holds_alternative<bool>(value.data) ||
         std::holds_alternative<GroupValue>(value.data);
}

bool same(const Value& a, const Value& b) {
  if (is_numeric(a) && is_numeric(b)) return as_number(a, {}, "") == as_number(b, {}, "");
  if (a.data.index() != b.data.index()) return false;
  if (const auto* text = std::get_if<std::string>(&a.data)) {
    return *text == std::get<std::string>(b.data);
  }
  if (const auto* list = std::get_if<List>(&a.data))
    return same_list(*list, std::get<List>(b.data));
  return std::holds_alternative<None>(a.data);
}

bool contains(const Value& list, const Value& item, Position at) {
  const auto* items = std::get_if<List>(&list.data);
  if (items == nullptr) throw TextError(at, "`in` needs a list, got " + kind_of(list));
  return std::ranges::any_of(**items, [&](const Value& other) { return same(item, other); });
}

Fraction arithmetic(BinaryOp op, const Fraction& a, const Fraction& b) {
  switch (op) {
    case BinaryOp::add: return a + b;
    case BinaryOp::subtract: return a - b;
    case BinaryOp::multiply: return a * b;
    case BinaryOp::divide: return a / b;
    case BinaryOp::floor_divide: return floor_divide(a, b);
    default: return modulo(a, b);
  }
}

bool compare(BinaryOp op, const Fraction& a, const Fraction& b) {
  switch (op) {
    case BinaryOp::less: return a < b;
    case BinaryOp::less_equal: return !(b < a);
    case BinaryOp::greater: return b < a;
    default: return !(a < b);
  }
}

GroupValue product(const GroupValue& a, const GroupValue& b) {
  GroupValue result = a;
  for (std::size_t i = 0; i < b.group.axes.size(); ++i) {
    if (std::ranges::find(a.group.axes, b.group.axes[i]) != a.group.axes.end()) continue;
    result.group.axes.push_back(b.group.axes[i]);
    result.sizes.push_back(b.sizes[i]);
  }
  return result;
}

std::variant<None, bool, Fraction, std::string, GroupValue, List, TensorRef, WeightRef> combine(
    BinaryOp op, const Value& left, const Value& right, Position at) {
  switch (op) {
    case BinaryOp::equal: return same(left, right);
    case BinaryOp::not_equal: return !same(left, right);
    case BinaryOp::in: return contains(right, left, at);
    case BinaryOp::not_in: return !contains(right, left, at);
    case BinaryOp::logical_and: return as_condition(left, at) && as_condition(right, at);
    case BinaryOp::logical_or: return as_condition(left, at) || as_condition(right, at);
    default: break;
  }
  const auto* a = std::get_if<List>(&left.data);
  const auto* b = std::get_if<List>(&right.data);
  if (op == BinaryOp::add && a != nullptr && b != nullptr) {
    std::vector<Value> items(**a);
    items.insert(items.end(), (*b)->begin(), (*b)->end());
    const Value joined = make_list(std::move(items));
    check_length(joined, at);
    return joined.data;
  }
  const auto* g = std::get_if<GroupValue>(&left.data);
  const auto* h = std::get_if<GroupValue>(&right.data);
  const Wording what("an operand of", spelling(op));
  if (op == BinaryOp::multiply && g != nullptr && h != nullptr) {
    return product(*g, *h);
  }
  const Fraction x = as_number(left, at, what);
  const Fraction y = as_number(right, at, what);
  if (op >= BinaryOp::less && op <= BinaryOp::greater_equal) return compare(op, x, y);
  if (op == BinaryOp::matmul) throw TextError(at, "`@` multiplies tensors, not numbers");
  return arithmetic(op, x, y);
}

}  // namespace

std::int64_t GroupValue::size() const {
  std::int64_t size = 1;
  for (const std::int64_t axis : sizes) size *= axis;
  return size;
}

Value make_integer(std::int64_t integer, bool rank_local) {
  return {Fraction(integer), rank_local};
}

Value make_list(std::vector<Value> items, bool rank_local) {
  for (const Value& item : items) rank_local = rank_local || item.rank_local;
  return {std::make_shared<const std::vector<Value>>(std::move(items)), rank_local};
}

void check_length(const Value& value, Position at) {
  std::int64_t items = 0;
  const auto count = [&](const auto& self, const Value& v) -> void {
    const auto* list = std::get_if<List>(&v.data);
    if (list == nullptr) return;
    items += static_cast<std::int64_t>((*list)->size());
    for (const Value& item : **list) {
      if (items > Limits::list_length) return;
      self(self, item);
    }
  };
  count(count, value);
  if (items <= Limits::list_length) return;
  throw TextError(
      at, fmt::format("a list of {} items or more; the limit is {}", items, Limits::list_length));
}

Value make_integers(const std::vector<std::int64_t>& integers, bool rank_local) {
  std::vector<Value> items;
  items.reserve(integers.size());
  for (const std::int64_t integer : integers) items.push_back(make_integer(integer, rank_local));
  return make_list(std::move(items), rank_local);
}

std::string kind_of(const Value& value) {
  return std::visit(
      Overloaded{[](None) { return "None"; }, [](bool) { return "a boolean"; },
                 [](const Fraction& f) { return f.is_integer() ? "an integer" : "a fraction"; },
                 [](const std::string&) { return "a string"; },
                 [](const GroupValue&) { return "a group"; }, [](const List&) { return "a list"; },
                 [](TensorRef) { return "a tensor"; }, [](const WeightRef&) { return "a weight"; }},
      value.data);
}

std::string show(const Value& value) {
  return std::visit(
      Overloaded{[](None) { return std::string("None"); },
                 [](bool b) { return std::string(b ? "True" : "False"); },
                 [](const Fraction& f) { return to_string(f); },
                 [](const std::string& s) { return '"' + s + '"'; },
                 [](const GroupValue& g) { return fmt::format("a group of {} ranks", g.size()); },
                 [](const List& items) {
                   std::string text;
                   for (const Value& item : *items) text += (text.empty() ? "" : ", ") + show(item);
                   return '[' + text + ']';
                 },
                 [](TensorRef) { return std::string("a tensor"); },
                 [](const WeightRef&) { return std::string("a weight"); }},
      value.data);
}

std::string Wording::text() const {
  return of.empty() ? std::string(what) : fmt::format("{} `{}`", what, of);
}

Fraction as_number(const Value& value, Position at, const Wording& what) {
  if (const auto* number = std::get_if<Fraction>(&value.data)) return *number;
  if (const auto* truth = std::get_if<bool>(&value.data)) return {*truth ? 1 : 0};
  if (const auto* group = std::get_if<GroupValue>(&value.data)) return {group->size()};
  throw TextError(at, fmt::format("{} must be a number, got {}", what.text(), kind_of(value)));
}

std::int64_t as_integer(const Value& value, Position at, const Wording& what) {
  const Fraction number = as_number(value, at, what);
  if (!number.is_integer()) {
    throw TextError(at,
                    fmt::format("{} must be an integer, got {}", what.text(), to_string(number)));
  }
  return number.numerator();
}

bool as_condition(const Value& value, Position at) {
  if (const auto* truth = std::get_if<bool>(&value.data)) return *truth;
  if (std::holds_alternative<TensorRef>(value.data)) {
    throw TextError(at, "a tensor cannot steer control flow",
                    "conditions read sizes, switches and rank(g) only; use where(c, a, b) to pick "
                    "elements");
  }
  if (std::holds_alternative<None>(value.data)) return false;
  if (const auto* list = std::get_if<List>(&value.data)) return !(*list)->empty();
  if (const auto* text = std::get_if<std::string>(&value.data)) return !text->empty();
  return !(as_number(value, at, "a condition") == Fraction(0));
}

GroupValue as_group(const Value& value, Position at, const Wording& what) {
  if (const auto* group = std::get_if<GroupValue>(&value.data)) return *group;
  if (const auto* number = std::get_if<Fraction>(&value.data); number && *number == Fraction(1)) {
    return {};
  }
  const auto* text = std::get_if<std::string>(&value.data);
  throw TextError(at,
                  fmt::format("{} must be a group such as `tp` or `dp * tp`, got {}", what.text(),
                              kind_of(value)),
                  text != nullptr    ? fmt::format("write {} without quotes", *text)
                  : value.rank_local ? "name the group itself, not this rank's place in it"
                                     : "");
}

std::vector<std::int64_t> as_integers(const Value& value, Position at, const Wording& what) {
  const auto* items = std::get_if<List>(&value.data);
  if (items == nullptr) {
    throw TextError(
        at, fmt::format("{} must be a list of integers, got {}", what.text(), kind_of(value)));
  }
  std::vector<std::int64_t> integers;
  integers.reserve((*items)->size());
  for (const Value& item : **items) {
    const auto* number = std::get_if<Fraction>(&item.data);
    const bool plain = number != nullptr && number->is_integer();
    integers.push_back(plain ? number->numerator()
                             : as_integer(item, at, "an item of " + what.text()));
  }
  return integers;
}

Value apply(BinaryOp op, const Value& left, const Value& right, Position at) {
  try {
    return {combine(op, left, right, at), left.rank_local || right.rank_local};
  } catch (const FractionError& error) {
    throw TextError(
        at, fmt::format("`{} {} {}`: {}", show(left), spelling(op), show(right), error.what()));
  }
}

Value negate(const Value& value, Position at) {
  return apply(BinaryOp::subtract, make_integer(0), value, at);
}

}  // namespace reducecheck
