// SPDX-License-Identifier: Apache-2.0
// Bounds that are wrong in one way each: hard operands find an error above every one of them, and
// none above the bound as it is.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <ostream>

#include "props/rounding_cases.hpp"
#include "props/superaccumulator.hpp"
#include "sim/certify/bound.hpp"

namespace reducecheck {
namespace {

using Bound = std::function<double(const SumSteps&, const Operands&)>;

struct Planted {
  std::string name;
  Bound bound;
};

void PrintTo(const Planted& planted, std::ostream* stream) {
  *stream << planted.name;
}

/// The sum of the local bounds of all steps but those that `leaves_out` names.
double running(const SumSteps& steps, const Operands& operands, const LocalBound& local,
               const std::function<bool(std::size_t)>& leaves_out) {
  std::vector<float> nodes = operands;
  const std::vector<float> values = step_values(steps, operands);
  nodes.insert(nodes.end(), values.begin(), values.end());
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (leaves_out(i)) continue;
    const SumStep& step = steps.steps[i];
    const float a = nodes[static_cast<std::size_t>(step.left)];
    const float b = step.right == SumStep::none ? 0 : nodes[static_cast<std::size_t>(step.right)];
    sum += local(step.format, a, b, values[i]);
  }
  return sum;
}

double upwards(double bound) {
  return bound * (1 + 0x1p-40);
}

Bound with_local(const LocalBound& local) {
  return [local](const SumSteps& steps, const Operands& operands) {
    return upwards(running(steps, operands, local, [](std::size_t) { return false; }));
  };
}

double unit(Format format) {
  return std::ldexp(1.0, -traits(format).fraction_bits - 1);
}

double magnitudes_upwards(const Operands& operands) {
  double sum = 0;
  for (const float x : operands) sum += std::abs(static_cast<double>(x));
  return upwards(sum);
}

double half_below(Format format, float, float, float result) {
  const std::uint32_t magnitude = round_to(format, std::abs(result));
  if (magnitude == 0) return 0;
  const auto below = static_cast<double>(widen(format, magnitude - 1));
  return (static_cast<double>(std::abs(result)) - below) / 2;
}

Bound correct() {
  return [](const SumSteps& steps, const Operands& operands) {
    std::vector<const float*> leaves;
    for (const float& x : operands) leaves.push_back(&x);
    float value = 0;
    double bound = 0;
    SumReplay(steps).run(leaves, 1, {&value, 1}, {&bound, 1});
    return bound;
  };
}

std::vector<Planted> planted_bounds() {
  const auto last = [](const SumSteps& steps, const Operands& operands) {
    const std::size_t end = steps.steps.size() - 1;
    return upwards(running(steps, operands, local_bound, [&](std::size_t i) { return i == end; }));
  };
  const auto conversions = [](const SumSteps& steps, const Operands& operands) {
    return upwards(running(steps, operands, local_bound,
                           [&](std::size_t i) { return steps.steps[i].right == SumStep::none; }));
  };
  const auto no_factor = [](const SumSteps& steps, const Operands& operands) {
    return running(steps, operands, local_bound, [](std::size_t) { return false; });
  };
  const auto balanced = [](const SumSteps& steps, const Operands& operands) {
    const double height = std::ceil(std::log2(steps.leaves));
    return height * unit(steps.format) * magnitudes_upwards(operands);
  };
  const auto of_result = [](const SumSteps& steps, const Operands& operands) {
    const double result = std::abs(static_cast<double>(step_values(steps, operands).back()));
    return upwards(steps.leaves * unit(steps.format) * result);
  };
  return {
      {"NoFactor", no_factor},
      {"LastStepForgotten", last},
      {"ConversionForgotten", conversions},
      {"UlpBelowPowersOfTwo", with_local(half_below)},
      {"UnitInsteadOfHalfUlp",
       with_local([](Format format, float, float, float) { return unit(format); })},
      {"QuarterUlp", with_local([](Format format, float a, float b, float s) {
         return local_bound(format, a, b, s) / 2;
       })},
      {"FormatOfMoreBits", with_local([](Format format, float a, float b, float s) {
         return format == Format::fp32 ? local_bound(format, a, b, s)
                                       : local_bound(Format::fp32, a, b, s);
       })},
      {"HeightOfABalancedTree", balanced},
      {"UlpsOfTheResult", of_result},
  };
}

/// A sum whose error is above the bound; empty where there is none.
std::string refuted(const Bound& bound) {
  for (const Format format : {Format::bf16, Format::fp16, Format::fp8_e4m3, Format::fp8_e5m2}) {
    for (int at = 0; at < 60 * operand_kinds; ++at) {
      const int ranks = 2 + at / operand_kinds;
      const auto seed = static_cast<std::uint64_t>(at);
      const SumTree tree = at % 3 == 0 ? random_tree(ranks, seed) : fold(ranks);
      const auto rounding = at % 2 == 0 ? SumRounding::each_addition : SumRounding::once;
      const SumSteps steps = steps_of(tree, rounding, format);
      const Operands operands = hard_operands(format, at % operand_kinds, ranks, seed);
      Superaccumulator error;
      error.add(step_values(steps, operands).back());
      for (const float x : operands) error.add(-x);
      if (!error.within(bound(steps, operands))) {
        return std::string(traits(format).name) + " " + std::to_string(at);
      }
    }
  }
  return "";
}

class PlantedBound : public testing::TestWithParam<Planted> {};

std::string name_of(const testing::TestParamInfo<Planted>& planted) {
  return planted.param.name;
}

TEST_P(PlantedBound, IsRefuted) {
  EXPECT_NE(refuted(GetParam().bound), "");
}

INSTANTIATE_TEST_SUITE_P(All, PlantedBound, testing::ValuesIn(planted_bounds()), name_of);

TEST(PlantedBounds, TheBoundItselfIsNotRefuted) {
  EXPECT_EQ(refuted(correct()), "");
}

}  // namespace
}  // namespace reducecheck
