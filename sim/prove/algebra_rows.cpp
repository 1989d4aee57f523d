// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/prove/algebra.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {
namespace {

Layout& layout_of(Addend& addend, Algebra::Dimension dimension) {
  return dimension == Algebra::Dimension::rows ? addend.rows : addend.cols;
}

}  // namespace

Tensor Algebra::gathered(const Tensor& x, const Axes& group, Dimension dimension) {
  Tensor result = x;
  for (auto axis = group.rbegin(); axis != group.rend(); ++axis) {
    result = gathered(result, *axis, dimension);
  }
  return result;
}

/// What each rank holds of a pending sum, side by side: whoever sums the columns has the sum.
std::optional<Addend> Algebra::parts_as_columns(const Addend& addend, int axis) {
  const auto on_axis = [&](const Role& role) { return role.axis == axis; };
  const auto count = std::count_if(addend.roles.begin(), addend.roles.end(), on_axis);
  const auto role = std::find_if(addend.roles.begin(), addend.roles.end(), on_axis);
  const bool part = count == 1 && role->kind == Role::Kind::part;
  if (!part || rows_held_by(addend.rows, axis)) return std::nullopt;
  Atom atom;
  atom.kind = AtomKind::parts;
  atom.layer = axis;
  atom.children = {addend.atom, role->id};
  atom.has_rows = arena_.atom(addend.atom).has_rows;
  Addend result = addend;
  result.atom = arena_.intern(atom);
  result.roles.erase(result.roles.begin() + (role - addend.roles.begin()));
  return result;
}

/// The rows that an uneven cut over the axis was made of.
Polynomial Algebra::rows_before_ceil(const Tensor& x, int axis) const {
  std::optional<Polynomial> rows;
  for (const auto& [addend, coefficient] : x.terms) {
    const auto place = addend.rows.held_by(axis);
    if (!place) continue;
    const Digit& digit = addend.rows.logical[static_cast<std::size_t>(*place)];
    const bool last = static_cast<std::size_t>(*place) + 1 == addend.rows.logical.size();
    if (digit.kind == Digit::Kind::uneven && last && (!rows || *rows == digit.of)) rows = digit.of;
  }
  if (!rows) throw Undecided("uneven rows gathered over another axis than they were cut over");
  return *rows;
}

Tensor Algebra::gathered(const Tensor& x, int axis, Dimension dimension) {
  const bool rows = dimension == Dimension::rows;
  Tensor result = x;
  result.terms = {};
  (rows ? result.rows : result.cols) = (rows ? x.rows : x.cols) * facts_.axis_size(axis);
  if (x.uneven) result.rows = rows_before_ceil(x, axis);
  result.uneven = false;
  for (const auto& [addend, coefficient] : x.terms) {
    Addend moved = addend;
    const Atom& atom = arena_.atom(addend.atom);
    const bool constant = rows ? !atom.has_rows : !atom.has_cols;
    const Layout& other = rows ? addend.cols : addend.rows;
    const bool known = !addend.varying() && !addend.has_role(axis) &&
                       !(rows ? other.held_by(axis).has_value() : rows_held_by(other, axis)) &&
                       !is_dispatched(layout_of(moved, dimension));
    if (known && constant) {
      result.add(addend, coefficient);
      continue;
    }
    if (known) {
      if (const auto layout = prove::gathered(layout_of(moved, dimension), axis)) {
        layout_of(moved, dimension) = *layout;
        result.add(moved, coefficient);
        continue;
      }
    }
    if (!rows && constant && !addend.varying()) {
      if (const auto parts = parts_as_columns(addend, axis)) {
        result.add(*parts, coefficient);
        continue;
      }
    }
    result.add(unknown_addend(
                   (rows ? "gather over " : "gather of features over ") + symbols_.at(axis).name,
                   addend, x),
               coefficient);
  }
  return result;
}

/// By ceil where the group does not divide: the last ranks then hold fewer rows or none.
Tensor Algebra::cut(const Tensor& x, const Axes& group, Dimension dimension) {
  Tensor result = x;
  const Polynomial extent = dimension == Dimension::rows ? x.rows : x.cols;
  const bool uneven = x.uneven || !facts_.divides(size(group), extent);
  if (uneven && group.size() > 1) throw Undecided("rows cut by ceil over several axes at once");
  for (const int axis : group) result = cut(result, axis, dimension, uneven);
  return result;
}

Tensor Algebra::cut(const Tensor& x, int axis, Dimension dimension, bool uneven) {
  const bool rows = dimension == Dimension::rows;
  Tensor result = x;
  result.terms = {};
  Polynomial& extent = rows ? result.rows : result.cols;
  if (uneven) {
    if (!rows) throw Undecided("features cut by ceil");
    const std::string name =
        "ceil(" + prove::to_string(x.rows, symbols_) + " / " + symbols_.at(axis).name + ")";
    // Not the number itself: the last ranks hold fewer.
    extent = Polynomial::symbol(symbols_.add("rows of " + name, SymbolKind::rank));
    result.uneven = true;
  } else {
    extent = extent * facts_.axis_size(axis).inverse();
  }
  const auto same_size = [&](int radix) {
    return radix == axis || facts_.equal(facts_.axis_size(radix), facts_.axis_size(axis));
  };
  for (const auto& [addend, coefficient] : x.terms) {
    Addend moved = addend;
    const Atom& atom = arena_.atom(addend.atom);
    if (rows ? !atom.has_rows : !atom.has_cols) {
      result.add(addend, coefficient);
      continue;
    }
    if (!addend.varying() && !is_dispatched(layout_of(moved, dimension))) {
      const auto by_ceil = uneven ? std::optional(x.rows) : std::nullopt;
      const auto layout = prove::cut(layout_of(moved, dimension), axis, by_ceil, same_size);
      if (layout) {
        layout_of(moved, dimension) = *layout;
        result.add(moved, coefficient);
        continue;
      }
    }
    result.add(
        unknown_addend((rows ? "cut over " : "cut of features over ") + symbols_.at(axis).name,
                       addend, x),
        coefficient);
  }
  return result;
}

Tensor Algebra::padded(const Tensor& x, const Polynomial& rows, bool garbage) {
  const Polynomial wanted = facts_.reduced(rows);
  if (!x.uneven && facts_.equal(x.rows, wanted)) return x;
  if (!x.uneven && facts_.less(wanted, x.rows)) throw Undecided("padded to fewer rows");
  if (garbage && x.rows.is_zero()) return unknown("uninitialised memory", {}, wanted, x.cols);
  Tensor result{wanted, x.cols};
  for (const auto& [addend, coefficient] : x.terms) {
    Addend moved = addend;
    const auto layout = prove::padded(addend.rows, x.rows, wanted);
    // What one row stands for all of, padding is not: it is zero there.
    const bool known = layout && !garbage && !addend.varying() && arena_.atom(addend.atom).has_rows;
    if (known) {
      moved.rows = *layout;
      result.add(moved, coefficient);
    } else {
      const std::string name = "pad to " + prove::to_string(wanted, symbols_);
      result.add(unknown_addend(garbage ? name + " with garbage" : name, addend, x), coefficient);
    }
  }
  return result;
}

const Layout* Algebra::owner_rows(const Polynomial& rows) const {
  for (const auto& [known, layout] : owner_rows_) {
    if (known == rows) return &layout;
  }
  return nullptr;
}

/// Owners with their own numbers of rows: their number has a name and no value.
Tensor Algebra::owned_rows(const Tensor& x, int axis) {
  const std::string name = symbols_.at(axis).name;
  const auto named = [&](const std::string& what, SymbolKind kind) {
    return Polynomial::symbol(symbols_.add(what + name, kind));
  };
  Tensor result = x;
  result.rows = named("rows of an owner over ", SymbolKind::rank);
  result.uneven = true;
  Digit digit{Digit::Kind::uneven, axis, axis};
  digit.of = named("rows of all owners over ", SymbolKind::opaque);
  for (auto& [addend, coefficient] : result.terms.own()) addend.rows.logical = {digit};
  owner_rows_.emplace_back(result.rows, result.terms.front().first.rows);
  return result;
}

/// As `cut`, into the numbers of rows that the owners have.
std::optional<Tensor> Algebra::cut_to_owners(const Tensor& x, const Axes& group,
                                             const Polynomial& rows) {
  const Layout* owned = owner_rows(rows);
  if (owned == nullptr || owned->holders() != group) return std::nullopt;
  Tensor result{rows, x.cols, {}, true};
  for (const auto& [addend, coefficient] : x.terms) {
    Addend moved = addend;
    const bool has_rows = arena_.atom(addend.atom).has_rows;
    if (addend.varying() || (has_rows && !addend.rows.whole())) {
      result.add(unknown_addend("cut to owners", addend, x), coefficient);
      continue;
    }
    if (has_rows) moved.rows = *owned;
    result.add(moved, coefficient);
  }
  return result;
}

/// Whether `inner` is at most `outer`, both 0 or more.
bool Algebra::within(const Polynomial& inner, const Polynomial& outer) const {
  if (inner.is_zero() || inner == outer) return true;
  for (Symbol s = 0; s < symbols_.size(); ++s) {
    if (inner == Polynomial::symbol(s) && symbols_.at(s).at_most == outer) return true;
  }
  return !facts_.less(outer, inner);
}

Tensor Algebra::sliced(const Tensor& x, const Polynomial& begin, const Polynomial& end) {
  const Polynomial from = facts_.reduced(begin);
  const Polynomial to = facts_.reduced(end);
  if (from.is_zero() && to == x.rows) return x;
  if (from == to) return {0, x.cols};
  if (!within(from, to) || !within(to, x.rows)) throw Undecided("rows cut beyond their end");
  Tensor result{facts_.reduced(to - from), x.cols, {}, x.uneven || owner_rows(to) != nullptr};
  for (const auto& [addend, coefficient] : x.terms) {
    Addend moved = addend;
    if (!arena_.atom(addend.atom).has_rows) {
      result.add(addend, coefficient);
      continue;
    }
    const auto layout = prove::sliced(addend.rows, from, to, x.rows);
    if (layout && !addend.varying() && !is_dispatched(addend.rows)) {
      moved.rows = *layout;
      result.add(moved, coefficient);
    } else {
      const std::string name = "slice from " + prove::to_string(from, symbols_) + " to " +
                               prove::to_string(to, symbols_);
      result.add(unknown_addend(name, addend, x), coefficient);
    }
  }
  return result;
}

/// Slices that follow each other, of the same rows, are those rows again.
Tensor Algebra::joined_rows(const std::vector<Tensor>& parts) {
  Polynomial rows = 0;
  for (const Tensor& part : parts) rows = rows + part.rows;
  std::optional<Tensor> whole;
  Polynomial begin = 0;
  for (const Tensor& part : parts) {
    Tensor here{rows, part.cols};
    for (const auto& [addend, coefficient] : part.terms) {
      Addend back = addend;
      const bool slice = !addend.varying() && !addend.rows.logical.empty() &&
                         addend.rows.logical.back() ==
                             Digit{Digit::Kind::slice, -1, -1, begin, begin + part.rows, rows};
      if (!slice) return unknown("cat", parts, rows, part.cols);
      back.rows.logical.pop_back();
      here.add(back, coefficient);
    }
    if (whole && !(*whole == here)) return unknown("cat", parts, rows, part.cols);
    whole = here;
    begin = begin + part.rows;
  }
  return *whole;
}

}  // namespace reducecheck::prove
