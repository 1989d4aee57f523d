// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {
namespace {

// Parts of a contraction are named by the tensor that was cut, and by what was cut of it.
constexpr int by_inner = 0;
constexpr int by_owner = 1;
int part_id(int atom, int cut) {
  return 2 * atom + cut;
}

void add_parts(Addend& addend, const Axes& axes, int id) {
  for (const int axis : axes) addend.roles.push_back({axis, Role::Kind::part, id});
  std::sort(addend.roles.begin(), addend.roles.end());
}

}  // namespace

std::string layer_name(const std::string& weight, std::int64_t layer) {
  return layer == 0 ? weight : weight + "[" + std::to_string(layer) + "]";
}

/// One addend of `x` times one of a matrix: the features of the first are the rows of the second.
std::optional<Addend> Algebra::contracted(const Addend& x, const Addend& matrix) {
  if (x.varying() || matrix.varying() || !matrix.roles.empty()) return std::nullopt;
  if (x.has_maximum()) return std::nullopt;
  const bool constant = !arena_.atom(x.atom).has_cols;
  if (!constant && !(x.cols == matrix.rows)) return std::nullopt;
  const std::vector<Digit>& digits = matrix.rows.logical;
  if (std::any_of(digits.begin(), digits.end(), [](const Digit& d) { return !d.held(); })) {
    return std::nullopt;
  }
  Addend result = x;
  int product = 0;
  result.atom = outside(x.atom, &Atom::has_cols, [&](int inside) {
    Atom atom;
    atom.kind = AtomKind::matmul;
    atom.children = {inside, matrix.atom};
    atom.has_rows = arena_.atom(inside).has_rows;
    atom.has_cols = arena_.atom(matrix.atom).has_cols;
    product = arena_.intern(atom);
    return product;
  });
  result.cols = matrix.cols;
  add_cut_parts(result, product, matrix.rows);
  return result;
}

Tensor Algebra::matmul(const Tensor& x, const Tensor& matrix) {
  if (journey_ != nullptr) journey_->contracted(x);
  Tensor result{x.rows, matrix.cols, {}, x.uneven};
  for (const auto& [left, c] : x.terms) {
    for (const auto& [right, d] : matrix.terms) {
      if (const auto addend = contracted(left, right)) {
        result.add(*addend, c * d);
        continue;
      }
      const Tensor one{x.rows, x.cols, {{left, 1}}, x.uneven};
      const Tensor other{matrix.rows, matrix.cols, {{right, 1}}};
      accumulate(result, unknown("matmul", {one, other}, x.rows, matrix.cols), c * d);
    }
  }
  return result;
}

Tensor Algebra::mlp(const std::string& name, std::int64_t layer, const Tensor& x,
                    const Axes& inner) {
  if (x.terms.empty()) return x;  // what holds no bias keeps zero
  Clean where = clean(argument(x, name));
  fill_padding(where, x, name, true);
  if (!where.yes || !where.cols.whole())
    return unknown(layer_name(name, layer), {x}, x.rows, x.cols);
  Atom atom;
  atom.kind = AtomKind::mlp;
  atom.name = name;
  atom.layer = layer;
  atom.forms = where.forms;
  atom.has_rows = where.has_rows;
  Addend addend{arena_.intern(atom), {}, where.has_rows ? where.rows : Layout{}, {}};
  add_parts(addend, inner, part_id(addend.atom, by_inner));
  Tensor result{x.rows, x.cols, {}, x.uneven};
  result.add(addend, 1);
  return result;
}

Tensor Algebra::experts(const std::string& name, std::int64_t layer, const Tensor& x, int ids,
                        const Tensor& factor, const Axes& owners, const Axes& inner) {
  Tensor result{x.rows, x.cols, {}, x.uneven};
  if (x.terms.empty()) return result;
  const Clean where = clean(argument(x, name));
  for (const auto& [p, coefficient] : factor.terms) {
    const Atom& weight = arena_.atom(p.atom);
    const bool fits = !p.varying() && !p.has_maximum() &&
                      (!weight.has_rows || !where.has_rows || p.rows == where.rows) &&
                      p.cols.whole();
    if (!where.yes || !where.cols.whole() || !fits) {
      const Tensor one{factor.rows, factor.cols, {{p, 1}}, factor.uneven};
      const std::string of = layer_name(name, layer) + " by ids " + std::to_string(ids);
      accumulate(result, unknown(of, {x, one}, x.rows, x.cols), coefficient);
      continue;
    }
    Clean filled = where;
    fill_padding(filled, x, name, true);
    Addend addend{0, p.roles, weight.has_rows ? p.rows : filled.rows, {}};
    int whole = 0;
    addend.atom = outside(p.atom, &Atom::has_cols, [&](int inside) {
      Atom atom;
      atom.kind = AtomKind::experts;
      atom.name = name;
      atom.layer = layer;
      atom.children = {inside};
      atom.forms = where.forms;
      atom.tables = {ids};
      whole = arena_.intern(atom);
      return whole;
    });
    add_parts(addend, owners, part_id(whole, by_owner));
    add_parts(addend, inner, part_id(whole, by_inner));
    result.add(addend, coefficient);
  }
  return result;
}

Tensor Algebra::answered(const Tensor& out, const std::string& name, std::int64_t layer,
                         const Axes& owners) {
  Tensor result{out.rows, out.cols, {}, out.uneven};
  for (const auto& [addend, coefficient] : out.terms) {
    const std::vector<Digit>& digits = addend.rows.logical;
    if (digits.empty() || digits.front().kind != Digit::Kind::dispatch) {
      result.add(addend, coefficient);
      continue;
    }
    const Dispatch& made = dispatches_[static_cast<std::size_t>(*digits.front().from.integer())];
    if (made.weight != name || made.layer != layer) {
      result.add(unknown_addend("experts of another dispatch", addend, out), coefficient);
      continue;
    }
    Addend held = addend;
    Axes others;
    for (const int axis : made.group) {
      if (std::find(owners.begin(), owners.end(), axis) == owners.end()) others.push_back(axis);
    }
    for (const int factor : factors(addend.atom)) {
      const Atom& atom = arena_.atom(factor);
      const bool own = atom.kind == AtomKind::experts && atom.name == name && atom.layer == layer;
      if (!own) continue;
      // Ids that did not come by the dispatch are the same on every member, and each answers.
      if (atom.tables.front() != made.ids) others.clear();
      add_parts(held, others, part_id(factor, by_owner));
      break;
    }
    result.add(held, coefficient);
  }
  return result;
}

Tensor Algebra::table(const std::string& name, std::int64_t layer, int ids, const Layout& rows,
                      const Tensor& factor, const Axes& owners, const Layout& cols,
                      const Polynomial& width) {
  Tensor result{factor.rows, width, {}, factor.uneven};
  for (const auto& [p, coefficient] : factor.terms) {
    const bool fits = !arena_.atom(p.atom).has_rows || p.rows == rows;
    if (p.varying() || p.has_maximum() || !p.cols.whole() || !fits) {
      const Tensor one{factor.rows, factor.cols, {{p, 1}}, factor.uneven};
      const std::string of = layer_name(name, layer) + " by ids " + std::to_string(ids);
      accumulate(result, unknown(of, {one}, factor.rows, width), coefficient);
      continue;
    }
    Addend addend{0, p.roles, rows, cols};
    int whole = 0;
    addend.atom = outside(p.atom, &Atom::has_cols, [&](int inside) {
      Atom atom;
      atom.kind = AtomKind::table;
      atom.name = name;
      atom.layer = layer;
      atom.children = {inside};
      atom.tables = {ids};
      whole = arena_.intern(atom);
      return whole;
    });
    add_parts(addend, owners, part_id(whole, by_owner));
    result.add(addend, coefficient);
  }
  return result;
}

int Algebra::dispatch(const std::string& weight, std::int64_t layer, const Axes& group, int ids,
                      const Layout& rows) {
  const Dispatch made{weight, layer, group, ids, rows};
  const auto known = std::find(dispatches_.begin(), dispatches_.end(), made);
  if (known != dispatches_.end()) return static_cast<int>(known - dispatches_.begin());
  dispatches_.push_back(made);
  return static_cast<int>(dispatches_.size()) - 1;
}

/// A view of the rows of all members: the same on each of them.
Tensor Algebra::dispatched(const Tensor& x, int dispatch) {
  const Dispatch& made = dispatches_[static_cast<std::size_t>(dispatch)];
  Tensor result{x.rows * size(made.group), x.cols};
  Layout delivered;
  delivered.logical = {{Digit::Kind::dispatch, -1, -1, dispatch}};
  for (const auto& [addend, coefficient] : x.terms) {
    const bool has_rows = arena_.atom(addend.atom).has_rows;
    const bool plain = addend.roles.empty() && (!has_rows || addend.rows == made.rows);
    if (!plain) {
      const Tensor one{x.rows, x.cols, {{addend, 1}}, x.uneven};
      const std::string name = "dispatch " + std::to_string(dispatch);
      accumulate(result, unknown(name, {one}, result.rows, x.cols), coefficient);
      continue;
    }
    Addend sent = addend;
    if (has_rows) sent.rows = delivered;
    result.add(sent, coefficient);
  }
  return result;
}

/// What the owners of the experts computed for a row, summed: it pays the parts by owner over the
/// axes of the group, and nothing else.
Tensor Algebra::combined(const Tensor& out, const std::string& weight, std::int64_t layer,
                         const Axes& group, const Tensor& ids) {
  Tensor result{ids.rows, out.cols, {}, ids.uneven};
  for (const auto& [addend, coefficient] : out.terms) {
    const std::vector<Digit>& digits = addend.rows.logical;
    const bool delivered = digits.size() == 1 && digits.front().kind == Digit::Kind::dispatch;
    Addend back = addend;
    bool known = delivered && !addend.varying() && ids.terms.size() == 1;
    int asked_ids = -1;
    if (known) {
      const Dispatch& made = dispatches_[static_cast<std::size_t>(*digits.front().from.integer())];
      const Addend& asked = ids.terms.front().first;
      const Atom& table = arena_.atom(asked.atom);
      known = made.weight == weight && made.layer == layer && made.group == group &&
              table.kind == AtomKind::ids && table.tables.front() == made.ids &&
              asked.rows == made.rows;
      back.rows = made.rows;
      asked_ids = made.ids;
    }
    for (const int axis : group) {
      const auto pays = [&](const Role& role) {
        if (role.axis != axis || role.kind != Role::Kind::part) return false;
        const Atom& of = arena_.atom(role.id / 2);
        return role.id % 2 == by_owner && of.kind == AtomKind::experts && of.name == weight &&
               of.layer == layer && of.tables.front() == asked_ids;
      };
      const auto found = std::find_if(back.roles.begin(), back.roles.end(), pays);
      known = known && found != back.roles.end();
      if (found != back.roles.end()) back.roles.erase(found);
      known = known && !back.has_role(axis);
    }
    if (known) {
      result.add(back, coefficient);
    } else {
      const Tensor one{out.rows, out.cols, {{addend, 1}}};
      std::string name = "combine of " + layer_name(weight, layer) + " over";
      for (const int axis : group) name += " " + symbols_.at(axis).name;
      accumulate(result, unknown(name, {one, ids}, result.rows, out.cols), coefficient);
    }
  }
  return result;
}

}  // namespace reducecheck::prove
