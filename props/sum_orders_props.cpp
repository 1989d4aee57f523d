// SPDX-License-Identifier: Apache-2.0
// Orders of the sums in a layer. Exact numbers do not depend on them; rounded ones are what the
// order's trees give, addition by addition.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstring>

#include "props/judged.hpp"
#include "props/layer_generator.hpp"
#include "sim/order/describe.hpp"
#include "sim/run/interpreter.hpp"
#include "sim/run/sum_orders.hpp"

namespace reducecheck::props {
namespace {

constexpr std::uint64_t seed = 7;

/// The next number of a stream, below `below`.
std::size_t draw(std::uint64_t& stream, std::size_t below) {
  stream = mix(stream);
  return static_cast<std::size_t>(stream % below);
}

/// Some way to add the operands of all ranks.
SumTree random_tree(int ranks, std::uint64_t& stream) {
  SumTree tree{ranks, {}};
  std::vector<int> open;
  for (int r = 0; r < ranks; ++r) open.push_back(r);
  const auto take = [&] {
    const auto at = open.begin() + static_cast<std::ptrdiff_t>(draw(stream, open.size()));
    const int operand = *at;
    open.erase(at);
    return operand;
  };
  while (open.size() > 1) {
    const int left = take();
    const int right = take();
    open.push_back(ranks + static_cast<int>(tree.additions.size()));
    tree.additions.push_back({left, right});
  }
  return tree;
}

/// Elements in runs of a few, each with one of three trees.
SumOrder random_order(const SumNeed& need, Format format, std::uint64_t stream) {
  SumOrder order{.name = "random", .ranks = need.ranks, .count = need.count, .format = format};
  if (draw(stream, 2) == 1) order.rounding = SumRounding::once;
  for (int i = 0; i < 3; ++i) order.trees.push_back(random_tree(need.ranks, stream));
  order.runs.emplace_back();
  for (std::size_t done = 0; done < need.count;) {
    const std::size_t here = std::min(1 + draw(stream, 9), need.count - done);
    order.runs[0].push_back({here, static_cast<int>(draw(stream, 3))});
    done += here;
  }
  return order;
}

SumOrders random_orders(Format format, std::uint64_t stream) {
  return {format, [=](const SumNeed& need) {
            return MadeOrder{random_order(need, format, stream + need.count), ""};
          }};
}

/// The sum of one element as the tree has it, in the arithmetic of `D`.
template <class D>
typename D::Scalar literal_sum(const SumOrder& order, std::size_t element,
                               const std::vector<const typename D::Scalar*>& operands) {
  const SumTree& tree = tree_of(order, 0, element);
  std::vector<typename D::Scalar> rounded;
  std::vector<float> wide;
  for (const auto* operand : operands) {
    rounded.push_back(operand[element]);
    wide.push_back(D::to_compute(operand[element]));
  }
  for (const auto& [left, right] : tree.additions) {
    const auto l = static_cast<std::size_t>(left);
    const auto r = static_cast<std::size_t>(right);
    rounded.push_back(D::add(rounded[l], rounded[r]));
    wide.push_back(wide[l] + wide[r]);
  }
  return order.rounding == SumRounding::once ? D::from_compute(wide.back()) : rounded.back();
}

/// In bits; which NaN a NaN is does not count.
template <class D>
bool same(typename D::Scalar a, typename D::Scalar b) {
  if (std::memcmp(&a, &b, sizeof a) == 0) return true;
  if constexpr (D::exact) return false;
  return std::isnan(D::to_compute(a)) && std::isnan(D::to_compute(b));
}

/// Sums of the plan whose elements are not those of their order's trees, of how many.
template <class D>
std::pair<int, int> unlike_their_order(const Plan& plan, const SumOrders& orders) {
  Interpreter<D> values;
  values.load(plan, &orders);
  values.run(seed);
  std::pair<int, int> unlike{0, 0};
  for (const Step& step : plan.steps) {
    const OrderedSum* ordered = orders.of(plan, step);
    if (ordered == nullptr || step.kind == StepKind::all_reduce_avg) continue;
    std::vector<const typename D::Scalar*> operands;
    for (const int operand : step.operands) operands.push_back(values.numbers(operand));
    std::size_t element = 0;
    bool right = true;
    for (const int result : step.results) {
      const PlanValue& part = plan.values[static_cast<std::size_t>(result)];
      for (int i = 0; i < part.rows * part.width; ++i, ++element) {
        const auto expected = literal_sum<D>(ordered->order, element, operands);
        right = right && same<D>(values.numbers(result)[i], expected);
      }
    }
    unlike.first += right ? 0 : 1;
    ++unlike.second;
  }
  return unlike;
}

/// Whether every number of the plan is the same with the orders as without.
template <class D>
bool changes_nothing(const Plan& plan, const SumOrders& orders) {
  Interpreter<D> with;
  Interpreter<D> without;
  with.load(plan, &orders);
  without.load(plan);
  with.run(seed);
  without.run(seed);
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    const PlanValue& value = plan.values[v];
    const auto count = static_cast<std::size_t>(value.rows) * static_cast<std::size_t>(value.width);
    const int at = static_cast<int>(v);
    const bool unchanged =
        value.integer
            ? std::equal(with.ids(at), with.ids(at) + count, without.ids(at))
            : std::equal(with.numbers(at), with.numbers(at) + count, without.numbers(at), same<D>);
    if (!unchanged) return false;
  }
  return true;
}

/// A known order of all_reduce that a program can be run in.
std::string any_order() {
  std::vector<std::string> names;
  for (const OrderFacts& facts : known_orders()) {
    if (!facts.reduce_scatter && facts.ranks_agree) names.push_back(facts.name);
  }
  return *rc::gen::elementOf(names);
}

RC_GTEST_PROP(SumOrders, LeaveExactNumbersAsTheyAre, (const LayerSpec& spec)) {
  const Plan plan = first_plan(scenario_of(spec));
  SumOrders random = random_orders(Format::fp32, *rc::gen::arbitrary<std::uint64_t>());
  RC_ASSERT(random.prepare(plan) == "");
  RC_ASSERT(changes_nothing<Prime>(plan, random));
  if (runs_in<Mod64>(plan)) RC_ASSERT(changes_nothing<Mod64>(plan, random));
  const std::string name = any_order();
  SumOrders known = orders_named(name, {}, Format::bf16);
  const bool refused = !known.prepare(plan).empty();
  RC_CLASSIFY(refused, "refused");
  if (!refused) RC_ASSERT(changes_nothing<Prime>(plan, known));
}

RC_GTEST_PROP(SumOrders, RankOrderIsTheOrderOfTheGroup, (const LayerSpec& spec)) {
  const Plan plan = first_plan(scenario_of(spec));
  for (std::size_t i = 0; i < std::size(format_traits); ++i) {
    const auto format = static_cast<Format>(i);
    SumOrders orders = orders_named("rank_order", {}, format);
    RC_ASSERT(orders.prepare(plan) == "");
    RC_ASSERT(with_domain(format, [&]<class D>() { return changes_nothing<D>(plan, orders); }));
  }
}

RC_GTEST_PROP(SumOrders, RoundAsTheirTreesDo, (const LayerSpec& spec)) {
  const Plan plan = first_plan(scenario_of(spec));
  const auto format = static_cast<Format>(*rc::gen::inRange<std::size_t>(0, 5));
  SumOrders orders = random_orders(format, *rc::gen::arbitrary<std::uint64_t>());
  RC_ASSERT(orders.prepare(plan) == "");
  const auto [unlike, all] =
      with_domain(format, [&]<class D>() { return unlike_their_order<D>(plan, orders); });
  RC_ASSERT(unlike == 0);
  RC_CLASSIFY(all > 0, "with sums");
}

/// An mlp over four ranks, summed whole or scattered by columns.
struct OneSum {
  Plan plan;

  explicit OneSum(bool scattered) {
    const std::string sum = scattered
                                ? "all_gather(reduce_scatter(mlp(x), tp, dim=cols), tp, dim=cols)"
                                : "all_reduce(mlp(x), tp)";
    plan = first_plan(loaded(R"toml(title = "one sum"
source = "none"
mesh = { axes = ["tp"], tp = [4] }
input = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }
[weights]
mlp = "mlp(inter / tp)"
[program]
reference = "y = mlp(x)"
distributed = "y = )toml" + sum +
                             "\"\n"));
  }
};

TEST(SumOrders, OfAScatterByColumnsAreThoseOfItsElements) {
  const OneSum one(true);
  SumOrders orders = random_orders(Format::bf16, seed);
  ASSERT_EQ(orders.prepare(one.plan), "");
  int found = 0;
  Interpreter<BFloat16> values;
  values.load(one.plan, &orders);
  values.run(seed);
  for (const Step& step : one.plan.steps) {
    if (step.kind != StepKind::reduce_scatter_cols) continue;
    std::vector<const BFloat16::Scalar*> operands;
    for (const int operand : step.operands) operands.push_back(values.numbers(operand));
    int column = 0;
    const int width = one.plan.values[static_cast<std::size_t>(step.operands[0])].width;
    for (const int result : step.results) {
      const PlanValue& part = one.plan.values[static_cast<std::size_t>(result)];
      for (int r = 0; r < part.rows; ++r) {
        for (int j = 0; j < part.width; ++j, ++found) {
          const auto element = static_cast<std::size_t>(r * width + column + j);
          EXPECT_EQ(values.numbers(result)[r * part.width + j],
                    literal_sum<BFloat16>(orders.of(one.plan, step)->order, element, operands));
        }
      }
      column += part.width;
    }
  }
  EXPECT_GT(found, 0);
}

// Planted: what is no order shows in exact numbers, and another order in rounded ones.
TEST(SumOrders, AnOrderThatForgetsARankIsSeen) {
  const OneSum one(false);
  SumOrders forgetful(Format::fp32, [](const SumNeed& need) {
    SumOrder order = random_order(need, Format::fp32, seed);
    for (SumTree& tree : order.trees) tree.additions[0].left = tree.additions[0].right;
    return MadeOrder{order, ""};
  });
  ASSERT_EQ(forgetful.prepare(one.plan), "");
  EXPECT_FALSE(changes_nothing<Prime>(one.plan, forgetful));
  EXPECT_FALSE(changes_nothing<Mod64>(one.plan, forgetful));
}

TEST(SumOrders, AnotherOrderGivesOtherBits) {
  const OneSum one(false);
  SumOrders ring = orders_named("nccl_ring", {}, Format::fp32);
  ASSERT_EQ(ring.prepare(one.plan), "");
  EXPECT_FALSE(changes_nothing<Float32>(one.plan, ring));
  EXPECT_TRUE(changes_nothing<Prime>(one.plan, ring));
}

}  // namespace
}  // namespace reducecheck::props
