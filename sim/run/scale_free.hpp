// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: norms that a file assumes to be free of scale, norm(c * x) == norm(x) for
// c > 0, in the prime field.
//
// A field has no positive numbers, so no function of a row alone can have that law and still tell x
// from -x: -1 is a power of 3 there. A norm is therefore taken of a representative of its row, the
// first row of the run of which it is a known positive multiple.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "sim/domain/domain.hpp"

namespace reducecheck {

class Representatives {
 public:
  /// Forgets all rows and scalars; room for `rows` rows.
  void start(std::size_t rows) {
    places_.assign(std::bit_ceil(2 * rows + 1), {});
    known_.clear();
    positive_.clear();
    compared_ = 0;
  }

  /// A run that compared so many rows of one direction looks, from then on, at no more than so many
  /// that have no known factor between them: where each row is multiplied by a gate, all are such.
  static constexpr int most_compared = 1 << 16;
  static constexpr int most_alike = 32;

  /// From here on a known positive factor may contain powers of the scalar, a value of the run.
  void assume_positive(std::uint64_t scalar) { positive_.push_back(scalar); }

  /// c, so that the row over c or -c is a row given before, or 1. Known factors are fractions of
  /// numbers up to 2^16, times powers up to the fourth of at most two scalars. One that is none is
  /// taken for one with a probability below 2^-20.
  std::uint64_t factor(std::span<const std::uint64_t> row) {
    std::size_t first = 0;
    while (first < row.size() && row[first] == 0) ++first;
    if (first == row.size()) return 1;
    const std::uint64_t direction = direction_of(row, first);
    std::size_t place = direction & (places_.size() - 1);
    int alike = 0;
    for (; places_[place].scale != 0; place = (place + 1) & (places_.size() - 1)) {
      if (places_[place].direction != direction) continue;
      if (++alike > most_alike && compared_ >= most_compared) return 1;
      ++compared_;
      if (places_[place].scale == row[first]) return 1;
      const std::uint64_t c = Prime::divide(row[first], places_[place].scale);
      if (is_positive(c)) return c;
      // The norm is odd: -x is no multiple of x, but its norm is that of x with the other sign.
      if (is_positive(Prime::subtract(0, c))) return Prime::subtract(0, c);
    }
    places_[place] = {direction, row[first]};
    return 1;
  }

 private:
  struct Place {
    std::uint64_t direction = 0;
    std::uint64_t scale = 0;  // the first element that is not 0; 0: no row is here
  };
  struct Known {
    std::uint64_t factor = 0;
    bool positive = false;
  };

  static std::uint64_t direction_of(std::span<const std::uint64_t> row, std::size_t first) {
    const std::uint64_t inverse = Prime::divide(1, row[first]);
    std::uint64_t hash = mix(row.size());
    for (const std::uint64_t x : row) hash = mix(hash ^ Prime::multiply(x, inverse));
    return hash;
  }

  /// Whether x is a / b with 0 < a, b <= 2^16: a is the first remainder of Euclid's algorithm that
  /// is small enough, b its cofactor.
  static bool is_small(std::uint64_t x) {
    constexpr std::int64_t most = 1 << 16;
    auto before = static_cast<std::int64_t>(Prime::modulus);
    auto now = static_cast<std::int64_t>(x);
    std::int64_t earlier = 0;
    std::int64_t cofactor = 1;
    while (now > most) {
      const std::int64_t quotient = before / now;
      before = std::exchange(now, before % now);
      earlier = std::exchange(cofactor, earlier - quotient * cofactor);
    }
    return now > 0 && cofactor > 0 && cofactor <= most;
  }

  bool is_positive(std::uint64_t c) {
    for (const Known& known : known_) {
      if (known.factor == c) return known.positive;
    }
    if (known_.size() == 16) known_.clear();  // rows that differ by gates have no factor in common
    known_.push_back({c, has_small_rest(c, 2, 0)});
    return known_.back().positive;
  }

  /// Whether c is small after at most `scalars` scalars from `first` on are divided out.
  [[nodiscard]] bool has_small_rest(std::uint64_t c, int scalars, std::size_t first) const {
    if (is_small(c)) return true;
    if (scalars == 0) return false;
    constexpr int powers = 4;
    for (std::size_t i = first; i < positive_.size(); ++i) {
      std::uint64_t up = c;
      std::uint64_t down = c;
      for (int power = 1; power <= powers; ++power) {
        up = Prime::multiply(up, positive_[i]);
        down = Prime::divide(down, positive_[i]);
        if (has_small_rest(up, scalars - 1, i + 1) || has_small_rest(down, scalars - 1, i + 1)) {
          return true;
        }
      }
    }
    return false;
  }

  std::vector<Place> places_;  // a table of twice the rows, by direction
  std::vector<Known> known_;   // factors that were asked for
  std::vector<std::uint64_t> positive_;
  int compared_ = 0;
};

}  // namespace reducecheck
