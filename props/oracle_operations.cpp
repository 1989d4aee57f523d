// SPDX-License-Identifier: Apache-2.0
// Operations on tensors: what a reference program may call.
#include <algorithm>

#include "props/oracle_program.hpp"

namespace reducecheck::oracle {
namespace {

std::int64_t floor_of(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  const std::int64_t truncated = a / b;
  return truncated * b != a && (a < 0) != (b < 0) ? truncated - 1 : truncated;
}

std::int64_t on_ids(BinaryOp op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case BinaryOp::add: return a + b;
    case BinaryOp::subtract: return a - b;
    case BinaryOp::multiply: return a * b;
    case BinaryOp::floor_divide: return floor_of(a, b);
    case BinaryOp::modulo: return a - floor_of(a, b) * b;
    case BinaryOp::equal: return a == b;
    case BinaryOp::not_equal: return a != b;
    case BinaryOp::less: return a < b;
    case BinaryOp::less_equal: return a <= b;
    case BinaryOp::greater: return a > b;
    case BinaryOp::greater_equal: return a >= b;
    default: throw OracleError("an operator that ids do not have");
  }
}

}  // namespace

Tensor Program::input(const Layout& layout) {
  const std::vector<Token>& tokens = question_.tokens.at(layout.name);
  const Expr& features = layout.features;
  const bool ids = features.kind == ExprKind::call;  // index(range)
  Tensor result{{}, ids ? 1 : size(features), ids};
  const Matrix source{"input " + layout.name};
  for (const Token& token : tokens) {
    const Word row = static_cast<Word>(token.owner) << 32 | static_cast<Word>(token.index);
    std::vector<Word>& numbers = result.rows.emplace_back();
    if (ids) {
      numbers.push_back(numbers_.bits(source, row, 0) % size(features.children[1]));
      continue;
    }
    for (std::size_t j = 0; j < result.width; ++j) {
      numbers.push_back(numbers_.content(source, row, j));
    }
  }
  return result;
}

/// A weight as a value is its matrix; a number is one row and one column.
Tensor Program::tensor(const Value& value) {
  if (const auto* tensor = std::get_if<Tensor>(&value.data)) return *tensor;
  if (const auto* number = std::get_if<Fraction>(&value.data)) {
    return {{{numbers_.number(*number)}}, 1};
  }
  const auto* weight = std::get_if<WeightName>(&value.data);
  if (weight == nullptr) throw OracleError("a tensor is missing");
  const Matrix source{weight->decl->name, weight->layer};
  const std::vector<Expr>& dimensions = weight->decl->dimensions;
  switch (weight->decl->kind) {
    case WeightKind::scalar:
      if (std::ranges::find(scenario_.assume.positive, source.name) !=
          scenario_.assume.positive.end()) {
        numbers_.assume_positive(numbers_.content(source, 0, 0));
      }
      return numbers_.matrix(source, 1, 1);
    case WeightKind::vector: return numbers_.matrix(source, 1, size(dimensions[0]));
    case WeightKind::linear:
      return numbers_.matrix(source, size(dimensions[0]), size(dimensions[1]));
    default: throw OracleError(weight->decl->name + " is a function, not a value");
  }
}

Value Program::combine(BinaryOp op, const Value& left, const Value& right) {
  if (is_ids(left) || is_ids(right)) {
    const auto ids = [&](const Value& v) {
      return is_ids(v) ? tensor(v) : Tensor{{{static_cast<Word>(integer(v))}}, 1, true};
    };
    return {Numbers::zip(ids(left), ids(right), [op](Word a, Word b) {
      return static_cast<Word>(
          on_ids(op, static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)));
    })};
  }
  if (op == BinaryOp::matmul) return {numbers_.product(tensor(left), tensor(right))};
  // Configuration numbers are exact: x / 4 is x times the fraction 1/4 in every domain.
  if (const auto* number = std::get_if<Fraction>(&right.data);
      op == BinaryOp::divide && number != nullptr) {
    return combine(BinaryOp::multiply, left, {Fraction(1) / *number});
  }
  return {Numbers::zip(tensor(left), tensor(right), [&](Word a, Word b) {
    switch (op) {
      case BinaryOp::add: return numbers_.add(a, b);
      case BinaryOp::subtract: return numbers_.subtract(a, b);
      case BinaryOp::multiply: return numbers_.multiply(a, b);
      case BinaryOp::divide: return numbers_.divide(a, b);
      default: throw OracleError("an operator that tensors do not have");
    }
  })};
}

Value Program::call(const Expr& e) {
  Arguments arguments;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    Value value = evaluate(e.children[i]);
    if (e.keywords[i - 1] == "dim") {
      arguments.columns = std::get<std::string>(value.data) == "cols";
      continue;
    }
    arguments.values.push_back(std::move(value));
    arguments.keywords.push_back(e.keywords[i - 1]);
  }
  if (e.children[0].kind == ExprKind::name) {
    const std::string& callee = e.children[0].name;
    if (const auto found = functions_.find(callee); found != functions_.end()) {
      return call_function(*found->second, arguments);
    }
    if (auto value = call_list_function(callee, arguments.values)) return *value;
    if (auto value = call_operation(callee, arguments)) return *value;
  }
  const Value callee = evaluate(e.children[0]);
  return call_weight(std::get<WeightName>(callee.data), arguments.values);
}

Value Program::call_function(const Stmt& function, const Arguments& arguments) {
  frames_.emplace_back();
  std::size_t positional = 0;
  for (std::size_t i = 0; i < arguments.values.size(); ++i) {
    const std::string& keyword = arguments.keywords[i];
    frames_.back()[keyword.empty() ? function.parameters.at(positional++).name : keyword] =
        arguments.values[i];
  }
  for (const Parameter& parameter : function.parameters) {
    if (!frames_.back().contains(parameter.name)) {
      frames_.back()[parameter.name] = evaluate(parameter.fallback);
    }
  }
  Value result = execute(function.body).value_or(Value{});
  frames_.pop_back();
  return result;
}

Value Program::call_weight(const WeightName& weight, const std::vector<Value>& arguments) {
  const WeightDecl& decl = *weight.decl;
  const Matrix source{decl.name, weight.layer};
  const auto ids = [&](const Value& v) {
    return is_ids(v) ? tensor(v) : Tensor{{{static_cast<Word>(integer(v))}}, 1, true};
  };
  switch (decl.kind) {
    case WeightKind::linear: return {numbers_.product(tensor(arguments.at(0)), tensor({weight}))};
    case WeightKind::mlp:
      return {numbers_.gated(tensor(arguments.at(0)), source, size(decl.dimensions[0]))};
    case WeightKind::experts:
      return {numbers_.experts(tensor(arguments.at(0)), ids(arguments.at(1)),
                               tensor(arguments.at(2)), source, size(decl.dimensions[1]))};
    case WeightKind::table: {
      const Tensor weights = arguments.size() > 1 ? tensor(arguments[1]) : tensor({Fraction(1)});
      return {numbers_.table(ids(arguments.at(0)), weights, source, size(decl.dimensions[1]))};
    }
    case WeightKind::vector:
    case WeightKind::scalar: break;
  }
  throw OracleError(decl.name + " is a value, not a function");
}

std::optional<Value> Program::call_list_function(const std::string& name,
                                                 const std::vector<Value>& all) {
  if (std::ranges::any_of(all, [](const Value& v) { return v.data.index() >= 4; })) return {};
  const auto* list = std::get_if<std::vector<Value>>(&all.at(0).data);
  const std::vector<Value>& items = list == nullptr ? all : *list;
  if (name == "range") {
    std::vector<Value> numbers;
    const std::int64_t begin = all.size() == 2 ? integer(all[0]) : 0;
    for (std::int64_t i = begin; i < integer(all.back()); ++i) numbers.push_back({Fraction(i)});
    return Value{numbers};
  }
  if (name == "len") return Value{Fraction(static_cast<std::int64_t>(items.size()))};
  if (name == "ceil_div") return Value{Fraction(-floor_of(-integer(all[0]), integer(all.at(1))))};
  if (name != "sum" && name != "min" && name != "max") return {};
  Fraction result = name == "sum" ? Fraction(0) : std::get<Fraction>(items.at(0).data);
  for (const Value& item : items) {
    const Fraction& next = std::get<Fraction>(item.data);
    if (name == "sum") result = result + next;
    if (name == "min" ? next < result : name == "max" && result < next) result = next;
  }
  return Value{result};
}

std::optional<Value> Program::call_operation(const std::string& name, const Arguments& arguments) {
  static const std::vector<std::string> opaque = {"act",   "silu",    "gelu",  "relu", "tanh",
                                                  "quant", "sigmoid", "rsqrt", "exp",  "log"};
  const std::vector<Value>& args = arguments.values;
  if (name == "topk") {
    const auto [values, ids] =
        numbers_.topk(tensor(args.at(0)), static_cast<std::size_t>(integer(args.at(1))));
    return Value{std::vector<Value>{{values}, {ids}}};
  }
  if (name == "take") return take(args.at(0), args.at(1));
  if (name == "cat") return concatenate(arguments);
  if (name == "where") return select(args);
  if (name == "norm") {
    const Tensor normal = numbers_.norm(tensor(args.at(0)));
    return args.size() == 1 ? Value{normal} : combine(BinaryOp::multiply, {normal}, args[1]);
  }
  if (name == "sum" && args.size() == 2) return Value{numbers_.sum_of_rows(tensor(args[0]))};
  if (name == "sum") return Value{numbers_.sum_of_features(tensor(args.at(0)))};
  if (name == "max") return Value{Numbers::largest_of_rows(tensor(args.at(0)))};
  if (name == "amax") return Value{Numbers::largest(tensor(args.at(0)))};
  if (name == "rows" || name == "width") {
    const Tensor x = tensor(args.at(0));
    return Value{Fraction(static_cast<std::int64_t>(name == "rows" ? x.rows.size() : x.width))};
  }
  if (std::ranges::find(opaque, name) == opaque.end()) return {};
  const Tensor scale = args.size() == 2 ? tensor(args[1]) : tensor({Fraction(0)});
  return Value{Numbers::zip(tensor(args.at(0)), scale, [&](Word x, Word s) {
    return args.size() == 2 ? numbers_.opaque(name, {x, s}) : numbers_.opaque(name, {x});
  })};
}

}  // namespace reducecheck::oracle
