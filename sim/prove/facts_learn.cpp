// SPDX-License-Identifier: Apache-2.0
// What follows from an answer.
#include <algorithm>

#include "sim/prove/facts.hpp"

namespace reducecheck::prove {

void Facts::learn(const Fact& fact) {
  facts_.push_back(fact);
  const Question& question = fact.question;
  switch (question.kind) {
    case Question::Kind::live: learn_live(fact); return;
    case Question::Kind::less: learn_less(question, fact.answer == 1); return;
    case Question::Kind::equal:
      if (fact.answer == 1) learn_equal(question);
      return;
    case Question::Kind::choice:
    case Question::Kind::divides: return;
  }
}

void Facts::learn_live(const Fact& fact) {
  const int axis = axis_index(fact.question.name);
  live_[static_cast<std::size_t>(axis)] = fact.answer;
  if (fact.answer == 0) replace(axis, 1);
}

void Facts::replace(Symbol symbol, const Polynomial& with) {
  for (auto& [other, value] : replaced_) value = value.substituted(symbol, with);
  replaced_.emplace_back(symbol, with);
}

/// Bounds of a single size; of products nothing is kept but the fact itself.
void Facts::learn_less(const Question& question, bool truth) {
  const auto single = [](const Polynomial& p) -> std::optional<Symbol> {
    const auto& [powers, factor] = p.terms().front();
    std::optional<Symbol> found;
    for (Symbol s = 0; s < static_cast<int>(symbol_capacity); ++s) {
      if (powers.exponent(s) == 0) continue;
      if (found || powers.exponent(s) != 1 || !(factor == Fraction(1))) return std::nullopt;
      found = s;
    }
    return found;
  };
  const auto left = question.left.constant();
  const auto right = question.right.constant();
  const std::optional<Symbol> symbol = single(left ? question.right : question.left);
  if (!symbol || (!left && !right)) return;
  Bounds& range = bounds_.try_emplace(*symbol, bounds(Polynomial::symbol(*symbol))).first->second;
  // Sizes are integers: c < n is c + 1 <= n.
  if (left && truth) range.low = std::max(range.low, *left + Fraction(1));
  if (left && !truth) range.high = range.high ? std::min(*range.high, *left) : *left;
  if (right && truth) {
    const Fraction high = *right - Fraction(1);
    range.high = range.high ? std::min(*range.high, high) : high;
  }
  if (right && !truth) range.low = std::max(range.low, *right);
  if (range.high && *range.high < range.low) contradictory_ = true;
}

/// An axis that stands alone with exponent 1 is solved for.
void Facts::learn_equal(const Question& question) {
  const Polynomial ratio = question.left * question.right.inverse();
  const Monomial& powers = ratio.terms().front().first;
  for (Symbol s = static_cast<Symbol>(scenario_.axes.size()) - 1; s >= 0; --s) {
    const int exponent = powers.exponent(s);
    if (exponent != 1 && exponent != -1) continue;
    const Polynomial rest = ratio * Polynomial::symbol(s, -exponent);
    replace(s, exponent == 1 ? rest.inverse() : rest);
    return;
  }
}

}  // namespace reducecheck::prove
