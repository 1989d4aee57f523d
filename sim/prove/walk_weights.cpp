// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/prove/undecided.hpp"
#include "sim/prove/walk.hpp"

namespace reducecheck::prove {

Tensor Walk::weight_value(const WeightOf& weight) {
  const WeightDecl& decl = *weight.decl;
  Atom atom;
  atom.name = decl.name;
  atom.layer = weight.layer;
  if (decl.kind == WeightKind::scalar) {
    std::string name = decl.name;
    if (weight.layer != 0) name += "[" + std::to_string(weight.layer) + "]";
    return algebra_.number(Polynomial::symbol(algebra_.symbols().add(name, SymbolKind::scalar)));
  }
  Tensor result;
  if (decl.kind == WeightKind::vector) {
    const Dimension width = held(decl.dimensions[0]);
    atom.kind = AtomKind::vector;
    atom.has_rows = false;
    result.cols = width.extent * algebra_.size(width.split).inverse();
    result.add({algebra_.arena().intern(atom), {}, {}, features(width.split)}, 1);
    return result;
  }
  if (decl.kind != WeightKind::linear) throw Undecided("this weight is no tensor", decl.at);
  const Dimension in = held(decl.dimensions[0]);
  const Dimension out = held(decl.dimensions[1]);
  atom.kind = AtomKind::matrix;
  atom.has_cols = !out.extent.is_one();
  result.rows = in.extent * algebra_.size(in.split).inverse();
  result.cols = out.extent * algebra_.size(out.split).inverse();
  result.add({algebra_.arena().intern(atom), {}, features(in.split), features(out.split)}, 1);
  return result;
}

Axes Walk::inner_split(const WeightDecl& decl) {
  return held(decl.dimensions.back()).split;
}

Symbolic Walk::call_weight(const WeightOf& weight, const Arguments& call) {
  const WeightDecl& decl = *weight.decl;
  switch (decl.kind) {
    case WeightKind::linear:
      return make_tensor(algebra_.matmul(tensor(call.values.at(0), call.at), weight_value(weight)));
    case WeightKind::mlp:
      return make_tensor(algebra_.mlp(decl.name, weight.layer, tensor(call.values.at(0), call.at),
                                      inner_split(decl)));
    case WeightKind::experts: return call_experts(weight, call);
    case WeightKind::table: return call_table(weight, call);
    case WeightKind::vector:
    case WeightKind::scalar: break;
  }
  throw Undecided("a call of a weight that is no function", call.at);
}

Symbolic Walk::call_experts(const WeightOf& weight, const Arguments& call) {
  if (call.values.size() != 3) throw Undecided("experts take three arguments", call.at);
  const Tensor x = tensor(call.values[0], call.at);
  const Symbolic& ids = call.values[1];
  const Symbolic& p = call.values[2];
  const std::size_t count = is_tensor(ids) ? blocks(ids, call.at).size() : 1;
  if (count == 1) return make_tensor(routed(weight, x, ids, tensor(p, call.at), call.at));
  const bool paired = is_tensor(p) && blocks(p, call.at).size() == count;
  if (!paired && is_tensor(p)) throw Undecided("ids and factors in other blocks", call.at);
  std::optional<Tensor> result;
  for (std::size_t i = 0; i < count; ++i) {
    const Symbolic one = make_tensor(blocks(ids, call.at)[i]);
    const Tensor factor = paired ? blocks(p, call.at)[i] : tensor(p, call.at);
    const Tensor part = routed(weight, x, one, factor, call.at);
    result = result ? algebra_.sum(*result, part) : part;
  }
  return make_tensor(*result);
}

/// One block of ids: the sum over what the ranks hold.
Tensor Walk::routed(const WeightOf& weight, const Tensor& x, const Symbolic& ids, const Tensor& p,
                    Position at) {
  const int table = table_of(ids, at);
  const std::string& name = weight.decl->name;
  const std::string by_ids = layer_name(name, weight.layer) + " by ids " + std::to_string(table);
  const Tensor nowhere = algebra_.unknown(by_ids, {x, p}, x.rows, x.cols);
  if (is_table(ids)) {
    const Tensor rows = tensor(ids, at);
    const Addend& asked = rows.terms.front().first;
    const bool has_rows = algebra_.arena().atom(asked.atom).has_rows;
    const bool alike = !has_rows || std::all_of(x.terms.begin(), x.terms.end(), [&](const auto& t) {
      return !algebra_.arena().atom(t.first.atom).has_rows || t.first.rows == asked.rows;
    });
    if (!asked.roles.empty() || !alike) return nowhere;
  }
  if (weight.slots) {
    const auto logical = logical_ids(weight, table);
    if (!logical) {
      Tensor index;
      IdTable slot;
      slot.kind = IdTable::Kind::unknown;
      slot.children = {table};
      Atom atom;
      atom.kind = AtomKind::ids;
      atom.tables = {algebra_.arena().intern(slot)};
      index.add({algebra_.arena().intern(atom)}, 1);
      return algebra_.unknown(by_ids + " in slots", {x, p, index}, x.rows, x.cols);
    }
    const Axes owners = whole_ ? Axes{} : names_.numbers(*weight.decl).front().group;
    const Tensor part =
        algebra_.experts(name, weight.layer, x, *logical, p, owners, inner_split(*weight.decl));
    return algebra_.answered(part, name, weight.layer, owners);
  }
  Tensor result{x.rows, x.cols, {}, x.uneven};
  if (whole_) {  // the reference has every expert once
    const IdTable& asked = algebra_.arena().table(table);
    const bool none =
        asked.kind == IdTable::Kind::constant && algebra_.facts().less(asked.number, 0);
    if (none) return result;
    return algebra_.experts(name, weight.layer, x, table, p, {}, {});
  }
  for (const Segment& segment : names_.numbers(*weight.decl)) {
    add_owned(weight, segment, x, table, p, result);
  }
  return result;
}

void Walk::add_owned(const WeightOf& weight, const Segment& segment, const Tensor& x, int ids,
                     const Tensor& p, Tensor& into) {
  const std::string& name = weight.decl->name;
  const auto found = owned(segment, ids);
  if (!found) {
    const std::string of = layer_name(name, weight.layer) + " by ids " + std::to_string(ids);
    accumulate(into, algebra_.unknown(of, {x, p}, x.rows, x.cols));
    return;
  }
  const auto& [times, axes] = *found;
  if (times.is_zero()) return;
  const Tensor part =
      algebra_.experts(name, weight.layer, x, ids, p, axes, inner_split(*weight.decl));
  accumulate(into, algebra_.answered(part, name, weight.layer, axes), times);
}

/// How often the ids are found in what `segment` holds, and over which axes the finds are spread.
std::optional<std::pair<Polynomial, Axes>> Walk::owned(const Segment& segment, int ids) {
  const IdTable& table = algebra_.arena().table(ids);
  Facts& facts = algebra_.facts();
  const bool one = table.kind == IdTable::Kind::constant;
  if (!one && table.range.is_zero()) return std::nullopt;
  const auto number = [&](const Segment& item) {
    return names_.arithmetic().number(*item.value, {});
  };
  switch (segment.kind) {
    case Segment::Kind::range:
    case Segment::Kind::block: {
      const bool all =
          one ? facts.less(table.number, segment.count) : facts.equal(table.range, segment.count);
      if (one && facts.less(table.number, 0)) return std::pair{Polynomial(0), Axes{}};
      if (!all && !one) return std::nullopt;
      return std::pair{Polynomial(all ? 1 : 0), segment.group};
    }
    case Segment::Kind::item: {
      const Polynomial held = number(segment);
      if (one) return std::pair{Polynomial(facts.equal(held, table.number) ? 1 : 0), Axes{}};
      if (facts.less(held, 0) || !facts.less(held, table.range)) {
        return std::pair{Polynomial(0), Axes{}};
      }
      return std::nullopt;  // some of the ids, not all
    }
    case Segment::Kind::chunk: {
      const auto range = table.range.integer();
      const auto asked = table.number.integer();
      std::optional<std::int64_t> times;
      const std::int64_t first = one ? asked.value_or(-2) : 0;
      const std::int64_t last = one ? first + 1 : range.value_or(0);
      if (first == -2 || last <= first) return std::nullopt;
      for (std::int64_t expert = first; expert < last; ++expert) {
        const auto count = std::count(segment.items.begin(), segment.items.end(), expert);
        if (times && *times != count) return std::nullopt;
        times = count;
      }
      return std::pair{Polynomial(*times), segment.group};
    }
    case Segment::Kind::repeat: break;
  }
  return std::nullopt;
}

Symbolic Walk::call_table(const WeightOf& weight, const Arguments& call) {
  const WeightDecl& decl = *weight.decl;
  if (call.values.empty() || !is_table(call.values[0]))
    throw Undecided("a table needs ids", call.at);
  const Tensor ids = tensor(call.values[0], call.at);
  Tensor factor = call.values.size() > 1 ? tensor(call.values[1], call.at) : algebra_.number(1);
  // Rows of the ids: a factor that is one number takes them.
  Tensor rows = algebra_.scaled(ids, 0);
  factor = algebra_.sum(factor, rows);
  const Addend& asked = ids.terms.front().first;
  const Dimension width = held(decl.dimensions[1]);
  const Polynomial cols = width.extent * algebra_.size(width.split).inverse();
  Tensor result{ids.rows, cols, {}, ids.uneven};
  const int table = table_of(call.values[0], call.at);
  if (whole_) {
    return make_tensor(algebra_.table(decl.name, weight.layer, table, asked.rows, factor, {},
                                      features(width.split), cols));
  }
  for (const Segment& segment : names_.numbers(decl)) {
    const auto found = owned(segment, table);
    if (!found || !asked.roles.empty() || is_dispatched(asked.rows)) {
      const std::string of = layer_name(decl.name, weight.layer);
      accumulate(result, algebra_.unknown(of, {ids, factor}, ids.rows, cols));
      continue;
    }
    const Tensor part = algebra_.table(decl.name, weight.layer, table, asked.rows, factor,
                                       found->second, features(width.split), cols);
    accumulate(result, part, found->first);
  }
  return make_tensor(result);
}

}  // namespace reducecheck::prove
