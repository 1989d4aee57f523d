// SPDX-License-Identifier: Apache-2.0
// Operators and calls of the text.
#include "scenarios/unroll/limits.hpp"
#include "sim/proof_check/walk.hpp"

namespace reducecheck::proof_check {
Value Walk::call(const Expr& e) {
  Call made{e.children[0].kind == ExprKind::name ? e.children[0].name : "", {}, {}};
  const auto function = functions_.find(made.name);
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const std::string& keyword = e.keywords[i - 1];
    const bool word = function == functions_.end() && e.children[i].kind == ExprKind::name &&
                      (keyword == "dim" || (made.name == "sum" && i == 2) || made.name == "pad");
    const Value value =
        word && (keyword == "dim" || i >= 2) ? Value{e.children[i].name} : evaluate(e.children[i]);
    if (keyword.empty()) made.arguments.push_back(value);
    if (!keyword.empty()) made.keywords[keyword] = value;
  }
  if (function != functions_.end()) return call_function(*function->second, made);
  auto value = made.arguments.empty() ? std::nullopt : operation(made);
  if (!value) {
    const Value callee = evaluate(e.children[0]);
    within_rules(std::holds_alternative<Weight>(callee.is), made.name);
    value = call_weight(std::get<Weight>(callee.is), made);
  }
  claim(*value);
  return *value;
}

const Value& Walk::argument(const Call& call, std::size_t place) const {
  require(place < call.arguments.size(), "too few arguments of " + call.name);
  return call.arguments[place];
}

Value Walk::call_function(const Stmt& function, const Call& call) {
  require(static_cast<std::int64_t>(frames_.size()) <= Limits::calls, "calls too deep");
  require(call.arguments.size() <= function.parameters.size(), "too many arguments");
  Names names = call.keywords;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    names[function.parameters[i].name] = call.arguments[i];
  }
  frames_.push_back(names);
  for (const Parameter& parameter : function.parameters) {
    if (frames_.back().contains(parameter.name)) continue;
    require(parameter.fallback.kind != ExprKind::absent, "too few arguments");
    const Value value = evaluate(parameter.fallback);
    frames_.back()[parameter.name] = value;
  }
  Value result;
  try {
    block(function.body);
  } catch (const Returned& returned) {
    result = returned.value;
  }
  frames_.pop_back();
  return result;
}

std::optional<Value> Walk::operation(const Call& call) {
  static const std::set<std::string> pointwise = {"act",   "silu",    "gelu",  "relu", "tanh",
                                                  "quant", "sigmoid", "rsqrt", "exp",  "log"};
  const std::string& name = call.name;
  const List& arguments = call.arguments;
  const std::size_t count = arguments.size();
  if (pointwise.contains(name)) {
    std::vector<Tensor> tensors;
    for (const Value& value : arguments) tensors.push_back(tensor(value));
    return Value{rules_.function(name, tensors)};
  }
  if (auto value = collective(call)) return value;
  const bool like = std::holds_alternative<Tensor>(arguments[0].is);
  if (name == "topk") return top(tensor(arguments[0]), scalar(argument(call, 1)));
  if (name == "norm") {
    const Tensor normed = rules_.norm(tensor(arguments[0]));
    return Value{count == 1 ? normed : rules_.product(normed, tensor(argument(call, 1)))};
  }
  if (name == "take" && like) {
    within_rules(!is_ids(argument(call, 1)), "ids looked up");
    return Value{rules_.column(tensor(arguments[0]), scalar(arguments[1]))};
  }
  if (name == "sum" && like && count == 1) return Value{rules_.sum_cols(tensor(arguments[0]))};
  if ((name == "max" || name == "amax") && like) {
    return Value{rules_.largest(tensor(arguments[0]), name == "amax")};
  }
  if (name == "rows" && like) return Value{tensor(arguments[0]).rows};
  if (name == "width" && like) return Value{tensor(arguments[0]).cols};
  return configured(call);
}

Value Walk::top(const Tensor& x, const Polynomial& k) {
  const Clean where = rules_.clean({x});
  within_rules(where.cols.is_null() || where.cols.empty(), "topk of cut features");
  const bool rows = !where.rows.is_null();
  const Json values = {{"kind", "top_values"}, {"number", to_json(k)}, {"forms", where.forms}};
  const Json top = {{"kind", "top"},
                    {"number", to_json(k)},
                    {"range", to_json(facts_.reduced(x.cols))},
                    {"forms", where.forms}};
  const Json ids = {{"kind", "ids"}, {"tables", {top}}};
  const Clean place{{}, where.rows, {}};
  return {List{{Rules::single(rules_.node(values, rows, k != number(1)), x.rows, k, place, rules_)},
               {Rules::single(rules_.node(ids, rows, k != number(1)), x.rows, k, place, rules_)}}};
}

std::optional<Value> Walk::configured(const Call& call) {
  const std::string& name = call.name;
  const List& arguments = call.arguments;
  if (name == "size") return Value{scalar(arguments[0])};
  if (name == "rank") {
    const Axes axes = live(arguments[0]);
    return axes.empty() ? Value{number(0)} : Value{Rank{axes}};
  }
  if (name == "range" && arguments.size() == 1) {
    const auto count = integer(scalar(arguments[0]));
    if (!count) return Value{List{{Block{scalar(arguments[0]), {}}}}};
    within_rules(*count <= 4096, "a list so long");
    List items;
    for (std::int64_t i = 0; i < *count; ++i) items.push_back({number(i)});
    return Value{items};
  }
  if (name == "block" && arguments.size() == 2) {
    const Block block{scalar(arguments[0]), live(arguments[1])};
    if (!facts_.divides(rules_.size(block.axes), block.count)) throw Empty{};
    return Value{List{{block}}};
  }
  if ((name == "min" || name == "max") && arguments.size() > 1) {
    Polynomial best = scalar(arguments[0]);
    for (const Value& one : arguments) {
      const bool less =
          name == "min" ? facts_.less(scalar(one), best) : facts_.less(best, scalar(one));
      if (less) best = scalar(one);
    }
    return Value{best};
  }
  return std::nullopt;
}

std::optional<Value> Walk::collective(const Call& call) {
  static const std::set<std::string> names = {"all_reduce",  "reduce_scatter", "all_gather",
                                              "all_gatherv", "broadcast",      "chunk",
                                              "dispatch",    "combine"};
  if (!names.contains(call.name)) return std::nullopt;
  const List& arguments = call.arguments;
  const std::size_t place = call.name == "dispatch" ? 4 : call.name == "combine" ? 3 : 1;
  within_rules(arguments.size() > place, "this call of " + call.name);
  const Axes group = live(arguments[place]);
  for (const Axes& guard : guards_) {
    for (const std::string& axis : guard) {
      const bool some = std::find(group.begin(), group.end(), axis) != group.end();
      require(!some || call.name == "chunk", "a collective that only some ranks of its group call");
    }
  }
  return place == 1 ? moved(call, group) : view(call, group);
}

Value Walk::moved(const Call& call, const Axes& group) {
  const List& arguments = call.arguments;
  const auto word = [&](const char* keyword) -> std::string {
    const auto found = call.keywords.find(keyword);
    if (found == call.keywords.end()) return "";
    require(std::holds_alternative<std::string>(found->second.is), "a word is needed here");
    return std::get<std::string>(found->second.is);
  };
  const bool rows = word("dim") != "cols";
  const Tensor x = tensor(arguments[0]);
  if (call.name == "chunk") return {rules_.cut(x, group, rows)};
  if (call.name == "reduce_scatter") return {rules_.cut(rules_.all_reduce(x, group), group, rows)};
  if (call.name != "all_reduce" && call.name != "broadcast")
    return {rules_.gathered(x, group, rows)};
  if (call.name == "broadcast") {
    for (const auto& [addend, by] : x.terms) {
      within_rules(addend.roles.empty(), "a broadcast of parts");
    }
    return {rules_.all_reduce(x, group, true)};
  }
  const std::string op = word("op");
  within_rules(arguments.size() == 2 && (op.empty() || op == "sum" || op == "avg" || op == "max"),
               "this reduction");
  const Tensor sum = rules_.all_reduce(x, group, op == "max");
  return {op == "avg" ? rules_.scaled(sum, inverse(rules_.size(group))) : sum};
}

Value Walk::view(const Call& call, const Axes& group) {
  const List& arguments = call.arguments;
  const std::size_t place = call.name == "dispatch" ? 4 : 3;
  const auto* own = std::get_if<Weight>(&arguments[place - 1].is);
  within_rules(own != nullptr && is_ids(arguments[1]), "no ids");
  const Tensor ids = tensor(arguments[1]);
  const std::string& name = own->decl->name;
  if (call.name == "combine")
    return {rules_.combined(tensor(arguments[0]), ids, name, own->layer, group)};
  List views;
  for (std::size_t i = 0; i < 3; ++i) {
    views.push_back({rules_.dispatched(tensor(arguments[i]), ids, name, own->layer, group)});
  }
  return {views};
}

}  // namespace reducecheck::proof_check
