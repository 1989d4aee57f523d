// SPDX-License-Identifier: Apache-2.0
// The replay against sim/format, addition by addition, and in pieces.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "sim/domain/hash.hpp"
#include "sim/order/describe.hpp"
#include "sim/order/draft.hpp"
#include "sim/order/literal_check.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck {
namespace {

using literal::Encodings;
using literal::is_nan;

SumOrder rank_order(std::size_t count, int ranks, Format format, const std::string& accumulate) {
  return *make_order("rank_order", {count, ranks, format, {{"accumulate", accumulate}}}).order;
}

void expect_sums(Format format, const Encodings& inputs) {
  const auto result =
      literal::replayed(rank_order(inputs[0].size(), 2, format, "element"), inputs, 1);
  const auto once = literal::replayed(rank_order(inputs[0].size(), 2, format, "fp32"), inputs, 1);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < inputs[0].size(); ++i) {
    const std::uint32_t a = inputs[0][i];
    const std::uint32_t b = inputs[1][i];
    const std::uint32_t sum = add_in(format, a, b);
    const std::uint32_t late = round_to(format, widen(format, a) + widen(format, b));
    const bool nan = is_nan(format, sum);
    if (nan ? !is_nan(format, result[0][i]) : result[0][i] != sum) ++wrong;
    if (nan ? !is_nan(format, once[0][i]) : once[0][i] != late) ++wrong;
  }
  EXPECT_EQ(wrong, 0U) << traits(format).name << " beside " << inputs[1][0];
}

std::vector<std::uint32_t> all_encodings(std::size_t number) {
  std::vector<std::uint32_t> all(number);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

TEST(Replay, AddsEveryTwoFp8AsFormatDoes) {
  for (const Format format : {Format::fp8_e4m3, Format::fp8_e5m2}) {
    Encodings pairs(2);
    for (std::uint32_t a = 0; a < 256; ++a) {
      for (std::uint32_t b = 0; b < 256; ++b) {
        pairs[0].push_back(a);
        pairs[1].push_back(b);
      }
    }
    expect_sums(format, pairs);
  }
}

TEST(Replay, AddsEvery16BitNumberAsFormatDoes) {
  for (const Format format : {Format::bf16, Format::fp16}) {
    for (const std::uint32_t other : {0U, 0x8000U, 1U, 0x8001U, 0x3ffU, 0x400U, 0x7bffU, 0x7c00U,
                                      0xfbffU, 0x7c01U, 0x3c00U, 0x3f80U, 0x7f7fU, 0xff80U}) {
      expect_sums(format, {all_encodings(65536), std::vector<std::uint32_t>(65536, other)});
    }
    std::vector<std::uint32_t> drawn;
    for (std::uint64_t i = 0; i < 65536; ++i) {
      drawn.push_back(static_cast<std::uint32_t>(element(1, i) >> 48));
    }
    expect_sums(format, {all_encodings(65536), drawn});
  }
}

/// Any tree, not only those of an implementation: two operands that are left are added.
SumTree drawn_tree(int ranks) {
  ordering::Adder adder(ranks);
  std::vector<int> left = ordering::around(0, ranks);
  while (left.size() > 1) {
    const auto take = [&] {
      const auto at = *rc::gen::inRange<std::size_t>(0, left.size());
      std::swap(left[at], left.back());
      const int operand = left.back();
      left.pop_back();
      return operand;
    };
    const int a = take();
    const int b = take();
    left.push_back(adder.add(a, b));
  }
  return adder.take();
}

RC_GTEST_PROP(Replay, OfAnyTreesIsOneAdditionAfterTheOther, ()) {
  const bool is_wide = *rc::gen::inRange(0, 10) == 0;
  SumOrder order;
  order.ranks = *rc::gen::inRange(1, is_wide ? 65 : 18);
  order.format = static_cast<Format>(*rc::gen::inRange(0, 5));
  order.rounding = *rc::gen::element(SumRounding::each_addition, SumRounding::once);
  order.from_zero = *rc::gen::arbitrary<bool>();
  order.minus_zero = *rc::gen::element(MinusZero::kept, MinusZero::lost, MinusZero::lost_in_words);
  order.runs.resize(1);
  const int trees = *rc::gen::inRange(1, 4);
  for (int i = 0; i < trees; ++i) {
    order.trees.push_back(drawn_tree(order.ranks));
    order.runs[0].push_back({*rc::gen::inRange<std::size_t>(0, 80), i});
    order.count += order.runs[0].back().count;
  }
  RC_ASSERT(order_fault(order) == "");
  const auto inputs = literal::drawn_inputs(order.format, order.ranks, order.count,
                                            *rc::gen::arbitrary<std::uint64_t>());
  RC_ASSERT(literal::replay_fault(order, inputs) == "");
}

RC_GTEST_PROP(Replay, InPiecesIsTheWhole, ()) {
  const int ranks = *rc::gen::inRange(1, 9);
  const auto count = *rc::gen::inRange<std::size_t>(1, 500);
  const auto name = *rc::gen::element<std::string>("gloo_ring", "gloo_ring_legacy", "openmpi_ring",
                                                   "trtllm_one_shot");
  const SumOrder order = *make_order(name, {count, ranks, Format::bf16, {}}).order;
  const Encodings inputs =
      literal::drawn_inputs(Format::bf16, ranks, count, *rc::gen::arbitrary<std::uint64_t>());
  std::vector<std::vector<std::uint16_t>> narrow;
  for (const auto& mine : inputs) narrow.emplace_back(mine.begin(), mine.end());
  const OrderReplay replay(order);
  const Encodings whole = literal::replayed(order, inputs, ranks);
  const int rank = *rc::gen::inRange(0, ranks);
  std::vector<std::uint16_t> out(count);
  for (std::size_t first = 0; first < count;) {
    const std::size_t here = std::min(count - first, 2 * *rc::gen::inRange<std::size_t>(1, 60));
    std::vector<const std::uint16_t*> pointers;
    for (const auto& mine : narrow) pointers.push_back(mine.data() + first);
    replay.sum(rank, first, here, pointers.data(), out.data() + first);
    first += here;
  }
  const auto& expected = whole[static_cast<std::size_t>(rank)];
  for (std::size_t i = 0; i < count; ++i) {
    RC_ASSERT((out[i] == expected[i] ||
               (is_nan(order.format, out[i]) && is_nan(order.format, expected[i]))));
  }
}

TEST(Replay, AResultLargerThanTheCachesHasTheBitsOfItsPieces) {
  constexpr std::size_t count = (std::size_t{4} << 20) / sizeof(std::uint16_t) + 24;
  const SumOrder order = *make_order("rank_order", {count, 3, Format::bf16, {}}).order;
  std::vector<std::vector<std::uint16_t>> inputs(3, std::vector<std::uint16_t>(count));
  for (std::size_t rank = 0; rank < inputs.size(); ++rank) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = static_cast<std::int32_t>(mix(rank * count + i) >> 40);
      inputs[rank][i] =
          static_cast<std::uint16_t>(round_to(Format::bf16, static_cast<float>(number)));
    }
  }
  const OrderReplay replay(order);
  std::vector<const std::uint16_t*> pointers;
  for (const auto& mine : inputs) pointers.push_back(mine.data());
  std::vector<std::uint16_t> whole(count);
  replay.sum(0, pointers.data(), whole.data());
  std::vector<std::uint16_t> pieces(count);
  for (std::size_t first = 0; first < count;) {
    const std::size_t here = std::min<std::size_t>(count - first, 100'001);
    for (std::size_t rank = 0; rank < 3; ++rank) pointers[rank] = inputs[rank].data() + first;
    replay.sum(0, first, here, pointers.data(), pieces.data() + first);
    first += here;
  }
  EXPECT_TRUE(whole == pieces);
}

TEST(Replay, OfManyRanksNeedsFewSlots) {
  for (const char* name : {"rank_order", "tree_invariant", "openmpi_basic_linear", "gloo_bcube",
                           "nccl_tree", "nccl_pat_reduce_scatter"}) {
    const int ranks = name == std::string("nccl_pat_reduce_scatter") ? 128 : 1024;
    const SumOrder order = *make_order(name, {128, ranks, Format::bf16, {}}).order;
    const Encodings inputs = literal::drawn_inputs(order.format, order.ranks, order.count, 3);
    EXPECT_EQ(literal::replay_fault(order, inputs), "") << name;
  }
}

TEST(Replay, BeginsWithTheSideThatNeedsMoreSlots) {
  // x0 + x1 beside x2 + x3 beside ...: whoever takes the left side first keeps all pairs in slots.
  ordering::Adder adder(256);
  std::vector<int> pairs;
  for (int rank = 0; rank < 256; rank += 2) pairs.push_back(adder.add(rank, rank + 1));
  adder.fold_right(pairs);
  SumOrder order;
  order.ranks = 256;
  order.count = 40;
  order.trees = {adder.take()};
  order.runs = {{{40, 0}}};
  EXPECT_EQ(literal::replay_fault(order, literal::drawn_inputs(order.format, 256, 40, 1)), "");
}

}  // namespace
}  // namespace reducecheck
