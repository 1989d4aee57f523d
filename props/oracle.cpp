// SPDX-License-Identifier: Apache-2.0
// Statements, names and plain values.
#include "props/oracle.hpp"

#include <algorithm>

#include "props/oracle_program.hpp"

namespace reducecheck::oracle {
namespace {

bool truth(const Value& value) {
  if (const auto* number = std::get_if<Fraction>(&value.data)) return !(*number == Fraction(0));
  if (const auto* word = std::get_if<std::string>(&value.data)) return !word->empty();
  if (const auto* list = std::get_if<std::vector<Value>>(&value.data)) return !list->empty();
  if (std::holds_alternative<std::monostate>(value.data)) return false;
  throw OracleError("a tensor steers control flow");
}

bool same(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) return false;
  if (const auto* number = std::get_if<Fraction>(&a.data)) {
    return *number == std::get<Fraction>(b.data);
  }
  if (const auto* word = std::get_if<std::string>(&a.data)) {
    return *word == std::get<std::string>(b.data);
  }
  if (const auto* list = std::get_if<std::vector<Value>>(&a.data)) {
    return std::ranges::equal(*list, std::get<std::vector<Value>>(b.data), same);
  }
  return true;
}

/// Python's `a[begin:end]` of `size` things: where it begins and ends.
std::pair<std::size_t, std::size_t> bounds(std::optional<std::int64_t> begin,
                                           std::optional<std::int64_t> end, std::size_t size) {
  const auto n = static_cast<std::int64_t>(size);
  const auto from_end = [n](std::int64_t i) {
    return std::clamp<std::int64_t>(i < 0 ? i + n : i, 0, n);
  };
  const std::int64_t first = begin ? from_end(*begin) : 0;
  const std::int64_t last = std::max(first, end ? from_end(*end) : n);
  return {static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

}  // namespace

std::map<std::string, Rows> evaluate_reference(const Scenario& scenario, const Question& question) {
  return Program(scenario, question).run();
}

std::map<std::string, Rows> Program::run() {
  for (const Layout& layout : scenario_.inputs) frames_[0][layout.name] = {input(layout)};
  for (const Stmt& statement : scenario_.reference) {
    if (statement.kind == StmtKind::function) functions_[statement.name] = &statement;
  }
  execute(scenario_.reference);
  std::map<std::string, Rows> outputs;
  for (const Layout& layout : scenario_.outputs) {
    outputs[layout.name] = tensor(frames_[0].at(layout.name)).rows;
  }
  return outputs;
}

std::optional<Value> Program::execute(const std::vector<Stmt>& body) {
  for (const Stmt& statement : body) {
    if (auto result = execute(statement)) return result;
  }
  return std::nullopt;
}

std::optional<Value> Program::execute(const Stmt& statement) {
  switch (statement.kind) {
    case StmtKind::assign:
      assign(statement.targets, evaluate(statement.value));
      break;
    case StmtKind::augment:
      assign(statement.targets,
             binary(statement.op, name(statement.targets[0]), evaluate(statement.value)));
      break;
    case StmtKind::result:
      return evaluate(statement.value);
    case StmtKind::branch:
      return execute(truth(evaluate(statement.value)) ? statement.body : statement.otherwise);
    case StmtKind::loop: {
      const Value items = evaluate(statement.value);
      for (const Value& item : std::get<std::vector<Value>>(items.data)) {
        assign(statement.targets, item);
        if (auto result = execute(statement.body)) return result;
      }
      break;
    }
    case StmtKind::pass:
    case StmtKind::section:
    case StmtKind::function:
      break;
  }
  return std::nullopt;
}

void Program::assign(const std::vector<std::string>& targets, const Value& value) {
  if (targets.size() == 1) {
    frames_.back()[targets[0]] = value;
    return;
  }
  const auto& items = std::get<std::vector<Value>>(value.data);
  if (items.size() != targets.size()) throw OracleError("names and values do not pair");
  for (std::size_t i = 0; i < targets.size(); ++i) frames_.back()[targets[i]] = items[i];
}

Value Program::evaluate(const Expr& e) {
  switch (e.kind) {
    case ExprKind::number:
    case ExprKind::truth:
      return {e.number};
    case ExprKind::text:
      return {e.name};
    case ExprKind::none:
    case ExprKind::absent:
      return {};
    case ExprKind::name:
      return name(e.name);
    case ExprKind::negate:
      return binary(BinaryOp::subtract, {Fraction(0)}, evaluate(e.children[0]));
    case ExprKind::logical_not:
      return {Fraction(truth(evaluate(e.children[0])) ? 0 : 1)};
    case ExprKind::conditional:
      return evaluate(e.children[truth(evaluate(e.children[1])) ? 0 : 2]);
    case ExprKind::list:
    case ExprKind::tuple: {
      std::vector<Value> items;
      for (const Expr& child : e.children) items.push_back(evaluate(child));
      return {items};
    }
    case ExprKind::binary: {
      Value left = evaluate(e.children[0]);
      if (e.op == BinaryOp::logical_and && !truth(left)) return left;
      if (e.op == BinaryOp::logical_or && truth(left)) return left;
      Value right = evaluate(e.children[1]);
      if (e.op == BinaryOp::logical_and || e.op == BinaryOp::logical_or) return right;
      return binary(e.op, left, right);
    }
    case ExprKind::index:
      return index(e);
    case ExprKind::slice:
      return slice(e);
    case ExprKind::call:
      return call(e);
  }
  throw OracleError("an unknown kind of expression");
}

Value Program::name(const std::string& written) {
  for (const auto* frame : {&frames_.back(), &frames_.front()}) {
    if (const auto found = frame->find(written); found != frame->end()) return found->second;
  }
  std::string name = written;
  for (const Alias& alias : scenario_.aliases) {
    if (alias.name == written) name = alias.target;
  }
  if (const auto found = question_.switches.find(name); found != question_.switches.end()) {
    if (const auto* word = std::get_if<std::string>(&found->second)) return {*word};
    if (const auto* flag = std::get_if<bool>(&found->second)) return {Fraction(*flag ? 1 : 0)};
    return {Fraction(std::get<std::int64_t>(found->second))};
  }
  if (const auto found = question_.sizes.find(name); found != question_.sizes.end()) {
    return {Fraction(found->second)};
  }
  // The reference holds every slot, so that slots are logical numbers here.
  if (name.ends_with(".slots")) name.resize(name.size() - std::string(".slots").size());
  for (const WeightDecl& weight : scenario_.weights) {
    if (weight.name == name) return {WeightName{&weight, 0}};
  }
  if (name == "rows" || name == "cols") return {name};
  throw OracleError("no value for " + written);
}

Value Program::index(const Expr& e) {
  Value value = evaluate(e.children[0]);
  std::int64_t position = integer(evaluate(e.children[1]));
  if (auto* weight = std::get_if<WeightName>(&value.data)) {
    weight->layer = position;
    return value;
  }
  const auto& items = std::get<std::vector<Value>>(value.data);
  if (position < 0) position += static_cast<std::int64_t>(items.size());
  return items.at(static_cast<std::size_t>(position));
}

Value Program::slice(const Expr& e) {
  const Value value = evaluate(e.children[0]);
  const auto bound = [&](std::size_t child) -> std::optional<std::int64_t> {
    if (e.children[child].kind == ExprKind::absent) return std::nullopt;
    return integer(evaluate(e.children[child]));
  };
  const auto cut = [&](const auto& items) {
    const auto [first, last] = bounds(bound(1), bound(2), items.size());
    return std::decay_t<decltype(items)>(items.begin() + static_cast<std::ptrdiff_t>(first),
                                         items.begin() + static_cast<std::ptrdiff_t>(last));
  };
  if (const auto* list = std::get_if<std::vector<Value>>(&value.data)) return {cut(*list)};
  const Tensor whole = tensor(value);
  return {Tensor{cut(whole.rows), whole.width, whole.ids}};
}

Value Program::binary(BinaryOp op, const Value& left, const Value& right) {
  const auto* a = std::get_if<Fraction>(&left.data);
  const auto* b = std::get_if<Fraction>(&right.data);
  const auto is_list = [](const Value& v) {
    return std::holds_alternative<std::vector<Value>>(v.data);
  };
  const auto any = [&] {
    return std::ranges::any_of(std::get<std::vector<Value>>(right.data),
                               [&](const Value& item) { return same(left, item); });
  };
  if (op == BinaryOp::in) return {Fraction(any() ? 1 : 0)};
  if (op == BinaryOp::not_in) return {Fraction(any() ? 0 : 1)};
  const auto is_tensor = [](const Value& v) { return v.data.index() >= 4; };
  if (is_tensor(left) || is_tensor(right)) return combine(op, left, right);
  if (op == BinaryOp::equal) return {Fraction(same(left, right) ? 1 : 0)};
  if (op == BinaryOp::not_equal) return {Fraction(same(left, right) ? 0 : 1)};
  if (op == BinaryOp::add && is_list(left) && is_list(right)) {
    auto items = std::get<std::vector<Value>>(left.data);
    const auto& more = std::get<std::vector<Value>>(right.data);
    items.insert(items.end(), more.begin(), more.end());
    return {items};
  }
  if (a == nullptr || b == nullptr) throw OracleError("an operator without numbers");
  switch (op) {
    case BinaryOp::add:
      return {*a + *b};
    case BinaryOp::subtract:
      return {*a - *b};
    case BinaryOp::multiply:
      return {*a * *b};
    case BinaryOp::divide:
      return {*a / *b};
    case BinaryOp::floor_divide:
      return {floor_divide(*a, *b)};
    case BinaryOp::modulo:
      return {modulo(*a, *b)};
    case BinaryOp::less:
      return {Fraction(*a < *b ? 1 : 0)};
    case BinaryOp::less_equal:
      return {Fraction(*b < *a ? 0 : 1)};
    case BinaryOp::greater:
      return {Fraction(*b < *a ? 1 : 0)};
    case BinaryOp::greater_equal:
      return {Fraction(*a < *b ? 0 : 1)};
    default:
      throw OracleError("an operator that numbers do not have");
  }
}

std::int64_t Program::integer(const Value& value) {
  const auto* number = std::get_if<Fraction>(&value.data);
  if (number == nullptr || !number->is_integer()) throw OracleError("an integer is missing");
  return number->numerator();
}

std::size_t Program::size(const Expr& dimension) {
  const bool split = dimension.kind == ExprKind::binary && dimension.op == BinaryOp::divide;
  return static_cast<std::size_t>(integer(evaluate(split ? dimension.children[0] : dimension)));
}

}  // namespace reducecheck::oracle
