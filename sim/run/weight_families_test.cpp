// SPDX-License-Identifier: Apache-2.0
// What is computed together has the bits that each step has alone.
#include "sim/run/weight_families.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/run/plan_sketch_test.hpp"

namespace reducecheck {
namespace {

// Wider and deeper than one tile of weights, so that shares end within tiles.
const std::string layer = R"toml(title = "layer"
mesh = { axes = ["ep", "tp"], ranks = 16 }
sizes = { tokens = 5, hidden = 270, inter = 132, shared_inter = 140, E = 4, k = 2 }
input = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }
[weights]
gate = "linear(hidden, E)"
experts = "experts(E / ep, inter / tp)"
shared = "mlp(shared_inter / tp)"
[program]
reference = '''
p, ids = topk(gate(x), k)
y = experts(x, ids, p) + shared(x)
'''
distributed = '''
p, ids = topk(gate(x), k)
y = all_reduce(experts(x, ids, p), ep * tp) + all_reduce(shared(x), tp)
'''
[variant]
only = "pass"
)toml";

class Layer {
 public:
  Layer(std::string text, std::int64_t ep, std::int64_t tp)
      : scenario_(load(text)),
        scope_(scenario_, {{ep, tp}, {}}),
        plan_(unroll(scope_, {&scenario_.variants[0]})) {}

  [[nodiscard]] const Plan& plan() const { return plan_; }

 private:
  static Scenario load(const std::string& text) {
    Diagnostics diagnostics;
    auto scenario = load_scenario(text, "layer.toml", diagnostics);
    if (!scenario) throw std::runtime_error(render(diagnostics, "layer.toml", text));
    return *scenario;
  }

  Scenario scenario_;
  Scope scope_;
  Plan plan_;
};

std::string narrow_layer() {
  std::string text = layer;
  const auto replace = [&text](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("hidden = 270, inter = 132, shared_inter = 140",
          "hidden = 17, inter = 8, shared_inter = 12");
  return text;
}

/// The step and what it is computed from, without any other.
Plan alone(const Plan& plan, int value) {
  std::set<int> needed;
  std::vector<int> waiting{plan.values[static_cast<std::size_t>(value)].step};
  while (!waiting.empty()) {
    const int step = waiting.back();
    waiting.pop_back();
    if (!needed.insert(step).second) continue;
    for (const int operand : plan.steps[static_cast<std::size_t>(step)].operands) {
      waiting.push_back(plan.values[static_cast<std::size_t>(operand)].step);
    }
  }
  Plan part = plan;
  part.steps.clear();
  for (const int step : needed) part.steps.push_back(plan.steps[static_cast<std::size_t>(step)]);
  return part;
}

/// Bit by bit: 0 is not -0.
template <class D>
std::vector<std::uint64_t> bits_of(const Interpreter<D>& values, const Plan& plan, int id) {
  const PlanValue& shape = plan.values[static_cast<std::size_t>(id)];
  std::vector<std::uint64_t> bits(static_cast<std::size_t>(shape.rows) *
                                  static_cast<std::size_t>(shape.width));
  for (std::size_t i = 0; i < bits.size(); ++i) {
    std::memcpy(&bits[i], values.numbers(id) + i, sizeof(typename D::Scalar));
  }
  return bits;
}

template <class D>
void expect_each_is_as_alone(const Plan& plan) {
  Interpreter<D> together;
  together.load(plan);
  together.run(7);
  int gated = 0;
  for (const Step& step : plan.steps) {
    if (!WeightFamilies::is_gated(step)) continue;
    ++gated;
    const Plan part = alone(plan, step.results[0]);
    Interpreter<D> single;
    single.load(part);
    single.run(7);
    EXPECT_EQ(bits_of(together, plan, step.results[0]), bits_of(single, part, step.results[0]))
        << D::name << ": " << step.text;
  }
  EXPECT_GT(gated, 1);
}

template <class D>
class Families : public testing::Test {};
using Domains = testing::Types<Prime, Mod64, Float32, BFloat16>;
TYPED_TEST_SUITE(Families, Domains);

TYPED_TEST(Families, GiveEachStepTheBitsThatItHasAlone) {
  expect_each_is_as_alone<TypeParam>(Layer(layer, 2, 4).plan());
  for (const std::int64_t tp : {1, 4}) {
    expect_each_is_as_alone<TypeParam>(Layer(narrow_layer(), 2, tp).plan());
  }
}

TYPED_TEST(Families, ForgetTheRowsOfTheRunBefore) {
  const Layer sharded(narrow_layer(), 4, 2);
  const Plan& plan = sharded.plan();
  Interpreter<TypeParam> used;
  used.load(plan);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    used.run(seed);
    Interpreter<TypeParam> fresh;
    fresh.load(plan);
    fresh.run(seed);
    for (std::size_t v = 0; v < plan.values.size(); ++v) {
      if (plan.values[v].integer) continue;
      const int id = static_cast<int>(v);
      ASSERT_EQ(bits_of(used, plan, id), bits_of(fresh, plan, id)) << "seed " << seed;
    }
  }
}

/// Experts over the same rows: as `held` says, looked for by slot or not.
int add_experts(PlanSketch& sketch, int x, int ids, int p, std::vector<std::int64_t> held,
                std::int64_t begin, bool whole, bool by_slot) {
  Step step{StepKind::experts, {x, ids, p}};
  step.source = 0;
  step.numbers = {begin, whole ? 6 : 3, 6, whole ? 1 : 0, by_slot ? 1 : 0};
  step.experts = std::move(held);
  return sketch.add(std::move(step), {{3, 2}});
}

// Lists that descend, name an expert twice or leave slots empty, slots that hold other experts than
// their numbers, all of them beside a reference; ids of no expert and of one that only that has.
TYPED_TEST(Families, HaveMembersWithAnyListsOfExperts) {
  PlanSketch sketch;
  const int x = sketch.numbers({{1, 2}, {3, 4}, {5, 6}});
  const int ids = sketch.ids({{2, 0}, {1, 1}, {-1, 1000}});
  const int p = sketch.numbers({{1, 2}, {3, 1}, {2, 2}});
  add_experts(sketch, x, ids, p, {}, 0, true, false);
  for (const bool by_slot : {false, true}) {
    for (const std::int64_t begin : {0, 3}) {
      add_experts(sketch, x, ids, p, {0, 1, 2}, begin, false, by_slot);
      add_experts(sketch, x, ids, p, {2, 1, 0}, begin, false, by_slot);
      add_experts(sketch, x, ids, p, {1, -1, 1}, begin, false, by_slot);
    }
  }
  Plan plan = sketch.plan();
  plan.sources.push_back({"experts", WeightKind::experts});
  expect_each_is_as_alone<TypeParam>(plan);
}

TEST(Sums, OfRowsThatNoExpertAddsToLoseTheSignOfZero) {
  PlanSketch sketch;
  Step negate{StepKind::scale, {sketch.numbers({{0, 0}, {0, 0}, {0, 0}})}};
  negate.scalar = -1;
  const int minus_zero = sketch.add(std::move(negate), {{3, 2}});
  const int x = sketch.numbers({{1, 2}, {3, 4}, {5, 6}});
  const int none = add_experts(sketch, x, sketch.ids({{9}, {9}, {9}}), x, {0, 1}, 0, false, false);
  const int same = sketch.add(StepKind::all_reduce_sum, {minus_zero, minus_zero}, {{3, 2}});
  const int sum = sketch.add(StepKind::all_reduce_sum, {minus_zero, minus_zero, none}, {{3, 2}});
  Plan plan = sketch.plan();
  plan.sources.push_back({"experts", WeightKind::experts});
  Interpreter<Float32> values;
  values.load(plan);
  values.run(1);
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(std::signbit(values.numbers(same)[i]));
    EXPECT_FALSE(std::signbit(values.numbers(sum)[i]));
  }
}

}  // namespace
}  // namespace reducecheck
