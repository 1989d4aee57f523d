// SPDX-License-Identifier: Apache-2.0
// Operators and calls of the text.
#include "scenarios/unroll/limits.hpp"
#include "sim/proof_check/walk.hpp"

namespace reducecheck::proof_check {
namespace {

Polynomial read(const Json& table, const char* key) {
  Polynomial result;
  if (!table.contains(key)) return result;
  for (const Json& term : table.at(key)) {
    result[term[2].get<Monomial>()] =
        Fraction(term[0].get<std::int64_t>(), term[1].get<std::int64_t>());
  }
  return result;
}

bool is_ids(const Rules& rules, const Value& value) {
  const auto* x = std::get_if<Tensor>(&value.is);
  return x != nullptr && x->terms.size() == 1 &&
         rules.at(x->terms.begin()->first.atom).at("kind") == "ids";
}

}  // namespace

Value Walk::binary(BinaryOp op, const Value& a, const Value& b) {
  const auto like = [](const Value& value) {
    return std::holds_alternative<Tensor>(value.is) || std::holds_alternative<Weight>(value.is);
  };
  if (like(a) || like(b)) {
    require(!is_ids(rules_, a) && !is_ids(rules_, b), "outside the checker's rules: ids computed");
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
  const auto* first = std::get_if<List>(&a.is);
  const auto* second = std::get_if<List>(&b.is);
  if (op == BinaryOp::add && first != nullptr && second != nullptr) {
    List both = *first;
    both.insert(both.end(), second->begin(), second->end());
    require(both.size() <= 4096, "outside the checker's rules: a list so long");
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
  const auto* guard = std::get_if<Guard>(&a.is);
  if (guard == nullptr) return {compared(op, a, b)};
  const bool zero = scalar(b).empty();
  require(zero && (op == BinaryOp::equal || op == BinaryOp::not_equal || op == BinaryOp::greater),
          "outside the checker's rules: a rank that is not compared with the first");
  return {Guard{guard->axes, op == BinaryOp::equal}};
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
  require(whole, "outside the checker's rules: a division with a remainder");
  return {modulo_wanted ? Polynomial{} : a * inverse(b)};
}

bool Walk::compared(BinaryOp op, const Value& a, const Value& b) {
  if (op == BinaryOp::in || op == BinaryOp::not_in) {
    require(std::holds_alternative<List>(b.is),
            "outside the checker's rules: `in` what is no list");
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
    require(std::holds_alternative<Weight>(callee.is), "outside the checker's rules: " + made.name);
    value = call_weight(std::get<Weight>(callee.is), made);
  }
  claim(*value);
  return *value;
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
  if (name == "topk") {
    const Tensor x = tensor(arguments[0]);
    const Polynomial k = scalar(arguments[1]);
    const Clean where = rules_.clean({x});
    require(where.cols.is_null() || where.cols.empty(),
            "outside the checker's rules: topk of cut features");
    const bool rows = !where.rows.is_null();
    const Json values = {{"kind", "top_values"}, {"number", to_json(k)}, {"forms", where.forms}};
    const Json top = {{"kind", "top"},
                      {"number", to_json(k)},
                      {"range", to_json(facts_.reduced(x.cols))},
                      {"forms", where.forms}};
    const Json ids = {{"kind", "ids"}, {"tables", {top}}};
    const Clean place{{}, where.rows, {}};
    return Value{List{{Rules::single(rules_.node(values, rows, true), x.rows, k, place, rules_)},
                      {Rules::single(rules_.node(ids, rows, true), x.rows, k, place, rules_)}}};
  }
  if (name == "norm") {
    const Tensor normed = rules_.norm(tensor(arguments[0]));
    return Value{count == 1 ? normed : rules_.product(normed, tensor(arguments[1]))};
  }
  if (name == "take" && like) {
    require(!is_ids(rules_, arguments[1]), "outside the checker's rules: ids looked up");
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

std::optional<Value> Walk::configured(const Call& call) {
  const std::string& name = call.name;
  const List& arguments = call.arguments;
  if (name == "size") return Value{scalar(arguments[0])};
  if (name == "rank") {
    const Axes axes = live(arguments[0]);
    return axes.empty() ? Value{number(0)} : Value{Guard{axes}};
  }
  if (name == "range" && arguments.size() == 1) {
    const auto count = integer(scalar(arguments[0]));
    if (!count) return Value{List{{Block{scalar(arguments[0]), {}}}}};
    require(*count <= 4096, "outside the checker's rules: a list so long");
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
  require(arguments.size() > place, "outside the checker's rules: this call of " + call.name);
  const Axes group = live(arguments[place]);
  for (const Axes& guard : guards_) {
    for (const std::string& axis : guard) {
      const bool some = std::find(group.begin(), group.end(), axis) != group.end();
      require(!some || call.name == "chunk", "a collective that only some ranks of its group call");
    }
  }
  const auto word = [&](const char* keyword) {
    const auto found = call.keywords.find(keyword);
    const auto* text =
        found == call.keywords.end() ? nullptr : std::get_if<std::string>(&found->second.is);
    return text == nullptr ? std::string() : *text;
  };
  const bool rows = word("dim") != "cols";
  if (place == 1) {
    const Tensor x = tensor(arguments[0]);
    if (call.name == "chunk") return Value{rules_.cut(x, group, rows)};
    if (call.name == "reduce_scatter")
      return Value{rules_.cut(rules_.all_reduce(x, group), group, rows)};
    if (call.name != "all_reduce" && call.name != "broadcast")
      return Value{rules_.gathered(x, group, rows)};
    if (call.name == "broadcast") {
      for (const auto& [addend, by] : x.terms) {
        require(addend.roles.empty(), "outside the checker's rules: a broadcast of parts");
      }
      return Value{rules_.all_reduce(x, group, true)};
    }
    const std::string op = word("op");
    require(arguments.size() == 2 && (op.empty() || op == "sum" || op == "avg" || op == "max"),
            "outside the checker's rules: this reduction");
    const Tensor sum = rules_.all_reduce(x, group, op == "max");
    return Value{op == "avg" ? rules_.scaled(sum, inverse(rules_.size(group))) : sum};
  }
  const auto* own = std::get_if<Weight>(&arguments[place - 1].is);
  require(own != nullptr && is_ids(rules_, arguments[1]), "outside the checker's rules: no ids");
  const Tensor ids = tensor(arguments[1]);
  const std::string& name = own->decl->name;
  if (call.name == "combine")
    return Value{rules_.combined(tensor(arguments[0]), ids, name, own->layer, group)};
  List views;
  for (std::size_t i = 0; i < 3; ++i) {
    views.push_back({rules_.dispatched(tensor(arguments[i]), ids, name, own->layer, group)});
  }
  return Value{views};
}

Value Walk::call_weight(const Weight& own, const Call& call) {
  const WeightDecl& decl = *own.decl;
  const List& arguments = call.arguments;
  require(!arguments.empty(), "too few arguments");
  if (decl.kind == WeightKind::linear) return {rules_.matmul(tensor(arguments[0]), tensor({own}))};
  Json what = {{"kind", spelling(decl.kind)}, {"name", decl.name}, {"layer", own.layer}};
  if (decl.kind == WeightKind::mlp) {
    const Tensor x = tensor(arguments[0]);
    const Clean where = rules_.clean({x});
    what["forms"] = where.forms;
    Tensor one = rules_.constant(number(1));
    one.rows = x.rows;
    const Axes inner = dimension(decl.dimensions[0], whole_).second;
    return {rules_.weighted(what, one, where, x.cols, Json::array(), {}, inner)};
  }
  if (decl.kind == WeightKind::experts) {
    require(arguments.size() == 3, "experts take three arguments");
    return {routed(own, tensor(arguments[0]), arguments[1], tensor(arguments[2]))};
  }
  require(decl.kind == WeightKind::table && is_ids(rules_, arguments[0]),
          "outside the checker's rules: this weight");
  const Tensor ids = tensor(arguments[0]);
  require(ids.terms.begin()->first.roles.empty(), "outside the checker's rules: ids in parts");
  const Tensor factor =
      rules_.sum(arguments.size() > 1 ? tensor(arguments[1]) : rules_.constant(number(1)),
                 rules_.scaled(ids, {}));
  const auto [width, split] = dimension(decl.dimensions[1], whole_);
  what["tables"] = Json::array({table(arguments[0])});
  const Clean where{{}, ids.terms.begin()->first.rows, {}};
  const Polynomial cols = width * inverse(rules_.size(split));
  Tensor result{ids.rows, cols, {}};
  for (const Value& numbers : whole_ ? List{{Block{}}} : numbers(decl)) {
    const auto [times, axes] =
        whole_ ? std::pair(number(1), Axes{}) : owned(numbers, what["tables"][0]);
    result = rules_.sum(
        result, rules_.scaled(rules_.weighted(what, factor, where, cols, split, axes, {}), times));
  }
  return {result};
}

Tensor Walk::routed(const Weight& own, const Tensor& x, const Value& ids, const Tensor& p) {
  const WeightDecl& decl = *own.decl;
  const Clean where = rules_.clean({x});
  if (is_ids(rules_, ids)) {
    const Addend& asked = std::get<Tensor>(ids.is).terms.begin()->first;
    require(asked.roles.empty() &&
                (where.rows.is_null() || !rules_.has(asked.atom, 'r') || where.rows == asked.rows),
            "outside the checker's rules: ids that lie otherwise than the rows");
  }
  const Json what = {{"kind", "experts"},
                     {"name", decl.name},
                     {"layer", own.layer},
                     {"forms", where.forms},
                     {"tables", {table(ids)}}};
  Tensor factor = p;
  factor.rows = x.rows;
  const Axes inner = dimension(decl.dimensions[1], whole_).second;
  Tensor result{x.rows, x.cols, {}};
  for (const Value& numbers : whole_ ? List{{Block{}}} : numbers(decl)) {
    const auto [times, axes] =
        whole_ ? std::pair(number(1), Axes{}) : owned(numbers, what["tables"][0]);
    if (times.empty()) continue;
    const Tensor part = rules_.weighted(what, factor, where, x.cols, Json::array(), axes, inner);
    result =
        rules_.sum(result, rules_.scaled(rules_.answered(part, decl.name, own.layer, axes), times));
  }
  return result;
}

List Walk::numbers(const WeightDecl& decl) {
  const Expr& e = decl.dimensions[0];
  const bool split = e.kind == ExprKind::binary && e.op == BinaryOp::divide;
  const Value value = split ? Value{} : frame(e);
  if (const auto* list = std::get_if<List>(&value.is)) return *list;
  const auto [count, axes] = split ? dimension(e, false) : std::pair(scalar(value), Axes{});
  return {{Block{count, axes}}};
}

/// How often the ids are found in what the rank holds, and over which axes the finds are spread.
std::pair<Polynomial, Axes> Walk::owned(const Value& held, const Json& table) {
  const bool one = table.at("kind") == "constant";
  const Polynomial asked = read(table, one ? "number" : "range");
  if (const auto* block = std::get_if<Block>(&held.is)) {
    if (one && facts_.less(asked, {})) return {{}, {}};
    const bool all = one ? facts_.less(asked, block->count) : facts_.equal(asked, block->count);
    require(all || one, "outside the checker's rules: ids of some of the experts");
    return {number(all ? 1 : 0), block->axes};
  }
  const Polynomial item = scalar(held);
  if (one) return {number(facts_.equal(item, asked) ? 1 : 0), {}};
  require(facts_.less(item, {}) || !facts_.less(item, asked),
          "outside the checker's rules: some ids");
  return {{}, {}};
}

}  // namespace reducecheck::proof_check
