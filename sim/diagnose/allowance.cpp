// SPDX-License-Identifier: Apache-2.0
#include "sim/diagnose/allowance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace reducecheck::diagnosing {
namespace {

/// More than binary64 loses in at most `operations` additions and products of positive numbers.
double upwards(double value, double operations) {
  return value * (1 + std::ldexp(operations + 2, -52));
}

/// Half of the smallest positive number of a format.
double half_smallest(const FormatTraits& format) {
  return std::ldexp(1.0, -format.bias - format.fraction_bits);
}

bool scaled(const Delivery& delivered) {
  return !(delivered.factor == Fraction(1));
}

}  // namespace

Explained::Explained(const Case& one, const Faults& faults) : one_(one) {
  const FormatTraits& format = traits(one.format);
  unit_ = std::ldexp(1.0, -format.fraction_bits - 1);
  largest_ = static_cast<double>(format.largest);
  // Where formats differ every value may be rounded once more, before and after the sums.
  joins_ = static_cast<double>(one.terms.size()) - 1 + (one.one_format ? 0 : 2);
  double height = joins_;
  for (std::size_t t = 0; t < one.terms.size(); ++t) {
    const Delivery& delivered = deliveries_.emplace_back(delivery(one, faults, t));
    const std::int64_t summed =
        std::max(one.ranks->size_of(delivered.over), one.ranks->size_of(one.group));
    const std::int64_t roundings = 2 * summed + one.ranks->size_of(delivered.again);
    height = std::max(height, joins_ + 1 + static_cast<double>(roundings));
  }
  growth_ = std::pow(1 + unit_, height);
}

void Explained::prepare(int rank) {
  rank_ = rank;
  sums_.clear();
  const auto ranks = one_.ranks->size();
  for (std::size_t t = 0; t < deliveries_.size(); ++t) {
    const Delivery& delivered = deliveries_[t];
    TermSum& sum = sums_.emplace_back();
    const std::vector<double> counted = coefficients(one_, delivered, rank);
    double operands = 0;
    for (std::size_t s = 0; s < ranks; ++s) {
      if (counted[s] == 0) continue;
      sum.shares.push_back({t * ranks + s, counted[s]});
      operands += delivered.times[s];
    }
    sum.roundings =
        std::max(0.0, operands - 1) + static_cast<double>(one_.ranks->size_of(delivered.again) - 1);
    const double half = half_smallest(traits(one_.format));
    if (delivered.over == 0 && delivered.again == 0) {
      const auto group = static_cast<double>(one_.ranks->size_of(one_.group));
      sum.roundings += group - 1;
      sum.extra_sum = 1;
      sum.floor = half * group;
    }
    if (!scaled(delivered)) continue;
    sum.extra_sum += 1;
    // Each scaled share may be off by the floor, and all of that is summed again.
    sum.floor +=
        half * std::max(1.0, operands) * static_cast<double>(one_.ranks->size_of(delivered.again));
  }
}

Explained::Value Explained::at(int rank, std::size_t element) {
  if (rank != rank_) prepare(rank);
  Value value;
  double all = 0;
  double first_order = 0;
  double operations = 8;
  double floor = 0;
  for (const TermSum& sum : sums_) {
    double positive = 0;
    double negative = 0;
    for (const Weighted& one : sum.shares) {
      const double x = one.coefficient * static_cast<double>(one_.shares[one.share][element]);
      (x < 0 ? negative : positive) += std::abs(x);
      value.exact += x;
    }
    operations += static_cast<double>(sum.shares.size());
    all += positive + negative;
    first_order +=
        sum.roundings * std::max(positive, negative) + sum.extra_sum * (positive + negative);
    floor += sum.floor;
  }
  first_order += joins_ * all;
  // What binary64 lost of `exact` is far below a unit of the format, but counted.
  const double lost = std::ldexp(operations * all, -52);
  value.allowed = upwards((unit_ * first_order + floor) * growth_ + lost, operations + 16);
  if (growth_ * all > largest_) value.allowed = std::numeric_limits<double>::infinity();
  return value;
}

bool Explained::fits(int rank, std::size_t element) {
  const Value value = at(rank, element);
  const double found = static_cast<double>(one_.outputs[static_cast<std::size_t>(rank)][element]);
  return std::abs(found - value.exact) <= value.allowed;
}

Misfit misfit_of(const Case& one, const Faults& faults, const std::vector<int>& ranks) {
  Explained explained(one, faults);
  Misfit misfit;
  for (const int rank : ranks) {
    for (const std::size_t element : one.usable) {
      const Explained::Value value = explained.at(rank, element);
      const double found =
          static_cast<double>(one.outputs[static_cast<std::size_t>(rank)][element]);
      const double error = std::abs(found - value.exact);
      ++misfit.compared;
      if (error > value.allowed) ++misfit.count;
      const double share = error == 0           ? 0
                           : value.allowed == 0 ? std::numeric_limits<double>::infinity()
                                                : error / value.allowed;
      if (share <= misfit.worst_share && misfit.rank >= 0) continue;
      misfit.rank = rank;
      misfit.element = element;
      misfit.exact = value.exact;
      misfit.allowed = value.allowed;
      misfit.found = found;
      misfit.worst_share = share;
    }
  }
  return misfit;
}

std::size_t shares_seen(const Case& one, const std::vector<int>& ranks) {
  Explained explained(one, {});
  std::vector<char> seen(one.shares.size(), 0);
  for (const int rank : ranks) {
    std::vector<char> counted;  // in the output of this rank
    for (std::size_t t = 0; t < one.terms.size(); ++t) {
      for (const double c : coefficients(one, delivery(one, {}, t), rank)) {
        counted.push_back(c != 0 ? 1 : 0);
      }
    }
    for (const std::size_t element : one.usable) {
      const Explained::Value value = explained.at(rank, element);
      const double off =
          static_cast<double>(one.outputs[static_cast<std::size_t>(rank)][element]) - value.exact;
      for (std::size_t s = 0; s < seen.size(); ++s) {
        if (seen[s] != 0 || counted[s] == 0) continue;
        if (std::abs(off + static_cast<double>(one.shares[s][element])) > value.allowed)
          seen[s] = 1;
      }
    }
  }
  return static_cast<std::size_t>(std::ranges::count(seen, 1));
}

}  // namespace reducecheck::diagnosing
