// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "sim/prove/undecided.hpp"
#include "sim/prove/walk.hpp"

namespace reducecheck::prove {

bool Walk::is_table(const Symbolic& value) const {
  const auto* blocks = std::get_if<Blocks>(&value.data);
  if (blocks == nullptr) return false;
  return std::all_of((*blocks)->begin(), (*blocks)->end(), [&](const Tensor& x) {
    return x.terms.size() == 1 &&
           algebra_.arena().atom(x.terms.front().first.atom).kind == AtomKind::ids;
  });
}

/// Ids that are others on each rank, though nothing of their layout says so: where the rank takes
/// part in them, or a dispatch has taken out those of other ranks.
bool Walk::is_own_table(const Symbolic& value) const {
  if (!is_table(value)) return false;
  const auto& parts = *std::get<Blocks>(value.data);
  const std::function<bool(int)> ranked = [&](int index) {
    const IdTable& table = algebra_.arena().table(index);
    return algebra_.rank_local(table.number) ||
           std::any_of(table.children.begin(), table.children.end(), ranked);
  };
  return std::any_of(parts.begin(), parts.end(), [&](const Tensor& x) {
    const Addend& addend = x.terms.front().first;
    return is_dispatched(addend.rows) || ranked(algebra_.arena().atom(addend.atom).tables.front());
  });
}

/// The table of a single block, or a number as a table.
int Walk::table_of(const Symbolic& value, Position at) {
  if (is_table(value)) {
    const std::vector<Tensor>& parts = blocks(value, at);
    if (parts.size() != 1) throw Undecided("a table of ids in blocks", at);
    return algebra_.arena().atom(parts.front().terms.front().first.atom).tables.front();
  }
  IdTable constant;
  constant.number = names_.arithmetic().number(value, at);
  return algebra_.arena().intern(constant);
}

Symbolic Walk::table_like(int table, const Tensor& like) {
  Tensor result = like;
  Atom atom = algebra_.arena().atom(like.terms.front().first.atom);
  atom.kind = AtomKind::ids;
  atom.tables = {table};
  result.terms.own().front().first.atom = algebra_.arena().intern(atom);
  return make_tensor(result);
}

/// `ids - 0`, and `ids // n` of ids below n: what a group of one rank leaves of slot arithmetic.
std::optional<Symbolic> Walk::folded(BinaryOp op, const Symbolic& left, const Symbolic& right,
                                     Position at) {
  if (!is_table(left) || is_table(right)) return std::nullopt;
  const Polynomial number = names_.arithmetic().number(right, at);
  if ((op == BinaryOp::subtract || op == BinaryOp::add) && number.is_zero()) return left;
  const IdTable& table = algebra_.arena().table(table_of(left, at));
  IdTable constant;
  if (op == BinaryOp::floor_divide && table.range == number && !number.is_zero()) {
    constant.number = 0;
  } else if (op == BinaryOp::equal && table.kind == IdTable::Kind::constant &&
             table.number == number) {
    constant.number = 1;
  } else {
    return std::nullopt;
  }
  return table_like(algebra_.arena().intern(constant), tensor(left, at));
}

Symbolic Walk::table_arithmetic(BinaryOp op, const Symbolic& left, const Symbolic& right,
                                Position at) {
  if (const auto known = folded(op, left, right, at)) return *known;
  IdTable table;
  table.kind = IdTable::Kind::binary;
  table.name = spelling(op);
  table.children = {table_of(left, at), table_of(right, at)};
  const Tensor like = tensor(is_table(left) ? left : right, at);
  if (is_table(left) && is_table(right)) {
    const Tensor other = tensor(right, at);
    if (!(like.terms.front().first.rows == other.terms.front().first.rows)) {
      throw Undecided("two tables of ids that lie differently", at);
    }
  }
  return table_like(algebra_.arena().intern(table), like);
}

/// The logical ids that an index by slot means on every rank, where the arithmetic is one of those
/// that are right: `ids - rank(ep) * (E // ep)` with blocks, also where others' slots were masked
/// out before, and the same through a table that names one physical slot for each expert.
std::optional<int> Walk::logical_ids(const WeightOf& weight, int index) {
  const std::vector<Segment> held = names_.numbers(*weight.decl);
  if (held.size() != 1) return std::nullopt;
  const Segment& own = held.front();
  const bool chunks = own.kind == Segment::Kind::chunk;
  const bool blocks = own.kind == Segment::Kind::block || own.kind == Segment::Kind::range;
  if (!chunks && !blocks) return std::nullopt;
  const Polynomial count =
      chunks ? Polynomial(static_cast<std::int64_t>(own.items.size())) : own.count;
  const Polynomial size = algebra_.size(own.group);
  if (!algebra_.facts().divides(size, count)) return std::nullopt;
  const Polynomial each = count * size.inverse();
  const Polynomial rank = names_.arithmetic().rank(GroupOf{own.group});
  const Arena& arena = algebra_.arena();
  const auto constant = [&](int table, const Polynomial& wanted) {
    const IdTable& node = arena.table(table);
    return node.kind == IdTable::Kind::constant &&
           algebra_.facts().reduced(node.number) == algebra_.facts().reduced(wanted);
  };
  const auto is = [&](int table, const char* op) {
    return arena.table(table).kind == IdTable::Kind::binary && arena.table(table).name == op;
  };
  std::optional<int> mask;
  if (arena.table(index).kind == IdTable::Kind::choose) {
    const IdTable& node = arena.table(index);
    if (!constant(node.children[2], -1) || !is(node.children[0], "==")) return std::nullopt;
    const IdTable& test = arena.table(node.children[0]);
    if (!constant(test.children[1], rank) || !is(test.children[0], "//")) return std::nullopt;
    const IdTable& owner = arena.table(test.children[0]);
    if (!constant(owner.children[1], each)) return std::nullopt;
    mask = owner.children[0];
    index = node.children[1];
  }
  int place = index;
  if (!own.group.empty()) {
    const bool local = is(index, "-") && constant(arena.table(index).children[1], rank * each);
    if (!local) return std::nullopt;
    place = arena.table(index).children[0];
  }
  if (mask && *mask != place) return std::nullopt;
  if (!chunks) return place;
  const IdTable& physical = arena.table(place);
  if (physical.kind != IdTable::Kind::look_up) return std::nullopt;
  for (std::size_t expert = 0; expert < physical.numbers.size(); ++expert) {
    const std::int64_t slot = physical.numbers[expert];
    if (slot < 0 || slot >= static_cast<std::int64_t>(own.items.size())) return std::nullopt;
    const std::int64_t there = own.items[static_cast<std::size_t>(slot)];
    if (there != static_cast<std::int64_t>(expert)) return std::nullopt;
  }
  const IdTable& logical = arena.table(physical.children.front());
  const bool covered =
      logical.range.integer() == static_cast<std::int64_t>(physical.numbers.size());
  return covered ? std::optional(physical.children.front()) : std::nullopt;
}

}  // namespace reducecheck::prove
