// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "sim/prove/undecided.hpp"
#include "sim/prove/walk.hpp"

namespace reducecheck::prove {

Symbolic Walk::evaluate(const Expr& e) {
  switch (e.kind) {
    case ExprKind::number: return {Polynomial(e.number)};
    case ExprKind::text: return {e.name};
    case ExprKind::truth: return {!(e.number == Fraction(0))};
    case ExprKind::none:
    case ExprKind::absent: return {Nothing{}};
    case ExprKind::name:
      if (auto value = look_up(e.name)) return *value;
      throw Undecided("`" + e.name + "` has no value here", e.at);
    case ExprKind::call: return call(e);
    case ExprKind::index: return index(evaluate(e.children[0]), evaluate(e.children[1]), e.at);
    case ExprKind::slice: return slice(e);
    case ExprKind::negate: {
      const Symbolic value = evaluate(e.children[0]);
      if (!is_tensor(value)) return names_.arithmetic().negated(value, e.at);
      return tensor_arithmetic(BinaryOp::multiply, value, {Polynomial(-1)}, e.at);
    }
    case ExprKind::logical_not:
      return names_.arithmetic().logical_not(evaluate(e.children[0]), e.at);
    case ExprKind::binary: return binary(e);
    case ExprKind::conditional: return conditional(e);
    case ExprKind::list:
    case ExprKind::tuple: {
      std::vector<Symbolic> items;
      for (const Expr& child : e.children) items.push_back(evaluate(child));
      return make_list(std::move(items));
    }
  }
  throw Undecided("an expression without a rule", e.at);
}

Symbolic Walk::binary(const Expr& e) {
  if (e.op == BinaryOp::logical_and || e.op == BinaryOp::logical_or) return logical(e);
  const Symbolic left = evaluate(e.children[0]);
  return arithmetic(e.op, left, evaluate(e.children[1]), e.at);
}

Symbolic Walk::logical(const Expr& e) {
  const Symbolic left = evaluate(e.children[0]);
  const bool is_or = e.op == BinaryOp::logical_or;
  if (std::holds_alternative<RankTest>(left.data)) {
    const Symbolic right = evaluate(e.children[1]);
    if (std::holds_alternative<RankTest>(right.data)) {
      throw Undecided("two rank guards in one condition", e.at);
    }
    return names_.arithmetic().truth(right, e.at) == is_or ? right : left;
  }
  if (names_.arithmetic().truth(left, e.at) == is_or) return left;
  return evaluate(e.children[1]);
}

Symbolic Walk::conditional(const Expr& e) {
  const Symbolic condition = evaluate(e.children[1]);
  if (const auto* test = std::get_if<RankTest>(&condition.data)) {
    guards_.push_back(test->axes);
    const Symbolic then = evaluate(e.children[0]);
    const Symbolic otherwise = evaluate(e.children[2]);
    guards_.pop_back();
    return then == otherwise ? then : merged(then, otherwise, *test);
  }
  return evaluate(e.children[names_.arithmetic().truth(condition, e.at) ? 0 : 2]);
}

Symbolic Walk::arithmetic(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at) {
  const auto tensor_like = [](const Symbolic& value) {
    return is_tensor(value) || std::holds_alternative<WeightOf>(value.data);
  };
  if (is_table(left) || is_table(right)) return table_arithmetic(op, left, right, at);
  if (!tensor_like(left) && !tensor_like(right)) {
    return names_.arithmetic().apply(op, left, right, at);
  }
  return tensor_arithmetic(op, left, right, at);
}

/// Elementwise; what is loose is so no more beside an operand that has the shape on every rank.
Symbolic Walk::tensor_arithmetic(BinaryOp op, const Symbolic& left, const Symbolic& right,
                                 Position at) {
  Tensor a = operand(left, at);
  Tensor b = operand(right, at);
  if (op == BinaryOp::matmul) {
    check_shape(a, at);
    check_shape(b, at);
    return make_tensor(algebra_.matmul(a, b));
  }
  const bool a_loose = std::exchange(a.loose, false);
  const bool b_loose = std::exchange(b.loose, false);
  Tensor result = elementwise(op, a, b, left, right, at);
  const auto fills = [&](const Tensor& x) {
    return x.rows == result.rows && x.cols == result.cols;
  };
  result.loose = (a_loose || b_loose) && (a_loose || !fills(a)) && (b_loose || !fills(b));
  return make_tensor(std::move(result));
}

Tensor Walk::elementwise(BinaryOp op, const Tensor& a, const Tensor& b, const Symbolic& left,
                         const Symbolic& right, Position at) {
  const auto plain_number = [](const Symbolic& value) {
    return std::holds_alternative<Polynomial>(value.data) ||
           std::holds_alternative<bool>(value.data) || std::holds_alternative<GroupOf>(value.data);
  };
  switch (op) {
    case BinaryOp::add: return algebra_.sum(a, b);
    case BinaryOp::subtract: return algebra_.sum(a, algebra_.scaled(b, -1));
    case BinaryOp::multiply:
      if (plain_number(right)) {
        return algebra_.scaled(a, names_.arithmetic().number(right, at));
      }
      if (plain_number(left)) {
        return algebra_.scaled(b, names_.arithmetic().number(left, at));
      }
      return a == b ? algebra_.square(a) : algebra_.product(a, b);
    case BinaryOp::divide:
      if (plain_number(right)) {
        const Polynomial by = names_.arithmetic().number(right, at);
        if (by.is_zero()) throw Undecided("a division by zero", at);
        return algebra_.scaled(a, by.inverse());
      }
      return algebra_.product(a, algebra_.reciprocal(b));
    default: throw Undecided("this operator is not for tensors", at);
  }
}

Symbolic Walk::index(const Symbolic& value, const Symbolic& at_index, Position at) {
  if (const auto* weight = std::get_if<WeightOf>(&value.data)) {
    const auto layer = names_.arithmetic().number(at_index, at).integer();
    if (!layer) throw Undecided("a layer index that depends on sizes", at);
    return {WeightOf{weight->decl, *layer, weight->slots}};
  }
  const std::vector<Symbolic> items = items_of(value, at);
  const auto place = names_.arithmetic().number(at_index, at).integer();
  if (!place) throw Undecided("an index that depends on sizes or ranks", at);
  const auto count = static_cast<std::int64_t>(items.size());
  const std::int64_t i = *place < 0 ? *place + count : *place;
  if (i < 0 || i >= count) throw Undecided("an index beyond the list", at);
  return items[static_cast<std::size_t>(i)];
}

Symbolic Walk::slice(const Expr& e) {
  const Symbolic value = evaluate(e.children[0]);
  const Symbolic begin = evaluate(e.children[1]);
  const Symbolic end = evaluate(e.children[2]);
  const auto bound = [&](const Symbolic& written, const Polynomial& missing) {
    if (std::holds_alternative<Nothing>(written.data)) return missing;
    const Polynomial n = names_.arithmetic().number(written, e.at);
    const auto constant = n.constant();
    return constant && *constant < Fraction(0) ? missing + n : n;
  };
  if (!is_tensor(value)) {
    const std::vector<Symbolic> items = items_of(value, e.at);
    const auto count = static_cast<std::int64_t>(items.size());
    const auto first = bound(begin, 0).integer();
    const auto last = bound(end, count).integer();
    if (!first || !last) throw Undecided("a slice that depends on sizes or ranks", e.at);
    const std::int64_t to = std::clamp<std::int64_t>(*last, 0, count);
    const std::int64_t from = std::clamp<std::int64_t>(*first, 0, to);
    return make_list({items.begin() + from, items.begin() + to});
  }
  const Tensor x = tensor(value, e.at);
  return slice_tensor(x, bound(begin, 0), bound(end, x.rows));
}

/// x[rank(g) * each : (rank(g) + 1) * each] is the rank's chunk over g.
Symbolic Walk::slice_tensor(const Tensor& x, const Polynomial& begin, const Polynomial& end) {
  const Polynomial each = end - begin;
  for (Symbol s = 0; s < algebra_.symbols().size(); ++s) {
    const Axes* axes = names_.arithmetic().ranked(s);
    if (axes == nullptr || !(begin == Polynomial::symbol(s) * each)) continue;
    const Polynomial size = algebra_.size(*axes);
    if (!(each == names_.arithmetic().ceil_div(x.rows, size))) break;
    return make_tensor(algebra_.cut(x, *axes, Algebra::Dimension::rows));
  }
  for (Symbol s = 0; s < algebra_.symbols().size(); ++s) {
    const bool rank = algebra_.symbols().at(s).kind == SymbolKind::rank;
    if (rank && (begin.mentions(s) || end.mentions(s))) {
      throw Undecided("rows cut by rank that are no chunk");
    }
  }
  const auto first = begin.integer();
  const auto last = end.integer();
  const auto rows = x.rows.integer();
  if (first && last && rows) {  // Python's clamping
    const std::int64_t to = std::clamp<std::int64_t>(*last, 0, *rows);
    return make_tensor(algebra_.sliced(x, std::clamp<std::int64_t>(*first, 0, to), to));
  }
  return make_tensor(algebra_.sliced(x, begin, end));
}

Symbolic Walk::call(const Expr& e) {
  const Expr& callee = e.children.front();
  static const std::string no_name;
  Arguments call{callee.kind == ExprKind::name ? callee.name : no_name, {}, e.keywords, e.at};
  const auto function = functions_.find(call.name);
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    // `dim=cols`: a word, not a name.
    const bool word = e.keywords[i - 1] == "dim" && e.children[i].kind == ExprKind::name;
    const bool garbage = call.name == "pad" && e.children[i].kind == ExprKind::name &&
                         e.children[i].name == "garbage";
    const bool rows = call.name == "sum" && i == 2 && e.children[i].kind == ExprKind::name;
    if (function == functions_.end() && (word || garbage || rows)) {
      call.values.push_back({e.children[i].name});
    } else {
      call.values.push_back(evaluate(e.children[i]));
    }
  }
  if (function != functions_.end()) return call_function(*function->second, call);
  if (!call.name.empty()) {
    if (auto value = operation(call)) {
      record(*value);
      return *value;
    }
  }
  const Symbolic value = evaluate(callee);
  const auto* weight = std::get_if<WeightOf>(&value.data);
  if (weight == nullptr) throw Undecided("a call of what is no function", e.at);
  const Symbolic result = call_weight(*weight, call);
  record(result);
  return result;
}

}  // namespace reducecheck::prove
