// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/atom.hpp"

#include <algorithm>
#include <tuple>

namespace reducecheck::prove {
namespace {

auto fields(const Atom& a) {
  return std::tie(a.kind, a.name, a.layer, a.children, a.forms, a.tables, a.tensors, a.number,
                  a.has_rows, a.has_cols);
}

auto fields(const IdTable& a) {
  return std::tie(a.kind, a.name, a.number, a.range, a.children, a.forms, a.numbers);
}

}  // namespace

bool operator<(const Atom& a, const Atom& b) {
  return fields(a) < fields(b);
}

bool operator<(const Addend& a, const Addend& b) {
  return std::tie(a.atom, a.roles, a.rows, a.cols) < std::tie(b.atom, b.roles, b.rows, b.cols);
}

bool operator<(const Tensor& a, const Tensor& b) {
  return std::tie(a.rows, a.cols, a.terms, a.uneven, a.loose) <
         std::tie(b.rows, b.cols, b.terms, b.uneven, b.loose);
}

bool operator<(const IdTable& a, const IdTable& b) {
  return fields(a) < fields(b);
}

bool Addend::has_maximum() const {
  return std::any_of(roles.begin(), roles.end(),
                     [](const Role& role) { return role.kind == Role::Kind::maximum; });
}

bool Addend::has_role(int axis) const {
  return std::any_of(roles.begin(), roles.end(),
                     [&](const Role& role) { return role.axis == axis; });
}

void Tensor::add(const Addend& addend, const Polynomial& coefficient) {
  if (coefficient.is_zero()) return;
  const auto place =
      std::lower_bound(terms.begin(), terms.end(), addend,
                       [](const auto& term, const Addend& wanted) { return term.first < wanted; });
  if (place == terms.end() || !(place->first == addend)) {
    terms.insert(place, {addend, coefficient});
    return;
  }
  place->second = place->second + coefficient;
  if (place->second.is_zero()) terms.erase(place);
}

}  // namespace reducecheck::prove
