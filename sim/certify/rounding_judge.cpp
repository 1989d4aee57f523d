// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/rounding_judge.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace reducecheck {
namespace {

bool same_bits(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

/// `now` where nothing is held or it is larger than what is held by `size`.
template <class Size>
void keep_largest(std::optional<ComparedElement>& held, const ComparedElement& now, Size size) {
  if (!held || size(now) > size(*held)) held = now;
}

double exact_sum(const ComparedBlock& block, std::size_t i) {
  ExactSum sum;
  for (const float* leaf : block.leaves) sum.add(leaf[i]);
  return sum.towards_zero();
}

bool finite_leaves(const ComparedBlock& block, std::size_t i) {
  return std::ranges::all_of(block.leaves,
                             [i](const float* leaf) { return std::isfinite(leaf[i]); });
}

}  // namespace

const char* spelling(RoundingVerdict verdict) {
  switch (verdict) {
    case RoundingVerdict::same_bits: return "same_bits";
    case RoundingVerdict::rounding_only: return "rounding_only";
    case RoundingVerdict::defect: return "defect";
    default: return "undecided";
  }
}

double ComparedElement::difference() const {
  return std::abs(static_cast<double>(left) - static_cast<double>(right));
}

double ComparedElement::share_of_bounds() const {
  const double apart = difference();
  return apart == 0 ? 0 : apart / (left_bound + right_bound);
}

RoundingJudge::Sum RoundingJudge::sum_of(const ComparedBlock& block, std::size_t i) {
  Sum sum;
  double magnitudes = 0;
  for (const float* leaf : block.leaves) {
    sum.value += static_cast<double>(leaf[i]);
    magnitudes += std::abs(static_cast<double>(leaf[i]));
  }
  // Each of the additions loses at most 2^-53 of what it gives, which is at most `magnitudes`; the
  // second factor 2 is for what that sum lost itself.
  sum.error = magnitudes * static_cast<double>(block.leaves.size()) * 0x1p-52;
  return sum;
}

bool RoundingJudge::outside(const ComparedBlock& block, std::size_t i, const Sum& sum, float x,
                            double bound) {
  if (std::isinf(bound)) return false;
  if (!std::isfinite(x)) return true;
  const double apart = std::abs(static_cast<double>(x) - sum.value);
  note_ratio(bound, apart > sum.error ? apart : 0);
  if (apart * (1 + 0x1p-50) + sum.error <= bound) return false;
  if (apart * (1 - 0x1p-50) - sum.error > bound) return true;
  ExactSum error;
  error.add(x);
  for (const float* leaf : block.leaves) error.subtract(leaf[i]);
  return error.exceeds(bound);
}

void RoundingJudge::note_ratio(double bound, double error) {
  if (error == 0 || bound == 0) return;
  // The exponent and the highest bits of the fraction number the bin.
  constexpr int shift = 52 - std::bit_width(bins_per_octave - 1);
  const auto bin = std::bit_cast<std::uint64_t>(bound / error) >> shift;
  constexpr auto lowest = (std::uint64_t{1023} - octaves / 2) * bins_per_octave;
  ++ratios_[std::min<std::size_t>(bin - std::min(bin, lowest), ratios_.size() - 1)];
}

void RoundingJudge::judge(const ComparedBlock& block) {
  for (std::size_t i = 0; i < block.count; ++i) {
    const Sum sum = sum_of(block, i);
    ComparedElement now{block.first + i, block.rank,           block.left[i],        block.right[i],
                        sum.value,       block.left_bounds[i], block.right_bounds[i]};
    now.left_wrong = outside(block, i, sum, now.left, now.left_bound);
    now.right_wrong = outside(block, i, sum, now.right, now.right_bound);
    ++report_.elements;
    const bool differs = !same_bits(now.left, now.right);
    const bool wrong = now.left_wrong || now.right_wrong;
    if (!differs && !wrong) continue;
    if (finite_leaves(block, i)) now.exact = exact_sum(block, i);
    report_.differing += static_cast<std::int64_t>(differs);
    report_.left_wrong += static_cast<std::int64_t>(now.left_wrong);
    report_.right_wrong += static_cast<std::int64_t>(now.right_wrong);
    if (wrong && !report_.witness) report_.witness = now;
    if (!wrong && std::isinf(now.left_bound + now.right_bound)) {
      ++report_.undecided;
      if (!report_.unbounded) report_.unbounded = now;
      continue;
    }
    if (!differs || std::isnan(now.difference())) continue;
    keep_largest(report_.largest, now, [](const auto& one) { return one.difference(); });
    keep_largest(report_.tightest, now, [](const auto& one) { return one.share_of_bounds(); });
  }
}

void RoundingJudge::add(const RoundingJudge& later) {
  const RoundingReport& other = later.report_;
  report_.elements += other.elements;
  report_.differing += other.differing;
  report_.left_wrong += other.left_wrong;
  report_.right_wrong += other.right_wrong;
  report_.undecided += other.undecided;
  if (!report_.witness) report_.witness = other.witness;
  if (!report_.unbounded) report_.unbounded = other.unbounded;
  if (other.largest) {
    keep_largest(report_.largest, *other.largest, [](const auto& one) { return one.difference(); });
    keep_largest(report_.tightest, *other.tightest,
                 [](const auto& one) { return one.share_of_bounds(); });
  }
  for (std::size_t bin = 0; bin < ratios_.size(); ++bin) ratios_[bin] += later.ratios_[bin];
}

RoundingReport RoundingJudge::report() const {
  RoundingReport report = report_;
  if (report.witness) {
    report.verdict = RoundingVerdict::defect;
  } else if (report.undecided > 0) {
    report.verdict = RoundingVerdict::undecided;
  } else if (report.differing > 0) {
    report.verdict = RoundingVerdict::rounding_only;
  }
  std::int64_t left = 0;
  for (const std::int64_t count : ratios_) left += count;
  left = (left + 1) / 2;
  for (std::size_t bin = 0; bin < ratios_.size() && left > 0; ++bin) {
    left -= ratios_[bin];
    const auto octave = static_cast<int>(bin / bins_per_octave) - octaves / 2;
    const double part = static_cast<double>(bin % bins_per_octave) + 0.5;
    if (left <= 0) report.median_ratio = std::ldexp(1 + part / bins_per_octave, octave);
  }
  return report;
}

void family_bounds(const FamilyBound& family, Format format, std::span<const float* const> leaves,
                   std::size_t count, double* bounds) {
  const double upwards = 1 + static_cast<double>(leaves.size() + 4) * 0x1p-52;
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    double magnitudes = 0;
    for (const float* leaf : leaves) {
      sum += static_cast<double>(leaf[i]);
      magnitudes += std::abs(static_cast<double>(leaf[i]));
    }
    magnitudes *= upwards;
    const double most = (1 + family.of_sum + family.of_magnitudes) * magnitudes * upwards;
    const bool fits = most <= static_cast<double>(traits(format).largest);
    // The sum may have lost 2^-53 of the magnitudes in each addition.
    const double exact = std::abs(sum) + magnitudes * static_cast<double>(leaves.size()) * 0x1p-52;
    const double bound = (family.of_sum * exact + family.of_magnitudes * magnitudes) * upwards;
    bounds[i] = fits ? bound : std::numeric_limits<double>::infinity();
  }
}

}  // namespace reducecheck
