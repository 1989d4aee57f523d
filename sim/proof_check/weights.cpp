// SPDX-License-Identifier: Apache-2.0
// Calls of weights, and which rank holds what of them.
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

}  // namespace

/// As a tensor; numbers are constants and weights are values.
Tensor Walk::tensor(const Value& value) {
  if (const auto* x = std::get_if<Tensor>(&value.is)) return *x;
  const auto* own = std::get_if<Weight>(&value.is);
  if (own == nullptr) return rules_.constant(scalar(value));
  const WeightDecl& decl = *own->decl;
  const std::string layer = own->layer == 0 ? "" : "[" + std::to_string(own->layer) + "]";
  if (decl.kind == WeightKind::scalar) return rules_.constant(symbol(decl.name + layer));
  const bool vector = decl.kind == WeightKind::vector;
  within_rules(vector || decl.kind == WeightKind::linear, "this weight");
  const Json what = {
      {"kind", vector ? "vector" : "matrix"}, {"name", decl.name}, {"layer", own->layer}};
  const auto [out, cols] = dimension(decl.dimensions.back(), whole_);
  const auto [in, rows] =
      vector ? std::pair(number(1), Axes{}) : dimension(decl.dimensions[0], whole_);
  Addend addend{rules_.node(what, !vector, vector || out != number(1))};
  addend.rows = rows;
  addend.cols = cols;
  return {in * inverse(rules_.size(rows)), out * inverse(rules_.size(cols)), {{addend, number(1)}}};
}

Json Walk::table(const Value& ids) {
  if (is_ids(ids)) {
    return rules_.at(std::get<Tensor>(ids.is).terms.begin()->first.atom).at("tables")[0];
  }
  Json constant = {{"kind", "constant"}, {"range", Json::array()}};
  const Polynomial value = scalar(ids);
  if (!value.empty()) constant["number"] = to_json(value);
  return constant;
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
  return call_table(own, call);
}

Value Walk::call_table(const Weight& own, const Call& call) {
  const WeightDecl& decl = *own.decl;
  const List& arguments = call.arguments;
  Json what = {{"kind", spelling(decl.kind)}, {"name", decl.name}, {"layer", own.layer}};
  within_rules(decl.kind == WeightKind::table && is_ids(arguments[0]), "this weight");
  const Tensor ids = tensor(arguments[0]);
  const Addend& asked = ids.terms.begin()->first;
  // What a dispatch delivers names, on each rank, only what is that rank's.
  within_rules(asked.roles.empty() && (asked.rows.empty() || asked.rows.back().is_string()),
               "ids in parts, or delivered ones");
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
  Tensor factor = p;
  if (is_ids(ids)) {
    const Tensor& index = std::get<Tensor>(ids.is);
    const Addend& asked = index.terms.begin()->first;
    within_rules(asked.roles.empty() &&
                     (!rules_.has(asked.atom, 'r') || where.rows == asked.rows) &&
                     facts_.equal(x.rows, index.rows),
                 "ids that lie otherwise than the rows");
    static_cast<void>(rules_.sum(p, rules_.scaled(index, {})));  // as many factors as ids
  }
  require(rules_.common(x, p, true) == x.rows, "factors of another number than the rows");
  const Json what = {{"kind", "experts"},
                     {"name", decl.name},
                     {"layer", own.layer},
                     {"forms", where.forms},
                     {"tables", {table(ids)}}};
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
    within_rules(all || one, "ids of some of the experts");
    return {number(all ? 1 : 0), block->axes};
  }
  const Polynomial item = scalar(held);
  if (one) return {number(facts_.equal(item, asked) ? 1 : 0), {}};
  within_rules(facts_.less(item, {}) || !facts_.less(item, asked), "some ids");
  return {{}, {}};
}

}  // namespace reducecheck::proof_check
