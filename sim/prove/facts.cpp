// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/facts.hpp"

#include <algorithm>

#include "scenarios/unroll/scope.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {
namespace {

/// Both sides multiplied until neither has a denominator or a common factor: `ep < moe_ep * moe_tp`
/// with ep = moe_ep is `1 < moe_tp`. Both are monomials with positive coefficients.
void cancel(Polynomial& left, Polynomial& right, const SymbolTable& symbols) {
  const Polynomial ratio = left * right.inverse();
  const auto& [monomial, factor] = ratio.terms().front();
  left = Polynomial(factor.numerator());
  right = Polynomial(factor.denominator());
  for (Symbol s = 0; s < symbols.size(); ++s) {
    const int exponent = monomial.exponent(s);
    if (exponent > 0) left = left * Polynomial::symbol(s, exponent);
    if (exponent < 0) right = right * Polynomial::symbol(s, -exponent);
  }
}

bool positive(const Polynomial& monomial) {
  return Fraction(0) < monomial.terms().front().second;
}

bool has_kind(const Polynomial& number, SymbolKind kind, const SymbolTable& symbols) {
  for (Symbol s = 0; s < symbols.size(); ++s) {
    if (symbols.at(s).kind == kind && number.mentions(s)) return true;
  }
  return false;
}

void check_comparable(const Polynomial& number, const SymbolTable& symbols) {
  if (has_kind(number, SymbolKind::rank, symbols)) {
    throw Undecided("a comparison of ranks other than with the first, or of rows that they hold");
  }
  if (has_kind(number, SymbolKind::scalar, symbols)) throw Undecided("a comparison of a scalar");
}

}  // namespace

Facts::Facts(const Scenario& scenario, SymbolTable& symbols, const std::vector<Fact>& known)
    : scenario_(scenario), symbols_(symbols), live_(scenario.axes.size(), -1) {
  for (std::size_t i = 0; i < scenario.axes.size(); ++i) {
    const Axis& axis = scenario.axes[i];
    const Symbol symbol = symbols.add(axis.name, SymbolKind::axis);
    if (axis.sizes.size() != 1) continue;
    replace(symbol, axis.sizes.front());
    live_[i] = axis.sizes.front() > 1 ? 1 : 0;
  }
  for (const Fact& fact : known) learn(fact);
}

Polynomial Facts::reduced(const Polynomial& polynomial) const {
  Polynomial result = polynomial;
  for (const auto& [symbol, with] : replaced_) {
    if (result.mentions(symbol)) result = result.substituted(symbol, with);
  }
  return result;
}

Polynomial Facts::axis_size(int axis) const {
  return reduced(Polynomial::symbol(axis));
}

int Facts::axis_index(const std::string& name) const {
  const auto found = std::find_if(scenario_.axes.begin(), scenario_.axes.end(),
                                  [&](const Axis& axis) { return axis.name == name; });
  return static_cast<int>(found - scenario_.axes.begin());
}

bool Facts::live(int axis) const {
  const int known = live_[static_cast<std::size_t>(axis)];
  if (known >= 0) return known == 1;
  throw Split{{Question::Kind::live, scenario_.axes[static_cast<std::size_t>(axis)].name}};
}

SwitchValue Facts::choice(const Switch& of) const {
  if (of.values.size() == 1) return of.values.front();
  const Question question{Question::Kind::choice, of.name};
  if (const auto known = answer(question)) return of.values[static_cast<std::size_t>(*known)];
  throw Split{question};
}

std::optional<int> Facts::answer(const Question& question) const {
  for (const Fact& fact : facts_) {
    if (fact.question == question) return fact.answer;
  }
  return std::nullopt;
}

/// Most comparisons of an axis are decided once it is known whether its size is 1.
void Facts::ask_live(const Polynomial& monomial) const {
  for (std::size_t axis = 0; axis < live_.size(); ++axis) {
    if (monomial.mentions(static_cast<Symbol>(axis)))
      static_cast<void>(live(static_cast<int>(axis)));
  }
}

/// A quotient rounded down: `tokens // 2` of one token.
bool Facts::may_be_zero(const Polynomial& monomial) const {
  for (Symbol s = 0; s < symbols_.size(); ++s) {
    if (monomial.mentions(s) && !symbols_.at(s).at_most.is_zero()) return true;
  }
  return false;
}

Facts::Bounds Facts::bounds(const Polynomial& monomial) const {
  const auto& [powers, factor] = monomial.terms().front();
  Bounds result{factor, factor};
  for (Symbol s = 0; s < symbols_.size(); ++s) {
    Bounds one;
    const auto known = bounds_.find(s);
    if (known != bounds_.end()) {
      one = known->second;
    } else if (symbols_.at(s).kind == SymbolKind::opaque && !symbols_.at(s).at_most.is_zero()) {
      one.low = 0;
    } else if (symbols_.at(s).kind == SymbolKind::axis && live_[static_cast<std::size_t>(s)] == 1) {
      one.low = 2;
    }
    for (int i = 0; i < powers.exponent(s); ++i) {
      result.low = result.low * one.low;
      if (result.high) {
        result.high = one.high ? std::optional(*result.high * *one.high) : std::nullopt;
      }
    }
  }
  return result;
}

void Facts::know_less(const Polynomial& left, const Polynomial& right) {
  Polynomial a = reduced(left);
  Polynomial b = reduced(right);
  cancel(a, b, symbols_);
  facts_.push_back({{Question::Kind::less, "", a, b}, 1});
}

bool Facts::less(const Polynomial& left, const Polynomial& right) const {
  Polynomial a = reduced(left);
  Polynomial b = reduced(right);
  const Polynomial difference = a - b;
  check_comparable(difference, symbols_);
  if (const auto number = difference.constant()) return *number < Fraction(0);
  if (a.is_zero() && b.is_monomial() && !may_be_zero(b)) return positive(b);
  if (b.is_zero() && a.is_monomial()) return !positive(a);
  if (!a.is_monomial() || !b.is_monomial()) throw Undecided("a comparison of sums of sizes");
  if (positive(a) != positive(b)) return positive(b);
  if (!positive(a)) return less(Polynomial(-1) * b, Polynomial(-1) * a);
  cancel(a, b, symbols_);
  ask_live(a);
  ask_live(b);
  const Bounds left_bounds = bounds(a);
  const Bounds right_bounds = bounds(b);
  if (left_bounds.high && *left_bounds.high < right_bounds.low) return true;
  if (right_bounds.high && !(left_bounds.low < *right_bounds.high)) return false;
  const Question question{Question::Kind::less, "", a, b};
  if (const auto known = answer(question)) return *known == 1;
  if (answer({Question::Kind::less, "", b, a}) == 1) return false;
  throw Split{question};
}

bool Facts::equal(const Polynomial& left, const Polynomial& right) const {
  if (left == right) return true;
  Polynomial a = reduced(left);
  Polynomial b = reduced(right);
  if (a == b) return true;
  const Polynomial difference = a - b;
  check_comparable(difference, symbols_);
  if (difference.constant()) return false;
  if (a.is_zero() || b.is_zero()) {
    const Polynomial& other = a.is_zero() ? b : a;
    if (other.is_monomial() && !may_be_zero(other)) return false;
    throw Undecided("a comparison of sums of sizes");
  }
  if (!a.is_monomial() || !b.is_monomial()) throw Undecided("a comparison of sums of sizes");
  if (positive(a) != positive(b)) return false;
  cancel(a, b, symbols_);
  if (b < a) std::swap(a, b);
  ask_live(a);
  ask_live(b);
  const Bounds left_bounds = bounds(a);
  const Bounds right_bounds = bounds(b);
  if (left_bounds.high && *left_bounds.high < right_bounds.low) return false;
  if (right_bounds.high && *right_bounds.high < left_bounds.low) return false;
  const Question question{Question::Kind::equal, "", a, b};
  if (answer({Question::Kind::less, "", a, b}) == 1) return false;
  if (answer({Question::Kind::less, "", b, a}) == 1) return false;
  if (const auto known = answer(question)) return *known == 1;
  throw Split{question};
}

bool Facts::divides(const Polynomial& divisor, const Polynomial& number) const {
  const Polynomial d = reduced(divisor);
  const Polynomial n = reduced(number);
  if (n.is_zero() || d.is_one()) return true;
  if (!d.is_monomial() || !n.is_monomial()) throw Undecided("a division by a sum of sizes");
  check_comparable(d, symbols_);
  check_comparable(n, symbols_);
  const Polynomial ratio = n * d.inverse();
  const auto& [powers, factor] = ratio.terms().front();
  // What is left to divide: axes below the line, unless a size that nobody set stands above it.
  Polynomial below = Fraction(factor.denominator());
  bool free_size = false;
  for (Symbol s = 0; s < symbols_.size(); ++s) {
    const int exponent = powers.exponent(s);
    if (exponent < 0) below = below * Polynomial::symbol(s, -exponent);
    if (exponent > 0 && symbols_.at(s).kind == SymbolKind::size) {
      free_size = free_size || divided_by_axes(s, powers);
    }
  }
  if (below.is_one()) return true;
  if (free_size && factor.denominator() == 1 && !has_kind(below, SymbolKind::opaque, symbols_)) {
    return true;
  }
  const Question question{Question::Kind::divides, "", below, Polynomial(1) * (ratio * below)};
  if (const auto known = answer(question)) return *known == 1;
  if (const auto whole = question.right.integer()) {
    const Bounds range = bounds(below);
    if (Fraction(*whole) < range.low) return false;
  }
  throw Split{question};
}

/// Every axis divides such a size once, and axes of one size each once; rows of an owner only those
/// that are no owners, k none.
bool Facts::divided_by_axes(Symbol size, const Monomial& powers) const {
  const std::string& name = symbols_.at(size).name;
  const bool width = name != "E" && name != "k" && name != "tokens";
  if (width && !splits_width(scenario_, name)) return false;  // it stays as small as it is
  const auto is_owner = [&](int axis) {
    return std::find(owner_axes_.begin(), owner_axes_.end(), axis) != owner_axes_.end();
  };
  const auto axes = static_cast<int>(live_.size());
  for (Symbol s = 0; s < axes; ++s) {
    int most = 0;
    for (int axis = 0; axis < axes; ++axis) {
      const bool counts = axis_size(axis) == Polynomial::symbol(s);
      most += counts && !(name == "tokens" && is_owner(axis)) ? 1 : 0;
    }
    if (-powers.exponent(s) > most) return false;
  }
  return name != "k";
}

}  // namespace reducecheck::prove
