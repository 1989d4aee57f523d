// SPDX-License-Identifier: Apache-2.0
// Running bounds along every published order: the same sums as its replay, and never too small.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "props/rounding_cases.hpp"
#include "props/superaccumulator.hpp"
#include "sim/certify/order_bounds.hpp"
#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck {
namespace {

constexpr std::array rank_counts = {2, 3, 4, 5, 8, 13, 16, 64};

/// What the replay of the order gives to `rank`.
template <class Encoding>
std::vector<float> replayed(const SumOrder& order, int rank,
                            const std::vector<std::vector<float>>& leaves) {
  std::vector<std::vector<Encoding>> encodings;
  std::vector<const Encoding*> inputs;
  for (const std::vector<float>& leaf : leaves) {
    encodings.emplace_back();
    for (const float x : leaf) {
      encodings.back().push_back(static_cast<Encoding>(round_to(order.format, x)));
    }
  }
  for (const auto& one : encodings) inputs.push_back(one.data());
  std::vector<Encoding> sums(order.count);
  OrderReplay(order).sum<Encoding>(rank, inputs.data(), sums.data());
  std::vector<float> values;
  for (const Encoding sum : sums) values.push_back(widen(order.format, sum));
  return values;
}

std::vector<float> replayed(const SumOrder& order, int rank,
                            const std::vector<std::vector<float>>& leaves) {
  switch (traits(order.format).bytes) {
    case 1: return replayed<std::uint8_t>(order, rank, leaves);
    case 2: return replayed<std::uint16_t>(order, rank, leaves);
    default: return replayed<std::uint32_t>(order, rank, leaves);
  }
}

void expect_bounds(const SumOrder& order, int rank, std::uint64_t seed) {
  std::vector<std::vector<float>> leaves(static_cast<std::size_t>(order.ranks));
  for (std::size_t i = 0; i < order.count; ++i) {
    const int kind = static_cast<int>(i % operand_kinds);
    const Operands operands = hard_operands(order.format, kind, order.ranks, mix(seed + i));
    for (std::size_t r = 0; r < leaves.size(); ++r) leaves[r].push_back(operands[r]);
  }
  std::vector<const float*> pointers;
  for (const std::vector<float>& leaf : leaves) pointers.push_back(leaf.data());
  std::vector<double> bounds(order.count);
  OrderBounds certified(order, 1);
  certified.run(rank, 0, pointers, order.count, bounds);
  const std::vector<float> sums = replayed(order, rank, leaves);
  for (std::size_t i = 0; i < order.count; ++i) {
    ASSERT_EQ(certified.values(0)[i], sums[i]) << order.name << ' ' << order.ranks << ' ' << i;
    Superaccumulator error;
    error.add(sums[i]);
    for (const std::vector<float>& leaf : leaves) error.add(-leaf[i]);
    ASSERT_TRUE(std::isfinite(bounds[i])) << order.name;
    ASSERT_TRUE(error.within(bounds[i])) << order.name << ' ' << order.ranks << ' ' << i;
  }
}

TEST(RoundingOrders, EveryOrderIsWithinItsBound) {
  std::map<std::string, int> made;
  for (const OrderFacts& facts : known_orders()) {
    if (facts.reduce_scatter) continue;
    for (const Format format : formats) {
      for (const int ranks : rank_counts) {
        const MadeOrder order = make_order(facts.name, {64, ranks, format, {}});
        if (!order.order) continue;
        ++made[facts.name];
        const int rank = facts.ranks_agree ? 0 : ranks - 1;
        expect_bounds(*order.order, rank, static_cast<std::uint64_t>(made[facts.name]));
        if (HasFatalFailure()) return;
      }
    }
    EXPECT_GT(made[facts.name], 0) << facts.name;
  }
}

}  // namespace
}  // namespace reducecheck
