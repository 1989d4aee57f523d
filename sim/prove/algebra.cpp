// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/algebra.hpp"

#include <algorithm>
#include <array>

#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {

void accumulate(Tensor& into, const Tensor& x, const Polynomial& by) {
  if (into.terms.empty() && by.is_one()) {
    into.terms = x.terms;
    return;
  }
  into.terms.own(x.terms.size());
  for (const auto& [addend, coefficient] : x.terms) into.add(addend, coefficient * by);
}

Polynomial Algebra::size(const Axes& group) const {
  Polynomial result = 1;
  for (const int axis : group) result = result * facts_.axis_size(axis);
  return result;
}

Tensor Algebra::number(const Polynomial& value) {
  if (rank_local(value)) return scaled(number(1), value);
  Tensor result;
  Atom one;
  one.has_rows = false;
  one.has_cols = false;
  result.add({arena_.intern(one)}, facts_.reduced(value));
  return result;
}

Tensor Algebra::unknown(const std::string& name, const std::vector<Tensor>& from,
                        const Polynomial& rows, const Polynomial& cols) {
  Atom atom;
  atom.kind = AtomKind::unknown;
  atom.name = name;
  for (const Tensor& tensor : from) atom.tensors.push_back(arena_.intern(tensor));
  atom.has_cols = !cols.is_one();
  // The same rows as before: other numbers of them on other ranks stay so.
  const bool uneven = std::any_of(from.begin(), from.end(), [&](const Tensor& tensor) {
    return tensor.uneven && tensor.rows == rows;
  });
  Tensor result{rows, cols, {}, uneven};
  result.add({arena_.intern(atom), {{-1, Role::Kind::varying, -1}}}, 1);
  return result;
}

/// A number that is another on each rank is no coefficient.
bool Algebra::rank_local(const Polynomial& number) const {
  for (Symbol s = 0; s < symbols_.size(); ++s) {
    if (symbols_.at(s).kind == SymbolKind::rank && number.mentions(s)) return true;
  }
  return false;
}

Tensor Algebra::scaled(const Tensor& x, const Polynomial& by) {
  if (rank_local(by)) {
    return unknown("times " + prove::to_string(by, symbols_), {x}, x.rows, x.cols);
  }
  Tensor result{x.rows, x.cols, {}, x.uneven};
  accumulate(result, x, facts_.reduced(by));
  return result;
}

bool Algebra::broadcasts_rows(const Tensor& x) const {
  return x.rows.is_one() && std::none_of(x.terms.begin(), x.terms.end(), [&](const auto& term) {
           return arena_.atom(term.first.atom).has_rows;
         });
}

bool Algebra::broadcasts_cols(const Tensor& x) const {
  return x.cols.is_one() && std::none_of(x.terms.begin(), x.terms.end(), [&](const auto& term) {
           return arena_.atom(term.first.atom).has_cols;
         });
}

bool Algebra::same_extent(const Polynomial& a, const Polynomial& b) const {
  return facts_.equal(a, b);
}

Polynomial Algebra::common_rows(const Tensor& a, const Tensor& b) const {
  if (broadcasts_rows(a)) return b.rows;
  if (broadcasts_rows(b)) return a.rows;
  if (same_extent(a.rows, b.rows)) return a.rows;
  throw Mismatch{"token_layout", "operands with other numbers of rows"};
}

Polynomial Algebra::common_cols(const Tensor& a, const Tensor& b) const {
  if (broadcasts_cols(a)) return b.cols;
  if (broadcasts_cols(b)) return a.cols;
  if (same_extent(a.cols, b.cols)) return a.cols;
  throw Undecided("operands with other numbers of features");
}

Tensor Algebra::sum(const Tensor& a, const Tensor& b) {
  Tensor result{common_rows(a, b), common_cols(a, b), a.terms, a.uneven || b.uneven};
  accumulate(result, b);
  return result;
}

std::span<const int> Algebra::factors(const int& atom) const {
  const Atom& node = arena_.atom(atom);
  if (node.kind == AtomKind::product) return node.children;
  if (node.kind == AtomKind::one) return {};
  return {&atom, 1};
}

int Algebra::product_atom(std::span<const int> parts) {
  if (parts.size() == 1) return parts.front();
  std::vector<int> flat;
  for (const int& part : parts) {
    const std::span<const int> inner = factors(part);
    flat.insert(flat.end(), inner.begin(), inner.end());
  }
  std::sort(flat.begin(), flat.end());
  Atom atom;
  atom.kind = flat.empty() ? AtomKind::one : AtomKind::product;
  atom.children = flat;
  atom.has_rows = false;
  atom.has_cols = false;
  for (const int child : flat) {
    atom.has_rows = atom.has_rows || arena_.atom(child).has_rows;
    atom.has_cols = atom.has_cols || arena_.atom(child).has_cols;
  }
  return flat.size() == 1 ? flat.front() : arena_.intern(atom);
}

namespace {

/// Whether two layouts are the same, or differ only in padding that is zero in the first: then it
/// is zero in a product, too.
bool zero_padding(const Layout& zero, const Layout& other) {
  if (zero == other) return true;
  if (!(zero.local == other.local) || zero.logical.size() != other.logical.size()) return false;
  for (std::size_t i = 0; i < zero.logical.size(); ++i) {
    Digit same = zero.logical[i];
    if (same.kind == Digit::Kind::pad && same.of.is_zero()) same.of = other.logical[i].of;
    if (!(same == other.logical[i])) return false;
  }
  return true;
}

}  // namespace

/// A gate commutes with a pending sum, and what one coordinate alone holds stays there. Two roles
/// of one axis that are not the same once stand side by side, which no sum can pay.
std::optional<Addend> Algebra::product_addend(const Addend& a, const Addend& b) {
  const Atom& left = arena_.atom(a.atom);
  const Atom& right = arena_.atom(b.atom);
  if (a.varying() || b.varying()) return std::nullopt;
  if (a.has_maximum() || b.has_maximum()) return std::nullopt;
  const bool both = left.has_rows && right.has_rows;
  const bool left_zero = both && zero_padding(a.rows, b.rows);
  if (both && !left_zero && !zero_padding(b.rows, a.rows)) return std::nullopt;
  if (left.has_cols && right.has_cols && !(a.cols == b.cols)) return std::nullopt;
  Addend result{product_atom(std::array{a.atom, b.atom}), a.roles,
                left.has_rows && (left_zero || !right.has_rows) ? a.rows : b.rows,
                left.has_cols ? a.cols : b.cols};
  for (const Role& role : b.roles) {
    const bool once_twice = role.kind == Role::Kind::once &&
                            std::find(a.roles.begin(), a.roles.end(), role) != a.roles.end();
    if (!once_twice) result.roles.push_back(role);
  }
  std::sort(result.roles.begin(), result.roles.end());
  return result;
}

Tensor Algebra::product(const Tensor& a, const Tensor& b) {
  Tensor result{common_rows(a, b), common_cols(a, b), {}, a.uneven || b.uneven};
  for (const auto& [left, c] : a.terms) {
    for (const auto& [right, d] : b.terms) {
      if (const auto addend = product_addend(left, right)) {
        result.add(*addend, c * d);
      } else {
        const Tensor one{a.rows, a.cols, {{left, Polynomial(1)}}, a.uneven};
        const Tensor other{b.rows, b.cols, {{right, Polynomial(1)}}, b.uneven};
        accumulate(result, unknown("product", {one, other}, result.rows, result.cols), c * d);
      }
    }
  }
  return result;
}

Tensor Algebra::reciprocal(const Tensor& x) {
  // 1 / (c f) = (1 / c) (1 / f): exact, so renormalising a scaled weight is seen to undo it.
  if (x.terms.empty() || !x.terms.front().second.is_monomial()) return function("1 / ", {x});
  const Polynomial content = x.terms.front().second.inverse();
  const Addend& first = x.terms.front().first;
  const bool is_number =
      x.terms.size() == 1 && first.roles.empty() && arena_.atom(first.atom).kind == AtomKind::one;
  if (is_number) return number(content);
  return scaled(function("1 / ", {scaled(x, content)}), content);
}

}  // namespace reducecheck::prove
