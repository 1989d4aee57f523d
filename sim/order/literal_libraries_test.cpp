// SPDX-License-Identifier: Apache-2.0
// The orders of Open MPI, Gloo and engines against their steps.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

#include "sim/order/literal_check.hpp"

namespace reducecheck::literal {
namespace {

/// A request whose count is often below the ranks, or just beside a multiple of them.
OrderRequest drawn_request(int most_ranks = 18, std::size_t most_count = 150) {
  OrderRequest request;
  request.ranks = *rc::gen::inRange(1, most_ranks);
  request.count = *rc::gen::inRange<std::size_t>(0, *rc::gen::element<std::size_t>(18, most_count));
  request.format = static_cast<Format>(*rc::gen::inRange(0, 5));
  return request;
}

OrderRequest drawn_packs(std::initializer_list<int> ranks) {
  OrderRequest request = drawn_request(2, 40);
  request.ranks = *rc::gen::elementOf(std::vector<int>(ranks));
  request.format = *rc::gen::element(Format::fp32, Format::bf16, Format::fp16);
  request.count *= 16 / static_cast<std::size_t>(traits(request.format).bytes);
  return request;
}

void expect_agreement(const std::string& name, const OrderRequest& request, const Steps& steps) {
  const std::string found =
      disagreement(name, request, *rc::gen::arbitrary<std::uint64_t>(), steps);
  RC_LOG() << name << ": " << request.ranks << " ranks, " << request.count << " elements of "
           << traits(request.format).name << '\n';
  for (const auto& [setting, value] : request.settings) RC_LOG() << setting << '=' << value << '\n';
  RC_ASSERT(found == "");
}

RC_GTEST_PROP(LiteralOpenMpi, BasicLinear, ()) {
  expect_agreement("openmpi_basic_linear", drawn_request(), {openmpi_linear});
}

RC_GTEST_PROP(LiteralOpenMpi, RecursiveDoubling, ()) {
  expect_agreement("openmpi_recursive_doubling", drawn_request(), {openmpi_recursive_doubling});
}

RC_GTEST_PROP(LiteralOpenMpi, Ring, ()) {
  const OrderRequest request = drawn_request();
  const bool few = request.count < static_cast<std::size_t>(request.ranks);
  expect_agreement("openmpi_ring", request, {[&](Sums& sums, Buffers& buffers) {
                     return few ? openmpi_recursive_doubling(sums, buffers)
                                : openmpi_ring(sums, buffers, 1);
                   }});
}

RC_GTEST_PROP(LiteralOpenMpi, SegmentedRing, ()) {
  OrderRequest request = drawn_request();
  request.count += static_cast<std::size_t>(request.ranks);
  const auto phases = *rc::gen::inRange<std::size_t>(1, 6);
  expect_agreement("openmpi_segmented_ring", request, {[&](Sums& sums, Buffers& buffers) {
                     return openmpi_ring(sums, buffers, phases);
                   }});
}

RC_GTEST_PROP(LiteralOpenMpi, Rabenseifner, ()) {
  OrderRequest request = drawn_request();
  const bool is_main = *rc::gen::arbitrary<bool>();
  request.settings["version"] = is_main ? "main" : "4.x";
  const bool linear =
      !is_main && request.count < std::bit_floor(static_cast<std::size_t>(request.ranks));
  expect_agreement("openmpi_rabenseifner", request,
                   {linear ? openmpi_linear : openmpi_rabenseifner});
}

RC_GTEST_PROP(LiteralGloo, Ring, ()) {
  OrderRequest request = drawn_request();
  const auto segment = *rc::gen::inRange<std::size_t>(1, 300);
  request.settings["max_segment_bytes"] = std::to_string(segment);
  const auto bytes = static_cast<std::size_t>(traits(request.format).bytes);
  expect_agreement("gloo_ring", request, {[&](Sums& sums, Buffers& buffers) {
                     return gloo_ring(sums, buffers, bytes, segment);
                   }});
}

RC_GTEST_PROP(LiteralGloo, Bcube, ()) {
  expect_agreement("gloo_bcube", drawn_request(), {gloo_bcube});
}

RC_GTEST_PROP(LiteralGloo, RingLegacy, ()) {
  expect_agreement("gloo_ring_legacy", drawn_request(10, 40), {gloo_ring_legacy});
}

RC_GTEST_PROP(LiteralGloo, RingChunked, ()) {
  expect_agreement("gloo_ring_chunked", drawn_request(6, 2000), {gloo_ring_chunked});
}

RC_GTEST_PROP(LiteralGloo, HalvingDoubling, ()) {
  expect_agreement("gloo_halving_doubling", drawn_request(), {gloo_halving_doubling});
}

RC_GTEST_PROP(LiteralEngines, VllmOneShot, ()) {
  expect_agreement("vllm_one_shot", drawn_packs({1, 2, 4, 6, 8}),
                   {[](Sums& sums, Buffers& buffers) { return one_shot(sums, buffers, {}); },
                    SumRounding::once});
}

RC_GTEST_PROP(LiteralEngines, VllmTwoShot, ()) {
  const OrderRequest request = drawn_packs({1, 2, 4, 6, 8});
  const std::size_t pack = 16 / static_cast<std::size_t>(traits(request.format).bytes);
  expect_agreement(
      "vllm_two_shot", request,
      {[&](Sums& sums, Buffers& buffers) { return vllm_two_shot(sums, buffers, pack); },
       SumRounding::once});
}

RC_GTEST_PROP(LiteralEngines, OneShots, ()) {
  const auto name = *rc::gen::elementOf(std::vector<std::string>{
      "rank_order", "trtllm_one_shot", "trtllm_two_shot", "flashinfer_one_shot",
      "flashinfer_two_shot", "flashinfer_legacy", "nccl_symmetric_all_gather"});
  OrderRequest request = drawn_request(18, 60);
  request.format = *rc::gen::element(Format::fp32, Format::bf16, Format::fp16);
  const bool from_zero = name == "flashinfer_legacy";
  Steps steps{[&](Sums& sums, Buffers& buffers) {
    return one_shot(sums, buffers, {false, from_zero, 0});
  }};
  if (name == "nccl_symmetric_all_gather") steps.rounding = SumRounding::once;
  if (!find_order(name)->settings.empty()) {
    const bool wide = *rc::gen::arbitrary<bool>();
    request.settings["accumulate"] = wide ? "fp32" : "element";
    if (wide) steps.rounding = SumRounding::once;
  }
  if (name == "flashinfer_one_shot") steps.minus_zero = MinusZero::lost;
  if (name == "trtllm_one_shot") steps.minus_zero = MinusZero::lost_in_words;
  expect_agreement(name, request, steps);
}

RC_GTEST_PROP(LiteralEngines, Lamport, ()) {
  OrderRequest request = drawn_request(10, 40);
  request.format = *rc::gen::element(Format::bf16, Format::fp16);
  const auto run = [](Sums& sums, Buffers& buffers) {
    return one_shot(sums, buffers, {true, false, 0});
  };
  expect_agreement("flashinfer_lamport", request,
                   {run, SumRounding::each_addition, MinusZero::lost});
}

RC_GTEST_PROP(LiteralEngines, Mnnvl, ()) {
  OrderRequest request = drawn_packs({1, 2, 4, 8, 16, 32, 64});
  request.count = request.count % 23;
  const bool one = *rc::gen::arbitrary<bool>();
  request.settings["shot"] = one ? "one" : "two";
  const auto run = [&](Sums& sums, Buffers& buffers) {
    return one_shot(sums, buffers, {false, true, one ? 8 : 16});
  };
  expect_agreement("mnnvl", request, {run, SumRounding::once});
}

}  // namespace
}  // namespace reducecheck::literal
