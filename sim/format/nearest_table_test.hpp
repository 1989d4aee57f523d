// SPDX-License-Identifier: Apache-2.0
// Rounding by definition, as a judge of sim/format: all numbers of a format are listed and the
// nearest one is looked up. Shares only FormatTraits with what it judges, and none of its integer
// tricks: numbers are made by ldexp, and compared in double precision, where they and the points
// half way between two of them are exact.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/format/format.hpp"

namespace reducecheck {

/// The binary32 patterns from `first` to `last`, without a sign, become `encoding`.
struct Preimage {
  std::uint32_t encoding = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

class NearestTable {
 public:
  explicit NearestTable(Format format) : traits_(traits(format)) {
    const int patterns = 1 << (8 * traits_.bytes - 1);
    for (int i = 0; i < patterns; ++i) {
      const double number = number_of(i);
      if (number > static_cast<double>(traits_.largest)) break;
      numbers_.push_back(number);
    }
    // What would follow the largest number stands for infinity: IEEE 754 rounds to it likewise.
    const double beyond = number_of(static_cast<int>(numbers_.size()));
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      const double next = i + 1 < numbers_.size() ? numbers_[i + 1] : beyond;
      half_ways_.push_back((numbers_[i] + next) / 2);
    }
  }

  /// The finite numbers that are not negative; the encoding of each is its place.
  [[nodiscard]] const std::vector<double>& numbers() const { return numbers_; }

  /// Whether the encoding, without its sign, is one of the format's NaNs.
  [[nodiscard]] bool is_nan(std::uint32_t magnitude) const {
    return magnitude > numbers_.size() - (traits_.has_infinity ? 0 : 1);
  }

  /// The encoding of the number nearest to x + rest, |rest| at most half the distance from x to the
  /// next double; no NaN.
  [[nodiscard]] std::uint32_t nearest(double x, double rest = 0) const {
    const double magnitude = std::abs(x);
    const double excess = std::signbit(x) ? -rest : rest;
    const auto found = std::lower_bound(half_ways_.begin(), half_ways_.end(), magnitude);
    auto place = static_cast<std::uint32_t>(found - half_ways_.begin());
    const bool tie = found != half_ways_.end() && *found == magnitude;
    if (tie && (excess > 0 || (excess == 0 && place % 2 == 1))) ++place;
    return within_range(place) | (std::signbit(x) ? 1U << (8 * traits_.bytes - 1) : 0U);
  }

  /// All patterns of binary32 but the NaNs, in ascending order, by what they become.
  [[nodiscard]] std::vector<Preimage> preimages() const {
    constexpr std::uint32_t infinity = 0x7f800000U;
    std::vector<Preimage> all;
    std::uint32_t first = 0;
    for (std::uint32_t i = 0; i < half_ways_.size(); ++i) {
      // Half ways have one bit more than the numbers, so binary32 holds them.
      const auto half_way = std::bit_cast<std::uint32_t>(static_cast<float>(half_ways_[i]));
      const std::uint32_t last = std::min(half_way - (i % 2 == 1 ? 1U : 0U), infinity);
      all.push_back({i, first, last});
      first = last + 1;
    }
    all.push_back({within_range(static_cast<std::uint32_t>(half_ways_.size())), first, infinity});
    return all;
  }

 private:
  [[nodiscard]] double number_of(int pattern) const {
    const int exponent = pattern >> traits_.fraction_bits;
    const int fraction = pattern - (exponent << traits_.fraction_bits);
    const int implicit = exponent > 0 ? 1 << traits_.fraction_bits : 0;
    return std::ldexp(implicit + fraction,
                      std::max(exponent, 1) - traits_.bias - traits_.fraction_bits);
  }

  [[nodiscard]] std::uint32_t within_range(std::uint32_t place) const {
    const auto count = static_cast<std::uint32_t>(numbers_.size());
    return place == count && traits_.saturates ? count - 1 : place;
  }

  FormatTraits traits_;
  std::vector<double> numbers_;
  std::vector<double> half_ways_;  // between number i and the next
};

}  // namespace reducecheck
