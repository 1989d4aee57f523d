// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/roots.hpp"

#include <algorithm>

#include "sim/prove/region.hpp"

namespace reducecheck::prove {
namespace {

class Roots {
 public:
  Roots(const CaseRun& run, const std::vector<Fact>& facts) : run_(run) {
    for (const Fact& fact : facts) {
      if (fact.question.kind != Question::Kind::live || fact.answer != 1) continue;
      if (const auto axis = run.symbols->find(fact.question.name)) live_.push_back(*axis);
    }
  }

  /// Whether the polynomial may have a root. It has none if it is one term, terms of one sign, or
  /// two of which one outgrows the other from the smallest sizes on.
  [[nodiscard]] bool has_root(const Polynomial& p) const {
    const auto negative = [](const Polynomial::Term& term) { return term.second < Fraction(0); };
    const auto count = std::count_if(p.terms().begin(), p.terms().end(), negative);
    if (count == 0 || static_cast<std::size_t>(count) == p.terms().size()) return p.is_zero();
    if (p.terms().size() != 2) return true;
    const auto& [first, c] = p.terms()[0];
    const auto& [second, d] = p.terms()[1];
    Fraction ratio = Fraction(0) - c / d;
    bool grows = false;
    bool shrinks = false;
    for (Symbol s = 0; s < run_.symbols->size(); ++s) {
      const int exponent = first.exponent(s) - second.exponent(s);
      if (exponent == 0) continue;
      const SymbolKind kind = run_.symbols->at(s).kind;
      if (kind == SymbolKind::scalar) return false;
      if (kind != SymbolKind::axis) return true;
      (exponent > 0 ? grows : shrinks) = true;
      const bool live = std::find(live_.begin(), live_.end(), s) != live_.end();
      for (int i = 0; live && i < std::abs(exponent); ++i) {
        ratio = exponent > 0 ? ratio * Fraction(2) : ratio / Fraction(2);
      }
    }
    if (grows && shrinks) return true;
    return grows ? !(Fraction(1) < ratio) : !(ratio < Fraction(1));
  }

  /// Whether the two may be one tensor at single sizes.
  [[nodiscard]] bool may_merge(int one, int other) const {
    if (one == other) return true;
    const Atom& a = run_.arena.atom(one);
    const Atom& b = run_.arena.atom(other);
    const bool alike = a.kind == b.kind && a.name == b.name && a.layer == b.layer &&
                       a.children.size() == b.children.size() && a.forms.size() == b.forms.size();
    if (!alike) return false;
    if (a.kind == AtomKind::unknown) return true;
    for (std::size_t i = 0; i < a.children.size(); ++i) {
      const bool in_order = a.kind != AtomKind::product;
      if (in_order && !may_merge(a.children[i], b.children[i])) return false;
    }
    for (std::size_t i = 0; i < a.forms.size(); ++i) {
      if (differ(run_.arena.form(a.forms[i]), run_.arena.form(b.forms[i]))) return false;
    }
    return true;
  }

  /// Whether the forms are others at all sizes.
  [[nodiscard]] bool differ(const Form& a, const Form& b) const {
    Form difference = a;
    for (const auto& [atom, coefficient] : b) {
      const int wanted = atom;
      const auto same = std::find_if(difference.begin(), difference.end(),
                                     [&](const auto& term) { return term.first == wanted; });
      if (same == difference.end()) {
        difference.emplace_back(atom, coefficient * Polynomial(-1));
      } else {
        same->second = same->second - coefficient;
      }
    }
    return stays(difference);
  }

  /// Whether a term is never zero and merges with no other.
  [[nodiscard]] bool stays(const Form& difference) const {
    return std::any_of(difference.begin(), difference.end(), [&](const auto& term) {
      if (has_root(term.second)) return false;
      return std::none_of(difference.begin(), difference.end(), [&](const auto& other) {
        return &other != &term && !other.second.is_zero() && may_merge(term.first, other.first);
      });
    });
  }

 private:
  const CaseRun& run_;
  std::vector<Symbol> live_;
};

}  // namespace

bool vanishes_at(const CaseRun& run, const Configuration& at) {
  if (!run.mismatch_class.empty()) return false;
  return std::all_of(run.outputs.begin(), run.outputs.end(), [&](const Compared& output) {
    const auto& terms = output.difference.terms;
    return output.shape && std::all_of(terms.begin(), terms.end(), [&](const auto& term) {
             return at_sizes(term.second, at).is_zero();
           });
  });
}

bool never_vanishes(const CaseRun& run, const std::vector<Fact>& facts) {
  if (!run.mismatch_class.empty()) return true;
  const Roots roots(run, facts);
  return std::any_of(run.outputs.begin(), run.outputs.end(), [&](const Compared& output) {
    if (!output.shape) return true;
    const auto& terms = output.difference.terms;
    return std::any_of(terms.begin(), terms.end(), [&](const auto& term) {
      if (roots.has_root(term.second)) return false;
      return std::none_of(terms.begin(), terms.end(), [&](const auto& other) {
        return &other != &term && term.first.roles == other.first.roles &&
               roots.may_merge(term.first.atom, other.first.atom);
      });
    });
  });
}

}  // namespace reducecheck::prove
