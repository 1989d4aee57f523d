// SPDX-License-Identifier: Apache-2.0
// The arithmetic of a process. It follows the same definitions as the simulator's interpreters and
// shares no code with them; only the hash that says what inputs and weights hold is one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "real/numbers/element.hpp"
#include "scenarios/program/fraction.hpp"

namespace reducecheck::real {

/// Operations on encodings of one type. Floating ones round once each, from binary32.
class Arithmetic {
 public:
  explicit Arithmetic(ElementType type) : type_(type) {}

  [[nodiscard]] ElementType type() const { return type_; }
  [[nodiscard]] bool exact() const { return type_ == ElementType::mod64; }

  [[nodiscard]] std::uint64_t add(std::uint64_t a, std::uint64_t b) const;
  [[nodiscard]] std::uint64_t subtract(std::uint64_t a, std::uint64_t b) const;
  [[nodiscard]] std::uint64_t multiply(std::uint64_t a, std::uint64_t b) const;
  [[nodiscard]] std::uint64_t divide(std::uint64_t a, std::uint64_t b) const;  // not mod64
  [[nodiscard]] bool less(std::uint64_t a, std::uint64_t b) const;
  [[nodiscard]] std::uint64_t greater(std::uint64_t a, std::uint64_t b) const;

  /// The number that a fraction is; of mod64 an integer only.
  [[nodiscard]] std::uint64_t number(const Fraction& fraction) const;

  /// What the hash `bits` stands for: in mod64 itself, else a number in [-1, 1) times 2^-shift
  /// from its top 24 bits.
  [[nodiscard]] std::uint64_t content(std::uint64_t bits, int shift) const;

  /// What memory that nobody wrote holds: numbers larger than any content.
  [[nodiscard]] std::uint64_t garbage(std::uint64_t bits) const;

  /// A pointwise function of the language, by its name; in mod64 a hash of name and argument.
  [[nodiscard]] std::uint64_t apply(std::string_view function, std::uint64_t x) const;

  /// round(x * 127 / scale) * scale / 127.
  [[nodiscard]] std::uint64_t quantise(std::uint64_t x, std::uint64_t scale) const;

 private:
  [[nodiscard]] float value(std::uint64_t encoding) const { return decode(type_, encoding); }
  [[nodiscard]] std::uint64_t rounded(double value) const;

  ElementType type_;
};

/// A sum of products, or of numbers, in ascending order: modulo 2^64, or in binary32 with one
/// rounding of each product and sum, and one to the type at the end.
class Accumulator {
 public:
  explicit Accumulator(const Arithmetic& arithmetic) : arithmetic_(&arithmetic) {}

  void add_product(std::uint64_t a, std::uint64_t b);
  void add(std::uint64_t a);
  [[nodiscard]] std::uint64_t sum() const;

 private:
  const Arithmetic* arithmetic_;
  std::uint64_t exact_ = 0;
  float floating_ = 0;
};

}  // namespace reducecheck::real
