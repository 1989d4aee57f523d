// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/polynomial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/domain/hash.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {

Symbol SymbolTable::add(const std::string& name, SymbolKind kind, const Polynomial& at_most) {
  if (const auto known = find(name)) return *known;
  if (symbols_.size() == symbol_capacity) {
    throw Undecided(fmt::format("more than {} sizes and scalars take part", symbol_capacity));
  }
  symbols_.push_back({name, kind, at_most});
  return static_cast<Symbol>(symbols_.size()) - 1;
}

std::optional<Symbol> SymbolTable::find(const std::string& name) const {
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].name == name) return static_cast<Symbol>(i);
  }
  return std::nullopt;
}

void Monomial::multiply(Symbol symbol, int power) {
  const int sum = exponent(symbol) + power;
  if (sum > 100 || sum < -100) throw Undecided("a power of a size grows beyond 100");
  exponents_[static_cast<std::size_t>(symbol)] = static_cast<std::int8_t>(sum);
}

bool Monomial::is_one() const {
  return *this == Monomial{};
}

std::size_t Monomial::hash() const {
  std::size_t hash = 0;
  constexpr std::size_t words = symbol_capacity / sizeof(std::uint64_t);
  for (const std::uint64_t word : std::bit_cast<std::array<std::uint64_t, words>>(exponents_)) {
    hash = mix(hash ^ word);
  }
  return hash;
}

namespace {

constexpr int all_symbols = static_cast<int>(symbol_capacity);

Monomial product(const Monomial& a, const Monomial& b) {
  Monomial result = a;
  for (Symbol s = 0; s < all_symbols; ++s) {
    if (b.exponent(s) != 0) result.multiply(s, b.exponent(s));
  }
  return result;
}

Fraction power(const Fraction& base, int exponent) {
  Fraction result = 1;
  const Fraction factor = exponent < 0 ? Fraction(1) / base : base;
  for (int i = 0; i < std::abs(exponent); ++i) result = result * factor;
  return result;
}

/// In the order of the monomials, each once.
std::vector<Polynomial::Term> collected(std::vector<Polynomial::Term> terms) {
  std::sort(terms.begin(), terms.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Polynomial::Term> result;
  for (const Polynomial::Term& term : terms) {
    if (!result.empty() && result.back().first == term.first) {
      result.back().second = result.back().second + term.second;
    } else {
      result.push_back(term);
    }
    if (result.back().second == Fraction(0)) result.pop_back();
  }
  return result;
}

}  // namespace

Polynomial::Polynomial(Fraction constant) : single_(Monomial{}, constant) {}

Polynomial::Polynomial(std::vector<Term> terms) {
  if (terms.size() == 1) {
    single_ = terms.front();
  } else {
    many_ = std::move(terms);
  }
}

Polynomial Polynomial::symbol(Symbol symbol, int power) {
  Polynomial result = 1;
  result.single_.first.multiply(symbol, power);
  return result;
}

bool Polynomial::is_one() const {
  return single_.second == Fraction(1) && single_.first.is_one();
}

std::optional<Fraction> Polynomial::constant() const {
  if (many_.empty() && single_.first.is_one()) return single_.second;
  return std::nullopt;
}

std::optional<std::int64_t> Polynomial::integer() const {
  const auto value = constant();
  if (value && value->is_integer()) return value->numerator();
  return std::nullopt;
}

bool Polynomial::mentions(Symbol symbol) const {
  const auto all = terms();
  return std::any_of(all.begin(), all.end(),
                     [&](const Term& term) { return term.first.exponent(symbol) != 0; });
}

Polynomial Polynomial::sum(const Polynomial& a, const Polynomial& b, const Fraction& factor) {
  if (b.is_zero()) return a;
  if (a.is_zero() && factor == Fraction(1)) return b;
  const auto left = a.terms();
  const auto right = b.terms();
  std::vector<Term> terms;
  auto x = left.begin();
  for (const auto& [monomial, c] : right) {
    for (; x != left.end() && x->first < monomial; ++x) terms.push_back(*x);
    const bool both = x != left.end() && x->first == monomial;
    const Fraction coefficient = both ? (x++)->second + factor * c : factor * c;
    if (!(coefficient == Fraction(0))) terms.emplace_back(monomial, coefficient);
  }
  terms.insert(terms.end(), x, left.end());
  return Polynomial(std::move(terms));
}

Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  return Polynomial::sum(a, b, 1);
}

Polynomial operator-(const Polynomial& a, const Polynomial& b) {
  return a == b ? Polynomial() : Polynomial::sum(a, b, -1);
}

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  if (a.is_one()) return b;
  if (b.is_one()) return a;
  if (a.is_zero() || b.is_zero()) return {};
  if (a.is_monomial() && b.is_monomial()) {
    Polynomial result;
    result.single_ = {product(a.single_.first, b.single_.first),
                      a.single_.second * b.single_.second};
    return result;
  }
  std::vector<Polynomial::Term> terms;
  for (const auto& [m, c] : a.terms()) {
    for (const auto& [n, d] : b.terms()) terms.emplace_back(product(m, n), c * d);
  }
  return Polynomial(collected(std::move(terms)));
}

bool operator<(const Polynomial& a, const Polynomial& b) {
  const auto left = a.terms();
  const auto right = b.terms();
  return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(),
                                      [](const Polynomial::Term& x, const Polynomial::Term& y) {
                                        if (x.first != y.first) return x.first < y.first;
                                        return x.second < y.second;
                                      });
}

Polynomial Polynomial::inverse() const {
  if (!is_monomial()) throw Undecided("a division by a sum of sizes");
  Polynomial result = Fraction(1) / single_.second;
  for (Symbol s = 0; s < all_symbols; ++s) {
    const int exponent = single_.first.exponent(s);
    if (exponent != 0) result.single_.first.multiply(s, -exponent);
  }
  return result;
}

Polynomial Polynomial::substituted(Symbol symbol, const Polynomial& monomial) const {
  if (!mentions(symbol)) return *this;
  const auto& [with, factor] = monomial.single_;
  const auto replaced = [&](const Term& term) {
    const int exponent = term.first.exponent(symbol);
    Term result = term;
    result.first.multiply(symbol, -exponent);
    for (Symbol s = 0; s < all_symbols; ++s) {
      if (with.exponent(s) != 0) result.first.multiply(s, with.exponent(s) * exponent);
    }
    result.second = result.second * power(factor, exponent);
    return result;
  };
  if (is_monomial()) {
    Polynomial result;
    result.single_ = replaced(single_);
    return result;
  }
  std::vector<Term> terms;
  for (const Term& term : many_) terms.push_back(replaced(term));
  return Polynomial(collected(std::move(terms)));
}

namespace {

std::string powers(const Monomial& monomial, const SymbolTable& names, int sign) {
  std::string text;
  for (Symbol s = 0; s < names.size(); ++s) {
    for (int i = 0; i < monomial.exponent(s) * sign; ++i) {
      text += (text.empty() ? "" : " * ") + names.at(s).name;
    }
  }
  return text;
}

std::string term_text(const Polynomial::Term& term, const SymbolTable& names) {
  const Fraction& c = term.second;
  std::string above = powers(term.first, names, 1);
  std::string below = powers(term.first, names, -1);
  const std::int64_t n = std::abs(c.numerator());
  if (n != 1 || above.empty()) above = std::to_string(n) + (above.empty() ? "" : " * " + above);
  if (c.denominator() != 1) {
    below = std::to_string(c.denominator()) + (below.empty() ? "" : " * " + below);
  }
  if (below.empty()) return above;
  const bool brackets = below.find('*') != std::string::npos;
  const bool plain = above.find(' ') == std::string::npos && below.find(' ') == std::string::npos;
  return above + (plain ? "/" : " / ") + (brackets ? "(" + below + ")" : below);
}

}  // namespace

std::string to_string(const Polynomial& polynomial, const SymbolTable& names) {
  if (polynomial.is_zero()) return "0";
  std::string text;
  // The highest powers first, as one writes `tp - 1`.
  for (auto term = polynomial.terms().rbegin(); term != polynomial.terms().rend(); ++term) {
    const bool negative = term->second < Fraction(0);
    if (text.empty()) {
      text = negative ? "-" : "";
    } else {
      text += negative ? " - " : " + ";
    }
    text += term_text(*term, names);
  }
  return text;
}

}  // namespace reducecheck::prove
