// SPDX-License-Identifier: Apache-2.0
// Mistakes that are easily made, put into orders that are right: the steps show each.
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/order/describe.hpp"
#include "sim/order/draft.hpp"
#include "sim/order/literal_check.hpp"

namespace reducecheck::literal {
namespace {

struct Planted {
  std::string name;
  std::string mistake;
  OrderRequest request;
  Steps steps;
  void (*plant)(SumOrder& order);
};

/// The sum of an operand's tree becomes that of the tree behind it.
void next_tree(SumOrder& order) {
  for (auto& runs : order.runs) {
    for (SumOrder::Run& run : runs) {
      run.tree = (run.tree + 1) % static_cast<int>(order.trees.size());
    }
  }
}

/// Elements move from the last run but one to the last.
template <std::size_t Elements>
void move_boundary(SumOrder& order) {
  auto& runs = order.runs[0];
  runs[runs.size() - 2].count -= Elements;
  runs.back().count += Elements;
}

/// Chunks of 128 elements as long as there are some.
void whole_chunks(SumOrder& order) {
  order.runs[0] = {{128, 0}, {order.count - 128, 1}};
}

/// The two additions to a rank with two children change places.
void swap_children(SumOrder& order) {
  // ((x2 + x1) + x3) of x0 + (...): x3 first.
  ordering::Adder adder(4);
  adder.add(0, adder.add(adder.add(2, 3), 1));
  order.trees[0] = adder.take();
}

/// The ranks beyond a power of two are added to the first ranks instead of to neighbours.
void far_tail(SumOrder& order) {
  ordering::Adder adder(5);
  const int first = adder.add(0, 4);
  const int left = adder.add(first, 1);
  adder.add(left, adder.add(2, 3));
  order.trees[0] = adder.take();
}

void upwards(SumOrder& order) {
  const int ranks = order.ranks;
  for (std::size_t c = 0; c < order.trees.size(); ++c) {
    order.trees[c] = ordering::fold_tree(ordering::around(static_cast<int>(c) + 1, ranks));
  }
}

void round_once(SumOrder& order) {
  order.rounding = SumRounding::once;
}

void all_ranks_as_first(SumOrder& order) {
  order.runs.resize(1);
}

void keep_minus_zero(SumOrder& order) {
  order.minus_zero = MinusZero::kept;
}

Steps ring_steps(std::size_t chunk) {
  return {[chunk](Sums& sums, Buffers& buffers) {
    return nccl_ring(
        sums, buffers,
        {ordering::around(0, static_cast<int>(buffers.size())), 0, buffers[0].size(), chunk, 4});
  }};
}

std::vector<Planted> planted() {
  const OrderRequest ring{43, 3, Format::fp32, {{"protocol", "ll"}, {"buffer_bytes", "256"}}};
  const auto tree = [](Sums& sums, Buffers& buffers) {
    return nccl_tree(sums, buffers, {4, {0}, false, 0, 0}, 0, buffers[0].size());
  };
  const auto vllm = [](Sums& sums, Buffers& buffers) { return vllm_two_shot(sums, buffers, 8); };
  const auto one = [](Sums& sums, Buffers& buffers) { return one_shot(sums, buffers, {}); };
  const auto gloo = [](Sums& sums, Buffers& buffers) {
    return gloo_ring(sums, buffers, 4, 1U << 20);
  };
  const auto blocks = [](Sums& sums, Buffers& buffers) { return openmpi_ring(sums, buffers, 1); };
  return {
      {"nccl_ring", "chunk c begins at c", ring, ring_steps(4), next_tree},
      {"nccl_ring", "the last loop's chunks are cut otherwise", ring, ring_steps(4),
       move_boundary<1>},
      {"nccl_ring",
       "the last loop has whole chunks",
       {130, 3, Format::fp32, {{"buffer_bytes", "1024"}}},
       ring_steps(128),
       whole_chunks},
      {"nccl_ring",
       "only the sum is rounded",
       {64, 4, Format::bf16, {}},
       ring_steps(1U << 20),
       round_once},
      {"nccl_tree",
       "the second child first",
       {16, 4, Format::fp32, {{"ranks_per_node", "1"}}},
       {tree},
       swap_children},
      {"openmpi_recursive_doubling",
       "the tail joins the first ranks",
       {16, 5, Format::fp32, {}},
       {openmpi_recursive_doubling},
       far_tail},
      {"openmpi_ring", "block b begins at b + 1", {16, 5, Format::fp32, {}}, {blocks}, next_tree},
      {"openmpi_ring",
       "the longer blocks are the last ones",
       {16, 5, Format::fp32, {}},
       {blocks},
       move_boundary<1>},
      {"vllm_two_shot",
       "the remainder goes to the first ranks",
       {64 + 8, 4, Format::bf16, {}},
       {vllm, SumRounding::once},
       move_boundary<8>},
      {"gloo_ring", "the ring goes upwards", {64, 4, Format::fp32, {}}, {gloo}, upwards},
      {"gloo_ring_legacy",
       "all ranks as rank 0",
       {16, 4, Format::fp32, {}},
       {gloo_ring_legacy},
       all_ranks_as_first},
      {"flashinfer_one_shot",
       "-0 is kept",
       {4000, 2, Format::bf16, {}},
       {one, SumRounding::once, MinusZero::lost},
       keep_minus_zero},
  };
}

TEST(LiteralPlanted, EachMistakeIsSeenAndItsTwinIsNot) {
  for (const Planted& one : planted()) {
    const MadeOrder made = make_order(one.name, one.request);
    ASSERT_TRUE(made.order) << one.name << ": " << made.refusal;
    const Encodings inputs =
        drawn_inputs(one.request.format, one.request.ranks, one.request.count, 1);
    EXPECT_EQ(disagreement(*made.order, inputs, one.steps), "") << one.name;
    SumOrder wrong = *made.order;
    one.plant(wrong);
    ASSERT_EQ(order_fault(wrong), "") << one.name << ": " << one.mistake;
    EXPECT_NE(disagreement(wrong, inputs, one.steps), "") << one.name << ": " << one.mistake;
  }
}

TEST(LiteralPlanted, RanksThatWaitForEverAreSeen) {
  Network network;
  const auto waiting = [](Network& wires) -> Process { co_await wires.receive(1, 0); };
  network.start(waiting(network));
  EXPECT_FALSE(network.run());
}

TEST(LiteralPlanted, AMessageThatNobodyTakesIsSeen) {
  Network network;
  network.send(0, 1, {1});
  EXPECT_FALSE(network.run());
}

}  // namespace
}  // namespace reducecheck::literal
