// SPDX-License-Identifier: Apache-2.0
// Two results of the same sum, judged: do they differ by rounding only?
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sim/certify/bound.hpp"

namespace reducecheck {

/// `rounding_only`: some bits differ, and both results are within their certified bounds of the
/// exact sum everywhere. `defect`: one is not, at a witness. `undecided`: for some element nothing
/// is certified.
enum class RoundingVerdict : std::uint8_t { same_bits, rounding_only, defect, undecided };

const char* spelling(RoundingVerdict verdict);

/// The same element of two results.
struct ComparedElement {
  std::size_t element = 0;  // in row-major order
  int rank = 0;
  float left = 0;
  float right = 0;
  double exact = 0;  // the sum, rounded to binary64 towards zero
  double left_bound = 0;
  double right_bound = 0;
  bool left_wrong = false;  // further from the exact sum than its bound
  bool right_wrong = false;

  [[nodiscard]] double difference() const;
  /// |left - right| as a share of left_bound + right_bound; 0 where they are equal.
  [[nodiscard]] double share_of_bounds() const;
};

struct RoundingReport {
  RoundingVerdict verdict = RoundingVerdict::same_bits;
  std::int64_t elements = 0;
  std::int64_t differing = 0;  // in bits; two NaN are the same
  std::int64_t left_wrong = 0;
  std::int64_t right_wrong = 0;
  std::int64_t undecided = 0;                  // elements without a bound whose bits differ
  std::optional<ComparedElement> largest{};    // of the largest difference
  std::optional<ComparedElement> tightest{};   // of the largest share of the bounds
  std::optional<ComparedElement> witness{};    // the first that is wrong
  std::optional<ComparedElement> unbounded{};  // the first that is undecided
  /// The median of bound / |error| over both results, where the error is not 0, to 2 %; 0 where
  /// there is none.
  double median_ratio = 0;
};

/// Elements of two results. Every pointer is to `count` numbers; `leaves` are what the exact sum is
/// of. A bound may be infinite: not known.
struct ComparedBlock {
  std::span<const float* const> leaves;
  std::size_t count = 0;
  const float* left = nullptr;
  const float* right = nullptr;
  const double* left_bounds = nullptr;
  const double* right_bounds = nullptr;
  std::size_t first = 0;  // what the first element of the block counts as
  int rank = 0;
};

/// Judges blocks one after the other. Comparisons with a bound are exact: in binary64 where its
/// error cannot matter, else in fixed point.
class RoundingJudge {
 public:
  void judge(const ComparedBlock& block);
  [[nodiscard]] RoundingReport report() const;

  /// Counts what another judge saw, of later elements.
  void add(const RoundingJudge& later);

 private:
  struct Sum {  // of the leaves of one element
    double value = 0;
    double error = 0;  // |value - exact sum| is at most this
  };

  static Sum sum_of(const ComparedBlock& block, std::size_t i);
  bool outside(const ComparedBlock& block, std::size_t i, const Sum& sum, float x, double bound);
  void note_ratio(double bound, double error);

  static constexpr std::size_t bins_per_octave = 64;
  static constexpr int octaves = 128;
  RoundingReport report_;
  std::array<std::int64_t, bins_per_octave * octaves> ratios_{};
};

/// bounds[i] of a family for elements of `leaves`; infinite where a leaf is not finite or some
/// order of the family could leave the range of the format.
void family_bounds(const FamilyBound& family, Format format, std::span<const float* const> leaves,
                   std::size_t count, double* bounds);

}  // namespace reducecheck
