// SPDX-License-Identifier: Apache-2.0
// Orders and sums that were computed apart, from the sources of the implementations or by them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/order/describe.hpp"
#include "sim/order/literal_check.hpp"
#include "sim/order/nccl_parts.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck {
namespace {

using Settings = std::map<std::string, std::string>;

SumOrder made(const std::string& name, const OrderRequest& request) {
  const MadeOrder order = make_order(name, request);
  EXPECT_EQ(order.refusal, "") << name;
  return order.order.value_or(SumOrder{});
}

std::string tree_text(const std::string& name, int ranks, const Settings& settings = {}) {
  const SumOrder order =
      made(name, {static_cast<std::size_t>(16 * ranks), ranks, Format::fp32, settings});
  return expression(tree_of(order, 0, 0));
}

TEST(OrdersGolden, TreesOfNcclWithOneRankANode) {
  const std::vector<std::pair<std::string, std::string>> trees = {
      {"x0 + x1", "x1 + x0"},
      {"x0 + (x2 + x1)", "x1 + (x0 + x2)"},
      {"x0 + ((x2 + x1) + x3)", "x3 + ((x1 + x2) + x0)"},
      {"x0 + (x4 + ((x2 + x1) + x3))", "x1 + (x0 + ((x3 + x2) + x4))"},
      {"x0 + ((x4 + ((x2 + x1) + x3)) + x5)", "x5 + ((x1 + ((x3 + x4) + x2)) + x0)"},
      {"x0 + ((x4 + ((x2 + x1) + x3)) + (x6 + x5))", "x1 + ((x5 + ((x3 + x2) + x4)) + (x0 + x6))"},
      {"x0 + ((x4 + ((x2 + x1) + x3)) + ((x6 + x5) + x7))",
       "x7 + ((x3 + ((x5 + x6) + x4)) + ((x1 + x2) + x0))"}};
  for (int ranks = 2; ranks <= 8; ++ranks) {
    const auto& [first, second] = trees[static_cast<std::size_t>(ranks) - 2];
    EXPECT_EQ(tree_text("nccl_tree", ranks, {{"ranks_per_node", "1"}, {"tree", "t0"}}), first);
    EXPECT_EQ(tree_text("nccl_tree", ranks, {{"ranks_per_node", "1"}, {"tree", "t1"}}), second);
  }
}

TEST(OrdersGolden, ChainOfNcclInsideANode) {
  EXPECT_EQ(tree_text("nccl_tree", 4), "x0 + (x1 + (x2 + x3))");
  EXPECT_EQ(tree_text("nccl_tree", 4, {{"node_order", "2,0,3,1"}}), "x2 + (x0 + (x3 + x1))");
  // The root's child has a higher number and is its second: it comes in at place 0 of the node.
  EXPECT_EQ(tree_text("nccl_tree", 4, {{"ranks_per_node", "2"}}), "(x0 + x1) + (x2 + x3)");
  EXPECT_EQ(tree_text("nccl_tree", 4, {{"ranks_per_node", "2"}, {"pattern", "split_tree"}}),
            "x0 + (x1 + (x2 + x3))");
}

TEST(OrdersGolden, PatOfNccl) {
  const std::vector<std::string> trees = {"x2 + (x1 + x0)",
                                          "x3 + ((x1 + x2) + x0)",
                                          "x4 + (x1 + ((x2 + x3) + x0))",
                                          "x5 + ((x1 + x2) + ((x3 + x4) + x0))",
                                          "x6 + ((x2 + (x1 + x3)) + ((x4 + x5) + x0))",
                                          "x7 + ((x3 + ((x1 + x2) + x4)) + ((x5 + x6) + x0))"};
  for (int ranks = 3; ranks <= 8; ++ranks) {
    EXPECT_EQ(tree_text("nccl_pat_reduce_scatter", ranks),
              trees[static_cast<std::size_t>(ranks) - 3]);
  }
}

TEST(OrdersGolden, PartsOfNcclsChannels) {
  using ordering::NcclCall;
  using ordering::NcclProtocol;
  using Parts = std::vector<std::size_t>;
  NcclCall call;
  call.threads = 1;
  call.count = 1 << 20;
  call.channels = 2;
  EXPECT_EQ(ordering::nccl_parts(call), Parts({524288, 524288}));
  call.channels = 8;
  EXPECT_EQ(ordering::nccl_parts(call), Parts(8, 131072));
  call.channels = 1;
  EXPECT_EQ(ordering::nccl_parts(call), Parts({1 << 20}));
  call.count = 100003;
  call.channels = 2;
  call.protocol = NcclProtocol::ll;
  EXPECT_EQ(ordering::nccl_parts(call), Parts({50176, 49827}));
  call.channels = 1;
  EXPECT_EQ(ordering::nccl_parts(call), Parts({100003}));
  // LL's threshold of a ring grows with the ranks: 2 x 512 threads want 32 bytes each.
  call = {5000, 4, 4, NcclProtocol::ll, 2, 512, true, false, false};
  EXPECT_EQ(ordering::nccl_parts(call), Parts({5000}));
  call.ring = false;
  EXPECT_EQ(ordering::nccl_parts(call), Parts({2560, 2440}));
  // 512 threads with 64 bytes each have too little for two channels.
  call = {};
  call.count = 16383;
  call.channels = 2;
  EXPECT_EQ(ordering::nccl_parts(call).size(), 1U);
}

TEST(OrdersGolden, ChunksOfNcclsRing) {
  const auto counts = [](const SumOrder& order) {
    std::vector<std::size_t> all;
    for (const SumOrder::Run& run : order.runs[0]) all.push_back(run.count);
    return all;
  };
  using Counts = std::vector<std::size_t>;
  EXPECT_EQ(counts(made("nccl_ring", {10, 4, Format::fp32, {}})), Counts({4, 4, 2}));
  // Chunks of 2 MiB, 32768 and 576000 bytes; behind a whole loop the rest is shared out anew.
  EXPECT_EQ(counts(made("nccl_ring", {(1U << 20) + 9, 2, Format::fp32, {}})),
            Counts({524288, 524288, 8, 1}));
  EXPECT_EQ(counts(made("nccl_ring", {20000, 2, Format::fp32, {{"protocol", "ll"}}})),
            Counts({8192, 8192, 1808, 1808}));
  EXPECT_EQ(counts(made("nccl_ring", {600000, 2, Format::bf16, {{"protocol", "ll128"}}})),
            Counts({288000, 288000, 12000, 12000}));
}

struct Golden {
  std::string name;
  Settings settings;
  std::vector<float> fp32;  // of elements 0, 16, 32, 48; or the one of all
  std::vector<float> bf16;
  std::vector<float> fp16;
};

void expect_golden(const Golden& golden, Format format, const std::vector<float>& operands,
                   const std::vector<float>& sums) {
  constexpr std::size_t count = 64;
  const SumOrder order = made(golden.name, {count, 4, format, golden.settings});
  literal::Encodings inputs;
  for (const float x : operands) inputs.emplace_back(count, round_to(format, x));
  const literal::Encodings results = literal::replayed(order, inputs, 1);
  for (std::size_t e = 0; e < count; ++e) {
    EXPECT_EQ(widen(format, results[0][e]), sums.size() == 1 ? sums[0] : sums[e / 16])
        << golden.name << ' ' << traits(format).name << " element " << e;
  }
}

TEST(OrdersGolden, SumsOfFourRanks) {
  const std::vector<Golden> all = {
      {"nccl_ring", {}, {0, 1, 0, 1}, {260, 260, 256, 256}, {2052, 2052, 2048, 2048}},
      {"nccl_tree", {{"ranks_per_node", "1"}, {"tree", "t0"}}, {0}, {260}, {2052}},
      {"nccl_tree", {{"ranks_per_node", "1"}, {"tree", "t1"}}, {1}, {260}, {2052}},
      {"rank_order", {}, {1}, {256}, {2048}},
      {"nccl_symmetric_all_gather", {}, {1}, {260}, {2052}},
      {"vllm_two_shot", {}, {1, 0, 1, 0}, {260}, {2052}},
      {"openmpi_recursive_doubling", {}, {0}, {258}, {2050}},
      {"openmpi_basic_linear", {}, {0}, {260}, {2052}},
      {"openmpi_ring", {}, {1, 0, 1, 0}, {256, 260, 260, 256}, {2048, 2052, 2052, 2048}},
      {"gloo_ring", {}, {0, 1, 0, 1}, {260, 256, 256, 260}, {2052, 2048, 2048, 2052}}};
  for (const Golden& golden : all) {
    expect_golden(golden, Format::fp32, {1e8F, 1, -1e8F, 1}, golden.fp32);
    expect_golden(golden, Format::bf16, {256, 1, 1, 1}, golden.bf16);
    expect_golden(golden, Format::fp16, {2048, 1, 1, 1}, golden.fp16);
  }
}

TEST(OrdersGolden, MinusZeroOfAllRanks) {
  const auto sum = [](const std::string& name, Format format) {
    const SumOrder order = made(name, {64, 4, format, {}});
    const std::uint32_t minus_zero = round_to(format, -0.0F);
    return literal::replayed(order, literal::Encodings(4, {std::vector(64, minus_zero)}), 1)[0][1];
  };
  for (const char* name :
       {"nccl_ring", "vllm_one_shot", "trtllm_two_shot", "openmpi_recursive_doubling"}) {
    EXPECT_EQ(sum(name, Format::bf16), 0x8000U) << name;
  }
  for (const char* name :
       {"flashinfer_one_shot", "flashinfer_legacy", "flashinfer_lamport", "mnnvl"}) {
    EXPECT_EQ(sum(name, Format::bf16), 0U) << name;
  }
  // TensorRT-LLM looks at words of 32 bits: two -0 of 16 bits are none of its marks.
  EXPECT_EQ(sum("trtllm_one_shot", Format::bf16), 0x8000U);
  EXPECT_EQ(sum("trtllm_one_shot", Format::fp32), 0U);
}

}  // namespace
}  // namespace reducecheck
