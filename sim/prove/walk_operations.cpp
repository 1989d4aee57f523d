// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "sim/prove/undecided.hpp"
#include "sim/prove/walk.hpp"

namespace reducecheck::prove {

std::optional<Symbolic> Walk::operation(const Arguments& call) {
  if (auto value = collective(call)) return value;
  if (auto value = row_operation(call)) return value;
  if (auto value = local_operation(call)) return value;
  return names_.call(call.name, call.values, call.at);
}

const Symbolic* Walk::keyword(const Arguments& call, const std::string& name) const {
  for (std::size_t i = 0; i < call.keywords.size(); ++i) {
    if (call.keywords[i] == name) return &call.values[i];
  }
  return nullptr;
}

Algebra::Dimension Walk::dimension_argument(const Arguments& call) {
  const Symbolic* dim = keyword(call, "dim");
  return dim != nullptr && *dim == Symbolic{std::string("cols")} ? Algebra::Dimension::cols
                                                                 : Algebra::Dimension::rows;
}

Axes Walk::group_argument(const Arguments& call, std::size_t place) {
  if (call.values.size() <= place) throw Undecided("a group is missing", call.at);
  const Axes axes =
      names_.arithmetic().live(names_.arithmetic().group(call.values[place], call.at));
  for (const Axes& guard : guards_) {
    for (const int axis : guard) {
      if (std::find(axes.begin(), axes.end(), axis) == axes.end()) continue;
      throw Mismatch{"mismatched_collective",
                     "a collective that only some ranks of its group call"};
    }
  }
  return axes;
}

std::optional<Symbolic> Walk::local_operation(const Arguments& call) {
  static const std::set<std::string> pointwise = {"act",     "silu",  "gelu", "relu", "tanh",
                                                  "sigmoid", "rsqrt", "exp",  "log",  "quant"};
  const std::string& name = call.name;
  const std::size_t count = call.values.size();
  if (count == 0) return std::nullopt;
  const auto argument = [&](std::size_t i) {
    if (is_own_table(call.values[i])) throw Undecided("ids that are others on each rank", call.at);
    return tensor(call.values[i], call.at);
  };
  if (pointwise.contains(name)) {
    std::vector<Tensor> arguments;
    for (std::size_t i = 0; i < count; ++i) arguments.push_back(argument(i));
    return make_tensor(algebra_.function(name, arguments));
  }
  if (name == "where" && count == 3) return choose(call);
  if (name == "take" && count == 2) return take(call);
  if (name == "topk" && count == 2) {
    auto [values, ids] =
        algebra_.top(argument(0), names_.arithmetic().number(call.values[1], call.at));
    return make_list({make_tensor(values), make_tensor(ids)});
  }
  const bool list = std::holds_alternative<Segments>(call.values[0].data);
  if (list) return std::nullopt;
  if (name == "norm") {
    const Tensor normed = algebra_.norm(argument(0));
    return make_tensor(count == 1 ? normed : algebra_.product(normed, argument(1)));
  }
  const bool tensor_like =
      is_tensor(call.values[0]) || std::holds_alternative<WeightOf>(call.values[0].data);
  if (!tensor_like) return std::nullopt;
  if (name == "sum") {
    return make_tensor(count == 2 ? algebra_.sum_rows(argument(0))
                                  : algebra_.sum_features(argument(0)));
  }
  if (name == "amax" || name == "max") {
    return make_tensor(algebra_.largest(argument(0), name == "amax"));
  }
  return std::nullopt;
}

Symbolic Walk::take(const Arguments& call) {
  if (is_table(call.values[1])) {
    IdTable table;
    table.kind = IdTable::Kind::look_up;
    table.children = {table_of(call.values[1], call.at)};
    bool numbers = true;
    const auto* segments = std::get_if<Segments>(&call.values[0].data);
    if (segments != nullptr && (*segments)->size() == 1 &&
        (*segments)->front().kind == Segment::Kind::range) {
      return call.values[1];  // the list of all numbers
    }
    for (const Symbolic& item : items_of(call.values[0], call.at)) {
      const auto number = names_.arithmetic().number(item, call.at).integer();
      numbers = numbers && number.has_value();
      table.numbers.push_back(number.value_or(0));
    }
    if (!numbers) throw Undecided("a list that depends on sizes", call.at);
    return table_like(algebra_.arena().intern(table), tensor(call.values[1], call.at));
  }
  const Tensor x = tensor(call.values[0], call.at);
  return make_tensor(algebra_.column(x, names_.arithmetic().number(call.values[1], call.at)));
}

/// where(c, a, b) = b + c * (a - b), with c as a tensor of zeros and ones.
Symbolic Walk::choose(const Arguments& call) {
  const Symbolic& condition = call.values[0];
  if (!is_table(condition)) throw Undecided("where() on what is no table of ids", call.at);
  const IdTable& test = algebra_.arena().table(table_of(condition, call.at));
  if (test.kind == IdTable::Kind::constant) return call.values[test.number.is_zero() ? 2 : 1];
  const bool tables = is_table(call.values[1]) || is_table(call.values[2]);
  if (tables) {
    IdTable table;
    table.kind = IdTable::Kind::choose;
    for (const Symbolic& value : call.values) table.children.push_back(table_of(value, call.at));
    return table_like(algebra_.arena().intern(table), tensor(condition, call.at));
  }
  if (is_own_table(condition))
    throw Undecided("where() by ids that are others on each rank", call.at);
  Tensor mask = tensor(condition, call.at);
  const Tensor a = tensor(call.values[1], call.at);
  const Tensor b = tensor(call.values[2], call.at);
  if (mask.terms.size() != 1 || !mask.terms.front().first.roles.empty()) {
    const Tensor shape = algebra_.sum(a, b);
    return make_tensor(algebra_.unknown("where", {mask, a, b}, shape.rows, shape.cols));
  }
  Atom atom = algebra_.arena().atom(mask.terms.front().first.atom);
  atom.kind = AtomKind::mask;
  mask.terms.own().front().first.atom = algebra_.arena().intern(atom);
  const Tensor difference = algebra_.sum(a, algebra_.scaled(b, -1));
  return make_tensor(algebra_.sum(b, algebra_.product(mask, difference)));
}

std::optional<Symbolic> Walk::row_operation(const Arguments& call) {
  const std::string& name = call.name;
  const std::size_t count = call.values.size();
  if (count == 0) return std::nullopt;
  const auto x = [&] { return tensor(call.values[0], call.at); };
  if (name == "cat") return join(call);
  if (!is_tensor(call.values[0])) return std::nullopt;
  if (name == "rows") return Symbolic{x().rows};
  if (name == "width") return Symbolic{x().cols};
  if (name == "pad" && count >= 2) return pad(call);
  if (name == "chunk") {
    const Axes axes = names_.arithmetic().live(names_.arithmetic().group(call.values[1], call.at));
    if (Journey* journey = algebra_.journey()) journey->moved("", axes, x());
    return make_tensor(algebra_.cut(x(), axes, dimension_argument(call)));
  }
  return std::nullopt;
}

Symbolic Walk::pad(const Arguments& call) {
  const Tensor x = tensor(call.values[0], call.at);
  return make_tensor(algebra_.padded(x, names_.arithmetic().number(call.values[1], call.at),
                                     call.values.size() == 3));
}

Symbolic Walk::join(const Arguments& call) {
  std::vector<Symbolic> parts;
  for (std::size_t i = 0; i < call.values.size(); ++i) {
    if (call.keywords[i].empty()) parts.push_back(call.values[i]);
  }
  if (dimension_argument(call) == Algebra::Dimension::rows) {
    std::vector<Tensor> tensors;
    for (const Symbolic& part : parts) tensors.push_back(tensor(part, call.at));
    return make_tensor(algebra_.joined_rows(tensors));
  }
  // Blocks of features stay apart: what reads them knows which belong together.
  auto joined = std::make_shared<std::vector<Tensor>>();
  const bool table =
      std::any_of(parts.begin(), parts.end(), [&](const Symbolic& part) { return is_table(part); });
  for (const Symbolic& part : parts) {
    if (is_tensor(part)) {
      const std::vector<Tensor>& inner = blocks(part, call.at);
      joined->insert(joined->end(), inner.begin(), inner.end());
    } else if (table) {
      IdTable constant;
      constant.number = names_.arithmetic().number(part, call.at);
      Atom atom;
      atom.kind = AtomKind::ids;
      atom.tables = {algebra_.arena().intern(constant)};
      atom.has_rows = false;
      Tensor column;
      column.add({algebra_.arena().intern(atom)}, 1);
      joined->push_back(column);
    } else {
      joined->push_back(tensor(part, call.at));
    }
  }
  return {Blocks(std::move(joined))};
}

std::optional<Symbolic> Walk::collective(const Arguments& call) {
  const std::string& name = call.name;
  if (name == "dispatch") return dispatch(call);
  if (name == "combine") return combine(call);
  static const std::set<std::string> names = {"all_reduce",      "reduce_scatter", "all_gather",
                                              "reduce_scatterv", "all_gatherv",    "broadcast",
                                              "counts"};
  if (!names.contains(name)) return std::nullopt;
  const Axes group = group_argument(call, 1);
  const Tensor x = tensor(call.values[0], call.at);
  const Algebra::Dimension dimension = dimension_argument(call);
  Journey* journey = algebra_.journey();
  if (journey != nullptr && name != "counts") journey->moved(name, group, x);
  if (name == "all_reduce") return reduction(x, group, call);
  if (name == "broadcast") return make_tensor(algebra_.broadcast(x, group));
  if (name == "reduce_scatter") {
    const Polynomial extent = dimension == Algebra::Dimension::rows ? x.rows : x.cols;
    const Tensor summed = algebra_.all_reduce(x, group);
    if (!algebra_.facts().divides(algebra_.size(group), extent)) {
      throw Mismatch{"token_layout", "a reduce_scatter of rows that do not divide"};
    }
    return make_tensor(algebra_.cut(summed, group, dimension));
  }
  if (name == "all_gather") {
    if (x.uneven && !group.empty()) {
      throw Mismatch{"token_layout", "an all_gather of other numbers of rows"};
    }
  }
  if (name == "all_gather" || name == "all_gatherv") {
    const Tensor whole = algebra_.gathered(x, group, dimension);
    if (journey != nullptr) journey->gathered(x, whole);
    return make_tensor(whole);
  }
  if (name == "counts") {
    if (x.uneven && !group.empty()) throw Undecided("counts of uneven rows", call.at);
    return Symbolic{std::make_shared<const std::vector<Segment>>(
        1,
        Segment{Segment::Kind::repeat, std::make_shared<Symbolic>(Symbolic{x.rows}), {}, group})};
  }
  const Polynomial wanted = names_.arithmetic().number(call.values.at(2), call.at);
  const Tensor summed = algebra_.all_reduce(x, group);
  if (auto own = algebra_.cut_to_owners(summed, group, wanted)) return make_tensor(*own);
  const Tensor own = algebra_.cut(summed, group, dimension);
  if (!(own.rows == wanted)) {
    throw Undecided("a reduce_scatterv by other numbers of rows", call.at);
  }
  return make_tensor(own);
}

Symbolic Walk::reduction(const Tensor& x, const Axes& group, const Arguments& call) {
  const Symbolic* op = keyword(call, "op");
  if (op == nullptr && call.values.size() > 2) op = &call.values[2];
  const auto is = [&](const char* word) {
    return op != nullptr && *op == Symbolic{std::string(word)};
  };
  if (op == nullptr || is("sum")) return make_tensor(algebra_.all_reduce(x, group));
  if (is("avg")) return make_tensor(algebra_.average(x, group));
  if (is("max")) return make_tensor(algebra_.all_reduce_max(x, group));
  throw Undecided("a reduction without a rule", call.at);
}

Symbolic Walk::dispatch(const Arguments& call) {
  if (call.values.size() != 5) throw Undecided("dispatch takes five arguments", call.at);
  const auto* weight = std::get_if<WeightOf>(&call.values[3].data);
  if (weight == nullptr || !is_table(call.values[1])) {
    throw Undecided("dispatch needs ids and experts", call.at);
  }
  const Axes group = group_argument(call, 4);
  const Tensor ids = tensor(call.values[1], call.at);
  const Addend& asked = ids.terms.front().first;
  if (!asked.roles.empty()) {
    const Tensor x = tensor(call.values[0], call.at);
    const Tensor p = tensor(call.values[2], call.at);
    const Polynomial rows = x.rows * algebra_.size(group);
    const Tensor gone = algebra_.unknown("dispatch", {x, ids, p}, rows, x.cols);
    return make_list({make_tensor(gone), make_tensor(algebra_.unknown_ids(gone, ids.cols)),
                      make_tensor(algebra_.unknown("dispatch", {ids, p}, rows, p.cols))});
  }
  const int table = algebra_.arena().atom(asked.atom).tables.front();
  const int made = algebra_.dispatch(weight->decl->name, weight->layer, group, table, asked.rows);
  if (Journey* journey = algebra_.journey()) {
    journey->used("dispatch", tensor(call.values[0], call.at));
    journey->used("dispatch", tensor(call.values[2], call.at));
  }
  const auto delivered = [&](std::size_t i) {
    return make_tensor(algebra_.dispatched(tensor(call.values[i], call.at), made));
  };
  return make_list({delivered(0), delivered(1), delivered(2)});
}

Symbolic Walk::combine(const Arguments& call) {
  if (call.values.size() != 4) throw Undecided("combine takes four arguments", call.at);
  const auto* weight = std::get_if<WeightOf>(&call.values[2].data);
  if (weight == nullptr || !is_table(call.values[1])) {
    throw Undecided("combine needs ids and experts", call.at);
  }
  const Axes group = group_argument(call, 3);
  const Tensor back = algebra_.combined(tensor(call.values[0], call.at), weight->decl->name,
                                        weight->layer, group, tensor(call.values[1], call.at));
  if (Journey* journey = algebra_.journey()) journey->started(back);
  return make_tensor(back);
}

}  // namespace reducecheck::prove
