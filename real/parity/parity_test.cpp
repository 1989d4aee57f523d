// SPDX-License-Identifier: Apache-2.0
// The comparison itself: what it is fed, and that it finds what differs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "real/parity/order_probe.hpp"
#include "real/parity/patterns.hpp"
#include "real/parity/prediction.hpp"
#include "sim/domain/hash.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::real {
namespace {

constexpr ElementType types[] = {ElementType::fp32, ElementType::bf16, ElementType::fp16};
constexpr int ranks = 4;

RankElements inputs_of(Pattern pattern, ElementType type, std::size_t count) {
  RankElements inputs;
  for (int r = 0; r < ranks; ++r) inputs.push_back(pattern_elements(pattern, type, 1, r, count));
  return inputs;
}

TEST(Patterns, SpreadOverTwentyBinadesAndMore) {
  for (const ElementType type : types) {
    std::set<int> exponents;
    const auto elements = pattern_elements(Pattern::spread, type, 1, 0, 1000);
    for (std::size_t i = 0; i < 1000; ++i) {
      int exponent = 0;
      std::frexp(decode(type, load(type, elements.data(), i)), &exponent);
      exponents.insert(exponent);
    }
    EXPECT_GE(exponents.size(), 20U) << facts(type).name;
  }
}

TEST(Patterns, AdversarialElementsAreOfEveryClass) {
  for (const ElementType type : types) {
    std::set<int> classes;
    std::size_t minus_zeros = 0;
    const auto elements = pattern_elements(Pattern::adversarial, type, 1, 1, 2000);
    for (std::size_t i = 0; i < 2000; ++i) {
      const float value = decode(type, load(type, elements.data(), i));
      classes.insert(std::fpclassify(value));
      if (value == 0 && std::signbit(value)) ++minus_zeros;
    }
    for (const int wanted : {FP_NAN, FP_INFINITE, FP_ZERO, FP_NORMAL}) {
      EXPECT_TRUE(classes.contains(wanted)) << facts(type).name << ' ' << wanted;
    }
    EXPECT_GT(minus_zeros, 0U);
  }
}

TEST(Prediction, OneUlpIsFoundAndNaNIsAClass) {
  for (const ElementType type : types) {
    const RankElements inputs = inputs_of(Pattern::adversarial, type, 1001);
    const SumOrder order = order_for("openmpi_ring", type, ranks, 1001);
    std::vector<std::byte> got = predicted_sum(order, type, 2, inputs);
    EXPECT_EQ(told_mismatch(order, type, 2, inputs, got), "");
    for (std::size_t i = 0; i < 1001; ++i) {
      const std::uint64_t element = load(type, got.data(), i);
      const std::uint64_t sign = std::uint64_t{1} << (8 * facts(type).bytes - 1);
      if (is_nan(type, element)) store(type, got.data(), i, element ^ sign);
    }
    EXPECT_EQ(told_mismatch(order, type, 2, inputs, got), "");
    store(type, got.data(), 1000, load(type, got.data(), 1000) ^ 1);
    const std::string told = told_mismatch(order, type, 2, inputs, got);
    EXPECT_EQ(told.rfind("1 of 1001 elements differ; first element 1000 on rank 2: predicted", 0),
              0U)
        << told;
    EXPECT_NE(told.find("no other known order fits"), std::string::npos) << told;
  }
}

TEST(Prediction, TheOrderThatFitsIsNamed) {
  const RankElements inputs = inputs_of(Pattern::close, ElementType::bf16, 1001);
  const SumOrder ring = order_for("openmpi_ring", ElementType::bf16, ranks, 1001);
  const auto got = predicted_sum(ring, ElementType::bf16, 0, inputs);
  const auto fitting = fitting_orders("openmpi_rabenseifner", ElementType::bf16, 0, inputs, got);
  EXPECT_NE(std::ranges::find(fitting, "openmpi_ring"), fitting.end());
  EXPECT_EQ(std::ranges::find(fitting, "openmpi_basic_linear"), fitting.end());
}

TEST(Fingerprints, TellOrdersApart) {
  const auto own = [](int rank) { return mix(static_cast<std::uint64_t>(rank)); };
  const auto combine = [](std::uint64_t a, std::uint64_t b) {
    return mix(std::min(a, b) ^ mix(std::max(a, b)));
  };
  const auto of = [&](const char* name) {
    const SumOrder order = order_for(name, ElementType::fp32, ranks, 8);
    return predicted_fingerprints(order, 0, own, combine);
  };
  EXPECT_EQ(of("openmpi_ring"), of("openmpi_segmented_ring"));
  EXPECT_NE(of("openmpi_ring"), of("openmpi_basic_linear"));
  EXPECT_NE(of("openmpi_recursive_doubling"), of("openmpi_basic_linear"));
}

/// All ranks' sums in an order, as an all_reduce gives them to one rank.
Meetings meetings_in(const SumOrder& order, ElementType type, std::size_t count,
                     int world = ranks) {
  // Every rank asks for the same sums; each time one of them collects what all put in.
  std::vector<RankElements> asked(static_cast<std::size_t>(world * (world - 1) / 2));
  for (int r = 0; r < world; ++r) {
    std::size_t turn = 0;
    observed_meetings(
        [&](std::span<std::byte> own) { asked[turn++].emplace_back(own.begin(), own.end()); }, type,
        r, world, count);
  }
  std::size_t turn = 0;
  return observed_meetings(
      [&](std::span<std::byte> own) {
        std::ranges::copy(predicted_sum(order, type, 0, asked[turn++]), own.begin());
      },
      type, 0, world, count);
}

TEST(OrderProbe, SumsOfAnyTypeShowTheirTree) {
  for (const ElementType type : element_types()) {
    if (type == ElementType::mod64) continue;
    for (const char* name : {"nccl_ring", "nccl_tree", "openmpi_rabenseifner"}) {
      const SumOrder order = order_for(name, type, ranks, 100);
      EXPECT_EQ(meetings_in(order, type, 100), predicted_meetings(order, 0))
          << name << ' ' << facts(type).name;
    }
  }
}

TEST(OrderProbe, SixteenRanksShowTheirRingInEveryType) {
  constexpr int many = 16;
  for (const ElementType type : element_types()) {
    // In fp8_e5m2 nine ones are no number.
    if (type == ElementType::mod64 || type == ElementType::fp8_e5m2) continue;
    const SumOrder ring = order_for("nccl_ring", type, many, many);
    EXPECT_EQ(meetings_in(ring, type, many, many), predicted_meetings(ring, 0)) << facts(type).name;
  }
}

TEST(OrderProbe, AnotherOrderIsNotTakenForIt) {
  const SumOrder ring = order_for("nccl_ring", ElementType::bf16, ranks, 100);
  const SumOrder tree = order_for("nccl_tree", ElementType::bf16, ranks, 100);
  const Meetings seen = meetings_in(ring, ElementType::bf16, 100);
  EXPECT_NE(seen, predicted_meetings(tree, 0));
  EXPECT_EQ(recovered_expression(seen, ranks, 0), "x0 + ((x1 + x2) + x3)");
  EXPECT_EQ(recovered_expression(meetings_in(tree, ElementType::bf16, 100), ranks, 99),
            "x0 + (x1 + (x2 + x3))");
}

TEST(OrderProbe, NumbersOfNoTreeAreSaid) {
  EXPECT_EQ(recovered_expression({{2}, {2}, {2}}, 3, 0), "no tree");
  EXPECT_EQ(recovered_expression({{3}, {2}, {3}}, 3, 0), "(x0 + x2) + x1");
}

TEST(Patterns, ExactElementsHaveOneSumInAnyOrder) {
  for (const ElementType type : element_types()) {
    if (type == ElementType::mod64) continue;
    const RankElements inputs = inputs_of(Pattern::exact, type, 500);
    const auto sum = predicted_sum(order_for("nccl_ring", type, ranks, 500), type, 0, inputs);
    for (const char* name : {"nccl_tree", "openmpi_basic_linear", "openmpi_rabenseifner"}) {
      const auto other = predicted_sum(order_for(name, type, ranks, 500), type, 0, inputs);
      EXPECT_EQ(sum, other) << facts(type).name << ' ' << name;
    }
  }
}

TEST(Simulation, RefusesWhatItCannotRun) {
  Plan divides;
  divides.steps.push_back({.kind = StepKind::norm});
  std::string refusal;
  EXPECT_FALSE(Simulation::run(divides, {}, refusal));
  EXPECT_EQ(refusal, "the program divides, which integers modulo 2^64 cannot");
  EXPECT_FALSE(Simulation::run({}, {.type = "fp64"}, refusal));
  EXPECT_EQ(refusal, "`fp64` is no type of the simulator");
}

}  // namespace
}  // namespace reducecheck::real
