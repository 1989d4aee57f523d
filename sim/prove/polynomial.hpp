// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: numbers that hold for every size, as Laurent polynomials in named symbols.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/program/fraction.hpp"

namespace reducecheck::prove {

/// The index of a symbol in a SymbolTable.
using Symbol = int;

enum class SymbolKind {
  axis,    // the size of a mesh axis, at least 1
  size,    // an extent nobody set, such as `hidden`: at least 1, divided by whatever splits it
  scalar,  // a declared scalar weight: any invertible number
  opaque,  // an integer with a name and no more: `ceil(tokens / tp)`; at least 1
  rank,    // the place of a rank in a group: rank-local
};

/// More symbols than this in one case end undecided.
inline constexpr std::size_t symbol_capacity = 40;

/// A product of powers of symbols.
class Monomial {
 public:
  [[nodiscard]] int exponent(Symbol symbol) const {
    return exponents_[static_cast<std::size_t>(symbol)];
  }
  /// Throws: Undecided for a power beyond 100.
  void multiply(Symbol symbol, int power);
  [[nodiscard]] bool is_one() const;
  [[nodiscard]] std::size_t hash() const;

  friend auto operator<=>(const Monomial&, const Monomial&) = default;

 private:
  std::array<std::int8_t, symbol_capacity> exponents_{};
};

/// A sum of monomials with exact non-zero coefficients, in the order of the monomials. Nearly all
/// have one term at most, which lies in the polynomial itself.
/// Throws, wherever a coefficient overflows: FractionError.
class Polynomial {
 public:
  using Term = std::pair<Monomial, Fraction>;

  Polynomial() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a number is a polynomial.
  Polynomial(Fraction constant);
  // NOLINTNEXTLINE(google-explicit-constructor)
  Polynomial(std::int64_t constant) : Polynomial(Fraction(constant)) {}
  static Polynomial symbol(Symbol symbol, int power = 1);

  /// Valid until the polynomial is changed or destroyed.
  [[nodiscard]] std::span<const Term> terms() const {
    if (!many_.empty()) return many_;
    return {&single_, single_.second == Fraction(0) ? 0U : 1U};
  }
  [[nodiscard]] bool is_zero() const { return terms().empty(); }
  [[nodiscard]] bool is_monomial() const { return terms().size() == 1; }
  [[nodiscard]] bool is_one() const;
  /// The number, if it depends on no symbol.
  [[nodiscard]] std::optional<Fraction> constant() const;
  [[nodiscard]] std::optional<std::int64_t> integer() const;
  [[nodiscard]] bool mentions(Symbol symbol) const;

  friend Polynomial operator+(const Polynomial& a, const Polynomial& b);
  friend Polynomial operator-(const Polynomial& a, const Polynomial& b);
  friend Polynomial operator*(const Polynomial& a, const Polynomial& b);
  friend bool operator==(const Polynomial& a, const Polynomial& b) = default;
  friend bool operator<(const Polynomial& a, const Polynomial& b);

  /// 1 / this, which must be a monomial.
  [[nodiscard]] Polynomial inverse() const;
  /// With every power of `symbol` replaced by that of `monomial` (a polynomial of one term).
  [[nodiscard]] Polynomial substituted(Symbol symbol, const Polynomial& monomial) const;

 private:
  /// Of different monomials in order, none with the coefficient 0.
  explicit Polynomial(std::vector<Term> terms);
  /// The sum of `a` and `factor` times `b`.
  static Polynomial sum(const Polynomial& a, const Polynomial& b, const Fraction& factor);

  Term single_;             // the coefficient is 0 where there is no term, or more than one
  std::vector<Term> many_;  // empty, or two terms at least
};

struct SymbolInfo {
  std::string name;
  SymbolKind kind = SymbolKind::size;
  Polynomial at_most;  // of an opaque number, where known; else 0
};

/// Names of symbols; a name has one index.
class SymbolTable {
 public:
  /// The index of `name`, added if it is new. Throws: Undecided beyond the capacity.
  Symbol add(const std::string& name, SymbolKind kind, const Polynomial& at_most = {});
  [[nodiscard]] std::optional<Symbol> find(const std::string& name) const;
  [[nodiscard]] const SymbolInfo& at(Symbol symbol) const {
    return symbols_[static_cast<std::size_t>(symbol)];
  }
  [[nodiscard]] int size() const { return static_cast<int>(symbols_.size()); }

 private:
  std::vector<SymbolInfo> symbols_;
};

/// `2 * tp`, `1 / ep`, `tp - 1`: as a person writes it.
std::string to_string(const Polynomial& polynomial, const SymbolTable& symbols);

}  // namespace reducecheck::prove
