// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/bound.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace reducecheck {
namespace {

constexpr std::size_t block_size = 128;
constexpr double infinite = std::numeric_limits<double>::infinity();

/// Half an ulp of a finite number, from its exponent, which subnormals share with the numbers
/// above.
template <Format F>
constexpr double half_ulp_of(float x) {
  constexpr FormatTraits f = traits(F);
  constexpr std::uint32_t least = static_cast<std::uint32_t>(1 - f.bias + 127);
  const std::uint32_t field = std::bit_cast<std::uint32_t>(x) >> 23 & 0xffU;
  const std::uint64_t exponent = std::max(field, least);
  return std::bit_cast<double>((exponent - 127 - f.fraction_bits - 1 + 1023) << 52);
}

/// The number of the format nearest to a + b, and whether it is in range.
template <Format F>
float rounded(float sum) {
  if constexpr (F == Format::fp32) return sum;
  if constexpr (traits(F).bytes == 1) sum = widen<Format::fp16>(round_to<Format::fp16>(sum));
  return widen<F>(round_to<F>(sum));
}

template <Format F>
bool in_range(float sum, float result) {
  if constexpr (traits(F).saturates) {
    constexpr double end =
        static_cast<double>(traits(F).largest) + half_ulp_of<F>(traits(F).largest);
    return std::abs(static_cast<double>(sum)) <= end;
  }
  return (std::bit_cast<std::uint32_t>(result) & 0x7f800000U) != 0x7f800000U;
}

template <Format F>
void add_block(const float* a, const float* b, std::size_t count, float* out, double* bounds) {
  for (std::size_t i = 0; i < count; ++i) {
    const float sum = a[i] + b[i];
    const float result = rounded<F>(sum);
    const float of_b = sum - a[i];  // TwoSum: what the addition in binary32 lost
    const float lost = (a[i] - (sum - of_b)) + (b[i] - of_b);
    const double operands =
        std::min(static_cast<double>(std::abs(a[i])), static_cast<double>(std::abs(b[i])));
    const double inexact = std::min(half_ulp_of<F>(result), operands);
    const double local = lost == 0 && sum == result ? 0 : inexact;
    bounds[i] += in_range<F>(sum, result) ? local : infinite;
    out[i] = result;
  }
}

/// Not through binary16: an accumulator in binary32 is converted at once.
template <Format F>
void convert_block(const float* a, std::size_t count, float* out, double* bounds) {
  for (std::size_t i = 0; i < count; ++i) {
    const float result = widen<F>(round_to<F>(a[i]));
    const double inexact = std::min(half_ulp_of<F>(result), static_cast<double>(std::abs(a[i])));
    const double local = a[i] == result ? 0 : inexact;
    bounds[i] += in_range<F>(a[i], result) ? local : infinite;
    out[i] = result;
  }
}

/// big + small - result, by Dekker's theorem: each difference is a number of the format (of
/// binary32 for a conversion), and so exact.
float addition_error(float a, float b, float result) {
  const float big = std::abs(a) >= std::abs(b) ? a : b;
  const float small = std::abs(a) >= std::abs(b) ? b : a;
  return (result - big) - small;
}

}  // namespace

double half_ulp(Format format, float x) {
  return with_format(format, [&]<Format F>() { return half_ulp_of<F>(x); });
}

SumReplay::SumReplay(SumSteps steps)
    : steps_(std::move(steps)), nodes_(steps_.steps.size() * block_size), bounds_(block_size) {}

void SumReplay::run(std::span<const float* const> leaves, std::size_t count,
                    std::span<float> values, std::span<double> bounds) {
  const double upwards = 1 + static_cast<double>(steps_.steps.size()) * 0x1p-52;
  for (std::size_t first = 0; first < count; first += block_size) {
    const std::size_t n = std::min(block_size, count - first);
    run_block(leaves, first, n);
    const float* sum = steps_.steps.empty()
                           ? leaves[0] + first
                           : nodes_.data() + (steps_.steps.size() - 1) * block_size;
    for (std::size_t i = 0; i < n; ++i) {
      values[first + i] = sum[i];
      bounds[first + i] = std::isfinite(sum[i]) ? bounds_[i] * upwards : infinite;
    }
  }
}

void SumReplay::run_block(std::span<const float* const> leaves, std::size_t first,
                          std::size_t count) {
  std::fill_n(bounds_.begin(), count, 0.0);
  const auto operand = [&](int o) -> const float* {
    if (o < steps_.leaves) return leaves[static_cast<std::size_t>(o)] + first;
    return nodes_.data() + static_cast<std::size_t>(o - steps_.leaves) * block_size;
  };
  float* out = nodes_.data();
  for (const SumStep& step : steps_.steps) {
    with_format(step.format, [&]<Format F>() {
      const float* left = operand(step.left);
      if (step.right == SumStep::none) return convert_block<F>(left, count, out, bounds_.data());
      add_block<F>(left, operand(step.right), count, out, bounds_.data());
    });
    out += block_size;
  }
}

std::vector<float> local_errors(const SumSteps& steps, std::span<const float> leaves) {
  std::vector<float> nodes(leaves.begin(), leaves.end());
  std::vector<float> errors;
  for (const SumStep& step : steps.steps) {
    const float a = nodes[static_cast<std::size_t>(step.left)];
    if (step.right == SumStep::none) {
      nodes.push_back(widen(step.format, round_to(step.format, a)));
      errors.push_back(nodes.back() - a);
      continue;
    }
    const float b = nodes[static_cast<std::size_t>(step.right)];
    nodes.push_back(with_format(step.format, [&]<Format F>() { return rounded<F>(a + b); }));
    errors.push_back(addition_error(a, b, nodes.back()));
  }
  return errors;
}

ExactSum rounding_error(const SumSteps& steps, std::span<const float> leaves) {
  ExactSum error;
  for (const float local : local_errors(steps, leaves)) error.add(local);
  return error;
}

FamilyBound family_bound(SumFamily family, const SumShape& shape) {
  constexpr double upwards = 1 + 0x1p-32;  // three roundings in each of up to 2^18 steps of grown()
  const auto unit = [](Format format) {
    return std::ldexp(1.0, -traits(format).fraction_bits - 1);
  };
  const double u = unit(shape.format);
  const double v = u / (1 + u) * upwards;
  const bool narrow = traits(shape.format).bytes == 1;  // which some add up in binary16
  const double w = unit(narrow && family == SumFamily::any ? Format::fp16 : Format::fp32);
  const double wide = w / (1 + w) * upwards;
  const auto grown = [](double c, double by, int times) {  // (1 + c)(1 + by)^times - 1
    for (int i = 0; i < times; ++i) c += by + c * by;
    return c;
  };
  const int height = shape.ranks - 1 + shape.branches - 1 + shape.addends;
  if (height == 0) return {};
  if (family == SumFamily::each_addition || shape.format == Format::fp32) {
    const int terms = shape.ranks * shape.branches + shape.addends;
    return {0, std::min(grown(0, v, height), (terms - 1) * u) * upwards};
  }
  if (family == SumFamily::any) return {0, grown(grown(0, v, height), wide, height) * upwards};
  const double before = grown(0, wide, shape.ranks - 1);
  const int in_format = shape.branches - 1 + shape.addends;
  if (in_format == 0) return {v, (before + v * before) * upwards};
  return {0, grown(before, v, in_format + 1) * upwards};
}

}  // namespace reducecheck
