// SPDX-License-Identifier: Apache-2.0
// What holds of every order, and what is said of a request that makes none.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "sim/domain/hash.hpp"
#include "sim/order/describe.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck {
namespace {

/// A value that the setting has.
std::string drawn_value(const OrderSetting& setting, int ranks) {
  if (setting.is_ranks) {
    std::vector<int> all(static_cast<std::size_t>(ranks));
    std::iota(all.begin(), all.end(), 0);
    std::ranges::reverse(all);
    return fmt::format("{}", fmt::join(all, ","));
  }
  const bool is_number = setting.words.empty() || (setting.most > 0 && *rc::gen::arbitrary<bool>());
  if (!is_number) return *rc::gen::elementOf(setting.words);
  return std::to_string(
      *rc::gen::inRange(setting.least, std::min(setting.most, std::size_t{40000}) + 1));
}

OrderRequest drawn_request(const OrderFacts& facts, int most_ranks) {
  OrderRequest request;
  request.ranks = facts.world_sizes.empty() ? *rc::gen::inRange(1, most_ranks)
                                            : *rc::gen::elementOf(facts.world_sizes);
  request.format = facts.formats.empty() ? static_cast<Format>(*rc::gen::inRange(0, 5))
                                         : *rc::gen::elementOf(facts.formats);
  request.count = *rc::gen::inRange<std::size_t>(0, *rc::gen::element<std::size_t>(20, 100'000));
  if (facts.only_16_bytes) {
    request.count *= 16 / static_cast<std::size_t>(traits(request.format).bytes);
  }
  if (facts.reduce_scatter) request.count *= static_cast<std::size_t>(request.ranks);
  for (const OrderSetting& setting : facts.settings) {
    if (*rc::gen::arbitrary<bool>()) {
      request.settings[setting.name] = drawn_value(setting, request.ranks);
    }
  }
  return request;
}

/// The sum of the ranks' hashes as the tree adds, modulo 2^64.
std::uint64_t hash_sum(const SumTree& tree) {
  std::vector<std::uint64_t> held;
  for (int rank = 0; rank < tree.ranks; ++rank) held.push_back(mix(static_cast<unsigned>(rank)));
  for (const SumTree::Addition& one : tree.additions) {
    held.push_back(held[static_cast<std::size_t>(one.left)] +
                   held[static_cast<std::size_t>(one.right)]);
  }
  return held.back();
}

RC_GTEST_PROP(EveryOrder, AddsEachRankOnceAndIsInIntegersThePlainSum, ()) {
  const OrderFacts& facts =
      known_orders()[*rc::gen::inRange<std::size_t>(0, known_orders().size())];
  const OrderRequest request = drawn_request(facts, *rc::gen::element(18, 65));
  const MadeOrder made = make_order(facts.name, request);
  if (!made.order) RC_DISCARD();  // settings that do not fit each other
  RC_ASSERT(order_fault(*made.order) == "");
  std::uint64_t plain = 0;
  for (int rank = 0; rank < request.ranks; ++rank) plain += mix(static_cast<unsigned>(rank));
  for (const SumTree& tree : made.order->trees) RC_ASSERT(hash_sum(tree) == plain);
  RC_ASSERT((request.ranks == 1 || ranks_agree(*made.order) == facts.ranks_agree));
  for (const auto& runs : made.order->runs) {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      RC_ASSERT(runs[i].count > 0U);
      RC_ASSERT((i == 0 || runs[i].tree != runs[i - 1].tree));
    }
  }
  RC_ASSERT(made.order->name == facts.name);
  RC_ASSERT(made.order->format == request.format);
}

RC_GTEST_PROP(EveryOrder, RefusesOddSettingsWithASentence, ()) {
  const OrderFacts& facts =
      known_orders()[*rc::gen::inRange<std::size_t>(0, known_orders().size())];
  OrderRequest request = drawn_request(facts, 18);
  const bool own_name = !facts.settings.empty() && *rc::gen::inRange(0, 3) != 0;
  const std::string name =
      own_name ? (*rc::gen::elementOf(facts.settings)).name : *rc::gen::string<std::string>();
  request.settings[name] = *rc::gen::oneOf(
      rc::gen::string<std::string>(),
      rc::gen::element<std::string>("", "0", "-1", "1e3", "99999999999999999999", "0,0", "0,1,",
                                    ",", "/", "0,1/", "18446744073709551615"));
  const MadeOrder made = make_order(facts.name, request);
  RC_ASSERT(made.order.has_value() == made.refusal.empty());
  if (made.order) RC_ASSERT(order_fault(*made.order) == "");
}

TEST(EveryOrder, WithoutSettingsIsThereForEightRanks) {
  for (const OrderFacts& facts : known_orders()) {
    const Format format = facts.formats.empty() ? Format::fp8_e4m3 : facts.formats[0];
    const MadeOrder made = make_order(facts.name, {1 << 16, 8, format, {}});
    ASSERT_TRUE(made.order) << facts.name << ": " << made.refusal;
    EXPECT_EQ(order_fault(*made.order), "") << facts.name;
    EXPECT_FALSE(facts.sentence.empty() || facts.source.empty() || facts.predictable.empty());
    const MadeOrder alone = make_order(facts.name, {1 << 16, 1, format, {}});
    ASSERT_TRUE(alone.order) << facts.name << ": " << alone.refusal;
    EXPECT_EQ(expression(alone.order->trees.at(0)), "x0");
  }
}

TEST(TreeInvariant, HasTheSameBitsForEveryNumberOfRanks) {
  // Slices summed inside ranks by the same tree, then over ranks: always the tree of 16 slices.
  const auto tree = [](int ranks) {
    const MadeOrder made = make_order("tree_invariant", {1, ranks, Format::bf16, {}});
    EXPECT_TRUE(made.order) << made.refusal;
    return made.order.value_or(SumOrder{}).trees.at(0);
  };
  const auto fold = [](const SumTree& one, std::vector<std::uint32_t> held) {
    for (const SumTree::Addition& add : one.additions) {
      held.push_back(add_in(Format::bf16, held[static_cast<std::size_t>(add.left)],
                            held[static_cast<std::size_t>(add.right)]));
    }
    return held.back();
  };
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<std::uint32_t> slices;
    for (std::uint64_t i = 0; i < 16; ++i) {
      const auto bits = static_cast<std::uint32_t>(element(mix(seed), i));
      slices.push_back((bits & 0x83ffU) | 0x3c00U);
    }
    for (int ranks = 1; ranks <= 16; ranks *= 2) {
      const int held = 16 / ranks;
      std::vector<std::uint32_t> operands;
      for (int rank = 0; rank < ranks; ++rank) {
        const auto begin = slices.begin() + rank * held;
        operands.push_back(fold(tree(held), {begin, begin + held}));
      }
      EXPECT_EQ(fold(tree(ranks), operands), fold(tree(16), slices)) << ranks;
    }
  }
  EXPECT_EQ(make_order("tree_invariant", {1, 6, Format::bf16, {{"leaves", "18"}}}).refusal,
            "`leaves`: expected the ranks times a power of two, so that each rank holds whole "
            "subtrees");
  EXPECT_TRUE(make_order("tree_invariant", {1, 6, Format::bf16, {{"leaves", "24"}}}).order);
}

TEST(Refusals, NameWhatIsPossible) {
  const auto refusal = [](const std::string& name, const OrderRequest& request) {
    return make_order(name, request).refusal;
  };
  EXPECT_EQ(refusal("nccl_rnig", {}).substr(0, 51),
            "no order `nccl_rnig`; did you mean `nccl_ring`? ord");
  EXPECT_EQ(refusal("rank_order", {1, 0, Format::fp32, {}}), "0 ranks: expected 1 to 1024");
  EXPECT_EQ(refusal("rank_order", {std::size_t{1} << 41, 2, Format::fp32, {}}),
            "2199023255552 elements: expected at most 1099511627776");
  EXPECT_EQ(refusal("vllm_one_shot", {8, 3, Format::bf16, {}}),
            "`vllm_one_shot` is not built for 3 ranks; possible: 2, 4, 6, 8");
  EXPECT_EQ(refusal("vllm_one_shot", {7, 4, Format::bf16, {}}),
            "`vllm_one_shot` takes multiples of 16 bytes: 7 elements of bf16 are 14 bytes; "
            "possible: multiples of 8 elements");
  EXPECT_EQ(refusal("flashinfer_lamport", {8, 4, Format::fp32, {}}),
            "`flashinfer_lamport` does not add fp32; possible: bf16, fp16");
  EXPECT_EQ(refusal("nccl_ring", {8, 4, Format::bf16, {{"protcol", "ll"}}}),
            "`nccl_ring` has no setting `protcol`; did you mean `protocol`? settings: protocol, "
            "ring, buffer_bytes, channels, max_threads, version");
  EXPECT_EQ(refusal("nccl_ring", {8, 4, Format::bf16, {{"protocol", "simpel"}}}),
            "`protocol=simpel`: expected simple, ll or ll128; did you mean `simple`?");
  EXPECT_EQ(refusal("nccl_ring", {8, 4, Format::bf16, {{"channels", "65"}}}),
            "`channels=65`: expected an integer, 1 to 64");
  EXPECT_EQ(refusal("nccl_ring", {8, 4, Format::bf16, {{"ring", "0,1,2,2"}}}),
            "`ring=0,1,2,2`: expected each of 0 to 3 once, between commas, and `/` between "
            "channels");
  EXPECT_EQ(refusal("nccl_ring", {8, 4, Format::bf16, {{"buffer_bytes", "1023"}}}),
            "`buffer_bytes=1023` holds no chunk: expected at least 1024");
  EXPECT_EQ(refusal("nccl_tree", {8, 4, Format::bf16, {{"ranks_per_node", "3"}}}),
            "`ranks_per_node=3` does not divide the ranks: expected a divisor of 4");
  EXPECT_EQ(refusal("nccl_ring_reduce_scatter", {9, 4, Format::bf16, {}}),
            "`nccl_ring_reduce_scatter` gives each rank as many elements: 9 are no multiple of 4");
  EXPECT_EQ(refusal("gloo_bcube", {9, 4, Format::bf16, {{"a", "b"}}}),
            "`gloo_bcube` has no settings, and so no `a`");
  const OrderRequest fine{
      std::size_t{1} << 40, 4, Format::fp32, {{"protocol", "ll"}, {"buffer_bytes", "256"}}};
  EXPECT_EQ(refusal("nccl_ring", fine),
            "the order changes more than 4194304 times: a smaller count or larger buffers are "
            "possible");
}

TEST(Describe, CountsTheAdditionsAboveEachRank) {
  const MadeOrder made = make_order("nccl_tree", {1, 4, Format::fp32, {{"ranks_per_node", "1"}}});
  ASSERT_TRUE(made.order);
  const SumTree& tree = tree_of(*made.order, 0, 0);  // x0 + ((x2 + x1) + x3)
  EXPECT_EQ(additions_above(tree), (std::vector<int>{1, 3, 3, 2}));
  EXPECT_EQ(depth(tree), 3);
}

TEST(Faults, OfHandMadeOrdersAreSeen) {
  const MadeOrder made = make_order("openmpi_ring", {12, 4, Format::fp32, {}});
  ASSERT_TRUE(made.order);
  SumOrder order = *made.order;
  EXPECT_EQ(order_fault(order), "");
  order.trees[1].additions[2].right = 1;
  EXPECT_EQ(order_fault(order), "tree 1, addition 2: operand 1 is added twice");
  order.trees[1].additions[2].right = 6;
  EXPECT_EQ(order_fault(order), "tree 1, addition 2: no operand 6 yet");
  order.trees[1].additions.pop_back();
  EXPECT_EQ(order_fault(order), "tree 1 has 2 additions for 4 ranks");
  order.trees[1] = order.trees[0];
  order.runs[0][3].count = 4;
  EXPECT_EQ(order_fault(order), "runs of 13 elements for 12");
  order.runs[0][3].tree = 4;
  EXPECT_EQ(order_fault(order), "a run names tree 4 of 4");
  order.runs.resize(2);
  EXPECT_EQ(order_fault(order), "2 lists of runs for 4 ranks");
  order.trees[0].ranks = 5;
  EXPECT_EQ(order_fault(order), "tree 0 is of 5 ranks, not 4");
}

}  // namespace
}  // namespace reducecheck
