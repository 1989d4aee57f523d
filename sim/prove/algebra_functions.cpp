// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {
namespace {

bool keeps_zero(const std::string& name) {
  static const std::set<std::string> names = {"act", "silu", "gelu", "relu", "tanh", "quant"};
  return names.count(name) != 0;
}

}  // namespace

/// A function may be named by its argument only where every addend is complete and all lie alike.
Algebra::Clean Algebra::clean(std::span<const Tensor> arguments) {
  Clean result;
  for (const Tensor& x : arguments) {
    Form form;
    for (const auto& [addend, coefficient] : x.terms) {
      const Atom& atom = arena_.atom(addend.atom);
      if (!addend.roles.empty()) result.yes = false;
      if (atom.has_rows) {
        if (result.has_rows && !(result.rows == addend.rows)) result.yes = false;
        result.has_rows = true;
        result.rows = addend.rows;
      }
      if (atom.has_cols) {
        if (result.has_cols && !(result.cols == addend.cols)) result.yes = false;
        result.has_cols = true;
        result.cols = addend.cols;
      }
      form.emplace_back(addend.atom, coefficient);
    }
    if (!result.yes) return result;
    result.forms.push_back(arena_.intern(form));
  }
  return result;
}

Tensor Algebra::from_atom(int atom, const Clean& where, const Polynomial& rows,
                          const Polynomial& cols) const {
  Tensor result{rows, cols};
  const Atom& node = arena_.atom(atom);
  result.add(
      {atom, {}, node.has_rows ? where.rows : Layout{}, node.has_cols ? where.cols : Layout{}}, 1);
  return result;
}

Tensor Algebra::function(const std::string& name, const std::vector<Tensor>& arguments) {
  Tensor shape = arguments.front();
  std::vector<Tensor> taken;
  for (const Tensor& x : arguments) {
    taken.push_back(argument(x, name));
    shape = {common_rows(shape, x), common_cols(shape, x), {}, shape.uneven || x.uneven};
  }
  return applied(name, taken, shape);
}

Tensor Algebra::applied(const std::string& name, const std::vector<Tensor>& arguments,
                        const Tensor& shape) {
  if (arguments.front().terms.empty() && keeps_zero(name)) return shape;
  Clean where = clean(arguments);
  if (!where.yes) return unknown(name, arguments, shape.rows, shape.cols);
  fill_padding(where, arguments.front(), name, keeps_zero(name) || name == "square");
  Atom atom;
  atom.kind = AtomKind::function;
  atom.name = name;
  atom.forms = where.forms;
  atom.has_rows = where.has_rows;
  atom.has_cols = where.has_cols;
  Tensor result = from_atom(arena_.intern(atom), where, shape.rows, shape.cols);
  result.uneven = shape.uneven;
  return result;
}

/// x * x, taken as one function of x: of a long residual stream the expanded square would have a
/// term for each pair of layers. The content of the form is taken out of it.
Tensor Algebra::square(const Tensor& x) {
  if (x.terms.empty()) return x;
  const bool number = x.terms.size() == 1 && factors(x.terms.front().first.atom).empty();
  if (number || !clean(x).yes || !x.terms.front().second.is_monomial()) return product(x, x);
  const Polynomial content = x.terms.front().second;
  const Tensor monic = scaled(x, content.inverse());
  pass(monic, "square");  // not yet a use: the sum that follows is
  const Tensor shape{x.rows, x.cols, {}, x.uneven};
  return scaled(applied("square", {monic}, shape), content * content);
}

bool Algebra::is_positive(Symbol symbol) const {
  const SymbolInfo& info = symbols_.at(symbol);
  if (info.kind != SymbolKind::scalar) {
    return info.kind == SymbolKind::axis || info.kind == SymbolKind::size;
  }
  const std::string weight = info.name.substr(0, info.name.find('['));
  const auto& names = assumed_->positive;
  return std::find(names.begin(), names.end(), weight) != names.end();
}

/// x over what is positive of its content, the first coefficient of one term: of all positive
/// multiples of x the same.
Tensor Algebra::without_scale(const Tensor& x) const {
  const auto first = std::find_if(x.terms.begin(), x.terms.end(),
                                  [](const auto& term) { return term.second.is_monomial(); });
  if (first == x.terms.end()) return x;
  const auto& [monomial, number] = first->second.terms().front();
  Polynomial content = number < Fraction(0) ? Fraction(0) - number : number;
  for (Symbol s = 0; s < symbols_.size(); ++s) {
    if (is_positive(s)) content = content * Polynomial::symbol(s, monomial.exponent(s));
  }
  Tensor result{x.rows, x.cols, {}, x.uneven};
  accumulate(result, x, content.inverse());
  return result;
}

/// A norm that is free of scale has a root of its own: of which multiple it is the root is not
/// known, so a norm that is written out with rsqrt may be another.
Tensor Algebra::norm(const Tensor& of) {
  const bool free = assumed_ != nullptr && assumed_->scale_free_norm;
  const std::size_t before = uses_.size();
  const Tensor x = argument(free ? without_scale(of) : of, "norm");
  const std::size_t noted = uses_.size();
  for (std::size_t i = before; i < noted; ++i) uses_[i].scale_free = free;
  if (!clean(x).yes) return unknown("norm", {x}, x.rows, x.cols);
  const Tensor mean = scaled(sum_features(square(x)), facts_.reduced(x.cols).inverse());
  Tensor result = product(x, function(free ? "rsqrt of norm" : "rsqrt", {mean}));
  uses_.resize(noted);
  return result;
}

Tensor Algebra::sum_features(const Tensor& x) {
  used(x, "sum");
  Tensor result{x.rows, 1, {}, x.uneven};
  for (const auto& [addend, coefficient] : x.terms) {
    if (addend.varying()) {
      accumulate(result, unknown("sum", {{x.rows, x.cols, {{addend, 1}}, x.uneven}}, x.rows, 1),
                 coefficient);
      continue;
    }
    if (!arena_.atom(addend.atom).has_cols) {
      result.add(addend, coefficient * x.cols);  // the same in every feature held here
      continue;
    }
    Addend summed = addend;
    summed.cols = {};
    int cut = 0;
    summed.atom = outside(addend.atom, &Atom::has_cols, [&](int inside) {
      cut = inside;
      if (arena_.atom(inside).kind == AtomKind::parts) return arena_.atom(inside).children[0];
      Atom atom;
      atom.kind = AtomKind::sum_cols;
      atom.children = {inside};
      atom.has_rows = arena_.atom(inside).has_rows;
      atom.has_cols = false;
      return arena_.intern(atom);
    });
    Polynomial copies = 1;
    for (const Digit& digit : addend.cols.logical) {
      if (digit.kind == Digit::Kind::copies) copies = copies * facts_.axis_size(digit.radix);
    }
    add_cut_parts(summed, cut, addend.cols);
    result.add(summed, coefficient * copies);
  }
  return result;
}

Tensor Algebra::sum_rows(const Tensor& x) {
  used(x, "sum");
  Tensor result{1, x.cols};
  for (const auto& [addend, coefficient] : x.terms) {
    const auto odd = [](const Digit& digit) { return digit.kind != Digit::Kind::axis; };
    const std::vector<Digit>& digits = addend.rows.logical;
    if (addend.varying() || addend.has_maximum() || x.uneven ||
        std::any_of(digits.begin(), digits.end(), odd)) {
      accumulate(result, unknown("sum of rows", {{x.rows, x.cols, {{addend, 1}}}}, 1, x.cols),
                 coefficient);
      continue;
    }
    if (!arena_.atom(addend.atom).has_rows) {
      result.add(addend, coefficient * x.rows);
      continue;
    }
    Addend summed = addend;
    summed.rows = {};
    int cut = 0;
    summed.atom = outside(addend.atom, &Atom::has_rows, [&](int inside) {
      cut = inside;
      Atom atom;
      atom.kind = AtomKind::sum_rows;
      atom.children = {inside};
      atom.has_rows = false;
      atom.has_cols = arena_.atom(inside).has_cols;
      return arena_.intern(atom);
    });
    add_cut_parts(summed, cut, addend.rows);
    result.add(summed, coefficient);
  }
  return result;
}

Tensor Algebra::largest(const Tensor& x, bool of_all) {
  const Polynomial rows = of_all ? Polynomial(1) : x.rows;
  if (x.terms.empty()) return {rows, 1, {}, x.uneven && !of_all};
  Clean where = clean(argument(x, of_all ? "amax" : "max"));
  fill_padding(where, x, "max", true);
  const auto odd = [](const Digit& digit) { return !digit.is_cut(); };
  const auto has_odd = [&](const Layout& layout) {
    return std::any_of(layout.logical.begin(), layout.logical.end(), odd);
  };
  if (!where.yes || has_odd(where.cols) || (of_all && has_odd(where.rows))) {
    return unknown(of_all ? "amax" : "max", {x}, rows, 1);
  }
  Atom atom;
  atom.kind = of_all ? AtomKind::max_all : AtomKind::max_cols;
  atom.forms = where.forms;
  atom.has_rows = !of_all && where.has_rows;
  atom.has_cols = false;
  Addend addend{arena_.intern(atom), {}, atom.has_rows ? where.rows : Layout{}, {}};
  add_cut_maxima(addend, where.cols, "");
  if (of_all) add_cut_maxima(addend, where.rows, " by rows");
  Tensor result{rows, 1, {}, x.uneven && !of_all};
  result.add(addend, 1);
  return result;
}

Tensor Algebra::column(const Tensor& x, const Polynomial& which) {
  Tensor result{x.rows, 1, {}, x.uneven};
  for (const auto& [addend, coefficient] : x.terms) {
    if (addend.varying() || !addend.cols.whole() || rank_local(which)) {
      accumulate(result,
                 unknown("take", {{x.rows, x.cols, {{addend, 1}}}, number(which)}, x.rows, 1),
                 coefficient);
      continue;
    }
    Addend taken = addend;
    taken.atom = outside(addend.atom, &Atom::has_cols, [&](int inside) {
      if (arena_.atom(inside).kind == AtomKind::one) return inside;
      Atom atom;
      atom.kind = AtomKind::column;
      atom.children = {inside};
      atom.number = facts_.reduced(which);
      atom.has_rows = arena_.atom(inside).has_rows;
      atom.has_cols = false;
      return arena_.intern(atom);
    });
    result.add(taken, coefficient);
  }
  return result;
}

/// A table of ids of which nothing is known but what it was made of.
Tensor Algebra::unknown_ids(const Tensor& from, const Polynomial& cols) {
  IdTable table;
  table.kind = IdTable::Kind::unknown;
  table.numbers = {arena_.intern(from)};
  Atom atom;
  atom.kind = AtomKind::ids;
  atom.tables = {arena_.intern(table)};
  Tensor result{from.rows, cols, {}, from.uneven};
  result.add({arena_.intern(atom), {{-1, Role::Kind::varying, -1}}}, 1);
  return result;
}

std::pair<Tensor, Tensor> Algebra::top(const Tensor& scores, const Polynomial& k) {
  Clean where = clean(argument(scores, "topk"));
  fill_padding(where, scores, "topk", true);
  if (!where.yes || !where.cols.whole()) {
    return {unknown("topk", {scores}, scores.rows, k), unknown_ids(scores, k)};
  }
  Atom values;
  values.kind = AtomKind::top_values;
  values.number = k;
  values.forms = where.forms;
  values.has_rows = where.has_rows;
  values.has_cols = !facts_.reduced(k).is_one();
  IdTable table;
  table.kind = IdTable::Kind::top;
  table.number = k;
  table.range = facts_.reduced(scores.cols);
  table.forms = where.forms;
  Atom ids;
  ids.kind = AtomKind::ids;
  ids.tables = {arena_.intern(table)};
  ids.has_rows = where.has_rows;
  ids.has_cols = values.has_cols;
  Clean place = where;
  place.cols = {};
  Tensor first = from_atom(arena_.intern(values), place, scores.rows, k);
  Tensor second = from_atom(arena_.intern(ids), place, scores.rows, k);
  first.uneven = second.uneven = scores.uneven;
  return {first, second};
}

}  // namespace reducecheck::prove
