// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/polynomial.hpp"

#include <fmt/format.h>

#include <algorithm>

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
  return std::all_of(exponents_.begin(), exponents_.end(), [](int e) { return e == 0; });
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

}  // namespace

Polynomial::Polynomial(Fraction constant) {
  if (!(constant == Fraction(0))) terms_.emplace_back(Monomial{}, constant);
}

Polynomial::Polynomial(std::vector<Term> terms) {
  std::sort(terms.begin(), terms.end(),
            [](const Term& a, const Term& b) { return a.first < b.first; });
  for (Term& term : terms) {
    if (!terms_.empty() && terms_.back().first == term.first) {
      terms_.back().second = terms_.back().second + term.second;
    } else {
      terms_.push_back(std::move(term));
    }
    if (terms_.back().second == Fraction(0)) terms_.pop_back();
  }
}

Polynomial Polynomial::symbol(Symbol symbol, int power) {
  Polynomial result = 1;
  result.terms_.front().first.multiply(symbol, power);
  return result;
}

bool Polynomial::is_one() const {
  return is_monomial() && terms_.front().second == Fraction(1) && terms_.front().first.is_one();
}

std::optional<Fraction> Polynomial::constant() const {
  if (terms_.empty()) return Fraction(0);
  if (is_monomial() && terms_.front().first.is_one()) return terms_.front().second;
  return std::nullopt;
}

std::optional<std::int64_t> Polynomial::integer() const {
  const auto value = constant();
  if (value && value->is_integer()) return value->numerator();
  return std::nullopt;
}

bool Polynomial::mentions(Symbol symbol) const {
  return std::any_of(terms_.begin(), terms_.end(),
                     [&](const Term& term) { return term.first.exponent(symbol) != 0; });
}

Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  std::vector<Polynomial::Term> terms = a.terms_;
  terms.insert(terms.end(), b.terms_.begin(), b.terms_.end());
  return Polynomial(std::move(terms));
}

Polynomial operator-(const Polynomial& a, const Polynomial& b) {
  return a + Polynomial(-1) * b;
}

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  if (a.is_one()) return b;
  if (b.is_one()) return a;
  std::vector<Polynomial::Term> terms;
  for (const auto& [m, c] : a.terms_) {
    for (const auto& [n, d] : b.terms_) terms.emplace_back(product(m, n), c * d);
  }
  return Polynomial(std::move(terms));
}

bool operator<(const Polynomial& a, const Polynomial& b) {
  return std::lexicographical_compare(a.terms_.begin(), a.terms_.end(), b.terms_.begin(),
                                      b.terms_.end(),
                                      [](const Polynomial::Term& x, const Polynomial::Term& y) {
                                        if (x.first != y.first) return x.first < y.first;
                                        return x.second < y.second;
                                      });
}

Polynomial Polynomial::inverse() const {
  if (!is_monomial()) throw Undecided("a division by a sum of sizes");
  Polynomial result = Fraction(1) / terms_.front().second;
  for (Symbol s = 0; s < all_symbols; ++s) {
    const int exponent = terms_.front().first.exponent(s);
    if (exponent != 0) result.terms_.front().first.multiply(s, -exponent);
  }
  return result;
}

Polynomial Polynomial::substituted(Symbol symbol, const Polynomial& monomial) const {
  if (!mentions(symbol)) return *this;
  const auto& [with, factor] = monomial.terms_.front();
  std::vector<Term> terms;
  for (const auto& [m, c] : terms_) {
    const int exponent = m.exponent(symbol);
    Monomial replaced = m;
    replaced.multiply(symbol, -exponent);
    for (Symbol s = 0; s < all_symbols; ++s) {
      if (with.exponent(s) != 0) replaced.multiply(s, with.exponent(s) * exponent);
    }
    terms.emplace_back(replaced, c * power(factor, exponent));
  }
  return Polynomial(std::move(terms));
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
