// SPDX-License-Identifier: Apache-2.0
// Names of what a cut makes of a tensor. Two cuts over one axis may make other parts: over
// `a * b`, coordinate k of b holds every a-th block, over b alone the k-th of b blocks.
#include <algorithm>

#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {

/// The parts along one digit depend on the digits before it and on nothing else.
int Algebra::cut_name(int atom, const Layout& layout, std::size_t digit, const std::string& of) {
  Layout before;
  for (std::size_t i = 0; i < digit; ++i) {
    const Digit& one = layout.logical[i];
    if (one.kind == Digit::Kind::copies) continue;
    Digit radix = one;
    radix.holder = -1;
    before.logical.push_back(radix);
  }
  if (before.logical.empty() && of.empty()) return atom;
  Tensor where{1, 1};
  where.add({atom, {}, before, {}}, 1);
  Atom name{AtomKind::unknown, "parts" + of};
  name.tensors = {arena_.intern(where)};
  return arena_.intern(name);
}

void Algebra::add_cut_parts(Addend& addend, int atom, const Layout& layout) {
  for (std::size_t i = 0; i < layout.logical.size(); ++i) {
    const Digit& digit = layout.logical[i];
    if (!digit.held()) continue;
    addend.roles.push_back({digit.holder, Role::Kind::part, 2 * cut_name(atom, layout, i, "")});
  }
  std::sort(addend.roles.begin(), addend.roles.end());
}

void Algebra::add_cut_maxima(Addend& addend, const Layout& layout, const std::string& of) {
  for (std::size_t i = 0; i < layout.logical.size(); ++i) {
    const Digit& digit = layout.logical[i];
    if (!digit.held()) continue;
    addend.roles.push_back(
        {digit.holder, Role::Kind::maximum, cut_name(addend.atom, layout, i, of)});
  }
  std::sort(addend.roles.begin(), addend.roles.end());
}

/// A function of padding is what the function makes of zero, and of what has no rows.
void Algebra::fill_padding(Clean& where, const Tensor& x, const std::string& name, bool of_zero) {
  const bool more = std::any_of(x.terms.begin(), x.terms.end(), [&](const auto& term) {
    return !arena_.atom(term.first.atom).has_rows;
  });
  if (of_zero && !more) return;
  for (Digit& digit : where.rows.logical) {
    if (digit.kind != Digit::Kind::pad) continue;
    Atom filled{AtomKind::unknown, "padding by " + name};
    filled.number = digit.of;
    digit.of = 1 + arena_.intern(filled);
  }
}

}  // namespace reducecheck::prove
