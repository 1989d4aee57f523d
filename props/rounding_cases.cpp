// SPDX-License-Identifier: Apache-2.0
#include "props/rounding_cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>

#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

using Integer = boost::multiprecision::cpp_int;

constexpr int unit_exponent =
    260;  // integers count 2^-260, which divides every double that occurs here

Integer integer(double x) {
  int exponent = 0;
  const double fraction = std::frexp(x, &exponent);
  const int shift = exponent - 53 + unit_exponent;
  const Integer significand(static_cast<std::int64_t>(std::ldexp(fraction, 53)));
  return shift >= 0 ? Integer(significand << shift) : Integer(significand >> -shift);
}

float in_format(Format format, double x) {
  const float limit = traits(format).largest / 128;  // so that 64 of them stay in range
  const auto clamped = static_cast<float>(std::clamp(x, -1.0 * limit, 1.0 * limit));
  return widen(format, round_to(format, clamped));
}

float smallest(Format format) {
  return widen(format, 1);
}

/// Near 1 in formats of few bits.
float scale_of(Format format) {
  return format == Format::fp8_e4m3 ? 0.25F : 1.0F;
}

float one_operand(Format format, int kind, int at, std::uint64_t hash, float large) {
  const double uniform = static_cast<double>(hash_float(hash, 0));
  const double sign = (hash & 1U) != 0 ? -1 : 1;
  const int bits = traits(format).fraction_bits + 1;
  const auto small = static_cast<double>(smallest(format));
  const auto big = static_cast<double>(large);
  switch (kind) {
    case 0: return in_format(format, uniform + static_cast<double>(hash_float(mix(hash), 0)));
    case 1: {
      const double top = std::log2(static_cast<double>(traits(format).largest) / 128);
      const double low = std::log2(small);
      return in_format(format, sign * std::exp2(low + (top - low) * std::abs(uniform)));
    }
    case 3: return in_format(format, small * std::round(uniform * std::ldexp(2.0, bits)));
    case 4: return at == 0 ? large : in_format(format, sign * std::ldexp(big, -bits));
    case 5: return large;
    case 6: return in_format(format, std::ldexp(big, -(at * bits)));
    default: {
      const int power = static_cast<int>(hash >> 8U & 7U);
      const double below = (hash & 2U) != 0 ? 1 - std::ldexp(1.0, -bits) : 1;
      return in_format(format, sign * std::ldexp(big * below, power - 4));
    }
  }
}

}  // namespace

Operands hard_operands(Format format, int kind, int count, std::uint64_t seed) {
  Operands operands;
  const float large = scale_of(format);
  for (int i = 0; i < count; ++i) {
    const std::uint64_t hash = element(row_key(mix(seed), 0), static_cast<std::uint64_t>(i));
    if (kind == 2 && i % 2 == 1 && i + 1 < count) {
      operands.push_back(-operands.back());
      continue;
    }
    operands.push_back(one_operand(format, kind == 2 ? 1 : kind, i, hash, large));
  }
  return operands;
}

SumTree fold(int ranks) {
  SumTree tree{ranks, {}};
  for (int r = 1; r < ranks; ++r) tree.additions.push_back({r == 1 ? 0 : ranks + r - 2, r});
  return tree;
}

SumTree random_tree(int ranks, std::uint64_t seed) {
  SumTree tree{ranks, {}};
  std::vector<int> left;
  for (int r = 0; r < ranks; ++r) left.push_back(r);
  while (left.size() > 1) {
    seed = mix(seed);
    std::swap(left[seed % left.size()], left.back());
    const int a = left.back();
    left.pop_back();
    int& b = left[(seed >> 32U) % left.size()];
    tree.additions.push_back({a, b});
    b = ranks + static_cast<int>(tree.additions.size()) - 1;
  }
  return tree;
}

std::vector<float> step_values(const SumSteps& steps, const Operands& operands) {
  std::vector<float> nodes = operands;
  for (const SumStep& step : steps.steps) {
    const float a = nodes[static_cast<std::size_t>(step.left)];
    if (step.right == SumStep::none) {
      nodes.push_back(widen(step.format, round_to(step.format, a)));
      continue;
    }
    const float b = nodes[static_cast<std::size_t>(step.right)];
    nodes.push_back(widen(step.format,
                          add_in(step.format, round_to(step.format, a), round_to(step.format, b))));
  }
  return {nodes.begin() + steps.leaves, nodes.end()};
}

double local_bound(Format format, float a, float b, float result) {
  const auto whole = [](float x) { return integer(static_cast<double>(x)); };
  if (whole(a) + whole(b) == whole(result)) return 0;
  const std::uint32_t magnitude = round_to(format, std::abs(result));
  const auto above = static_cast<double>(widen(format, magnitude + 1));
  const double half = (above - static_cast<double>(std::abs(result))) / 2;
  // A conversion is the addition of 0, which is no candidate for its result.
  const auto candidate = [](float x) { return std::abs(static_cast<double>(x)); };
  if (b == 0) return std::min(half, candidate(a));
  return std::min({half, candidate(a), candidate(b)});
}

std::string bound_fault(const SumSteps& steps, const Operands& operands, double claimed) {
  const std::vector<float> values = step_values(steps, operands);
  std::vector<float> nodes = operands;
  nodes.insert(nodes.end(), values.begin(), values.end());
  Integer locals = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const SumStep& step = steps.steps[i];
    const float a = nodes[static_cast<std::size_t>(step.left)];
    const float b = step.right == SumStep::none ? 0 : nodes[static_cast<std::size_t>(step.right)];
    locals += integer(local_bound(step.format, a, b, values[i]));
  }
  Integer error = integer(static_cast<double>(nodes.back()));
  for (const float x : operands) error -= integer(static_cast<double>(x));
  if (steps.steps.empty()) error = 0;
  if (!std::isfinite(claimed)) return fmt::format("no bound for a sum in range");
  const Integer bound = integer(claimed);
  if (boost::multiprecision::abs(error) > bound) {
    return fmt::format("the error {} is above the bound {}", error.str(), bound.str());
  }
  if (bound < locals)
    return fmt::format("{} is below the local bounds {}", bound.str(), locals.str());
  if ((bound - locals) << 38 > locals)
    return fmt::format("{} is far above {}", bound.str(), locals.str());
  return "";
}

}  // namespace reducecheck
