// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {

/// Whether ranks along the axis see other rows. Members of a dispatch all see the rows of all.
bool Algebra::rows_held_by(const Layout& layout, int axis) const {
  for (const Digit& digit : layout.logical) {
    if (digit.holder == axis) return true;
    if (digit.kind != Digit::Kind::dispatch) continue;
    const Dispatch& made = dispatches_[static_cast<std::size_t>(*digit.from.integer())];
    const bool member = std::find(made.group.begin(), made.group.end(), axis) != made.group.end();
    if (!member && rows_held_by(made.rows, axis)) return true;
  }
  return false;
}

bool Algebra::held_by(const Addend& addend, int axis) const {
  return rows_held_by(addend.rows, axis) || addend.cols.held_by(axis).has_value();
}

Addend Algebra::unknown_addend(const std::string& name, const Addend& addend, const Tensor& of) {
  const Tensor one{of.rows, of.cols, {{addend, 1}}, of.uneven};
  Addend result = unknown(name, {one}, of.rows, of.cols).terms.front().first;
  Atom atom = arena_.atom(result.atom);
  atom.layer = moved_unknown;
  result.atom = arena_.intern(atom);
  return result;
}

/// One addend summed over one axis. J is the matrix of ones: J J = N J counts a replicated addend
/// N times, J I = J pays a pending one, J e = J pays what one coordinate holds (prover.md 3.1).
void Algebra::reduce_addend(Addend addend, Polynomial coefficient, int axis, const Tensor& of,
                            Tensor& into) {
  const auto on_axis = [&](const Role& role) { return role.axis == axis; };
  const auto roles = std::count_if(addend.roles.begin(), addend.roles.end(), on_axis);
  const bool held = held_by(addend, axis);
  if (addend.varying() || roles > 1 || held) {
    const std::string name = "sum over " + symbols_.at(axis).name;
    into.add(unknown_addend(name, addend, of), coefficient);
    return;
  }
  if (roles == 0) {
    into.add(addend, coefficient * facts_.axis_size(axis));
    return;
  }
  const auto role = std::find_if(addend.roles.begin(), addend.roles.end(), on_axis);
  if (role->kind == Role::Kind::maximum) {
    into.add(unknown_addend("sum of maxima over " + symbols_.at(axis).name, addend, of),
             coefficient);
    return;
  }
  if (role->kind == Role::Kind::guarded) {
    Atom first = arena_.atom(addend.atom);
    const bool rows = first.has_rows;
    const bool cols = first.has_cols;
    first = {AtomKind::first_part, "", axis, {addend.atom, role->id}};
    first.has_rows = rows;
    first.has_cols = cols;
    addend.atom = arena_.intern(first);
  }
  addend.roles.erase(role);
  into.add(addend, coefficient);
}

Tensor Algebra::reduced(const Tensor& x, int axis) {
  Tensor result{x.rows, x.cols};
  for (const auto& [addend, coefficient] : x.terms) {
    reduce_addend(addend, coefficient, axis, x, result);
  }
  return result;
}

Tensor Algebra::all_reduce(const Tensor& x, const Axes& group) {
  if (x.uneven && !group.empty()) throw Mismatch{"token_layout", "a sum of other numbers of rows"};
  Tensor result = x;
  for (const int axis : group) result = reduced(result, axis);
  return result;
}

Tensor Algebra::average(const Tensor& x, const Axes& group) {
  return scaled(all_reduce(x, group), size(group).inverse());
}

Tensor Algebra::all_reduce_max(const Tensor& x, const Axes& group) {
  if (x.uneven && !group.empty())
    throw Mismatch{"token_layout", "a maximum of other numbers of rows"};
  Tensor result = x;
  for (const int axis : group) {
    const bool single = result.terms.size() == 1 && result.terms.front().second.is_one();
    if (single && !held_by(result.terms.front().first, axis)) {
      const Addend& only = result.terms.front().first;
      const auto on_axis = [&](const Role& role) { return role.axis == axis; };
      const auto count = std::count_if(only.roles.begin(), only.roles.end(), on_axis);
      const auto found = std::find_if(only.roles.begin(), only.roles.end(), on_axis);
      if (!only.varying() && count == 0) continue;
      if (!only.varying() && count == 1 && found->kind == Role::Kind::maximum) {
        const auto place = found - only.roles.begin();
        std::vector<Role>& roles = result.terms.own().front().first.roles;
        roles.erase(roles.begin() + place);
        continue;
      }
    }
    const bool same = std::all_of(result.terms.begin(), result.terms.end(), [&](const auto& term) {
      return !term.first.varying() && !term.first.has_role(axis) && !held_by(term.first, axis);
    });
    if (!same) result = unknown("maximum over " + symbols_.at(axis).name, {result}, x.rows, x.cols);
  }
  return result;
}

Tensor Algebra::broadcast(const Tensor& x, const Axes& group) {
  if (x.uneven && !group.empty()) throw Mismatch{"token_layout", "other numbers of rows"};
  Tensor result = x;
  for (const int axis : group) {
    Tensor next{x.rows, x.cols};
    for (const auto& [addend, coefficient] : result.terms) {
      if (!addend.varying() && !held_by(addend, axis) && !addend.has_role(axis)) {
        next.add(addend, coefficient);
      } else if (addend.varying() || held_by(addend, axis)) {
        next.add(unknown_addend("broadcast over " + symbols_.at(axis).name, addend, result),
                 coefficient);
      } else {
        const Tensor one{x.rows, x.cols, {{addend, 1}}};
        accumulate(next, reduced(guarded(one, {axis}), axis), coefficient);
      }
    }
    result = next;
  }
  return result;
}

Tensor Algebra::guarded(const Tensor& x, const Axes& group) {
  Tensor result{x.rows, x.cols, {}, x.uneven};
  for (const auto& [addend, coefficient] : x.terms) {
    Addend kept = addend;
    bool known = !addend.varying();
    for (const int axis : group) {
      const auto on_axis = [&](const Role& role) { return role.axis == axis; };
      const auto count = std::count_if(kept.roles.begin(), kept.roles.end(), on_axis);
      const auto role = std::find_if(kept.roles.begin(), kept.roles.end(), on_axis);
      if (count == 0) {
        kept.roles.push_back({axis, Role::Kind::once, -1});
      } else if (count > 1 || role->kind == Role::Kind::maximum) {
        known = false;
      } else if (role->kind == Role::Kind::part) {
        role->kind = Role::Kind::guarded;
      }
    }
    std::sort(kept.roles.begin(), kept.roles.end());
    if (known) {
      result.add(kept, coefficient);
    } else {
      // Of an unknown tensor the guarded one is another, for each guard.
      std::string name = "guard";
      for (const int axis : group) name += " " + symbols_.at(axis).name;
      result.add(unknown_addend(name, addend, x), coefficient);
    }
  }
  return result;
}

}  // namespace reducecheck::prove
