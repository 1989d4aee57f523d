// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/algebra.hpp"

namespace reducecheck::prove {

Tensor Algebra::argument(const Tensor& x, const std::string& consumer) {
  used(x, consumer);
  return mends_ == nullptr ? x : mended(x);
}

/// Everything complete, and counted as the reference counts it where that is one number. A tensor
/// that no rule describes stays one.
Tensor Algebra::mended(const Tensor& x) const {
  Tensor complete{x.rows, x.cols, {}, x.uneven};
  for (const auto& [addend, coefficient] : x.terms) {
    Addend whole = addend;
    if (!addend.varying()) whole.roles.clear();
    complete.add(whole, coefficient);
  }
  Tensor result{x.rows, x.cols, {}, x.uneven};
  for (const auto& [addend, coefficient] : complete.terms) {
    result.add(addend, wanted(addend.atom, coefficient).value_or(coefficient));
  }
  return result;
}

/// The coefficient with which the reference uses the weights and inputs of `atom`; nothing if it
/// has none, or several of which none is `coefficient`.
std::optional<Polynomial> Algebra::wanted(int atom, const Polynomial& coefficient) const {
  const Atom& node = arena_.atom(atom);
  if (node.kind == AtomKind::product || node.kind == AtomKind::column) {
    for (const int child : node.children) {
      if (const auto found = wanted(child, coefficient)) return found;
    }
    return std::nullopt;
  }
  const Atom& of = node.kind == AtomKind::matmul ? arena_.atom(node.children[1]) : node;
  std::optional<Polynomial> found;
  for (const Use& use : *mends_) {
    if (use.name != of.name || use.layer != of.layer) continue;
    if (use.coefficient == coefficient) return coefficient;
    if (found && !(*found == use.coefficient)) return std::nullopt;
    found = use.coefficient;
  }
  return found;
}

}  // namespace reducecheck::prove
