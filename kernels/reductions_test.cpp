// SPDX-License-Identifier: Apache-2.0
// Sums over ranks have the order that they say, and another order leaves other bits.
#include <numeric>

#include "kernels/bodies_test.hpp"

namespace reducecheck::kernels {
namespace {

constexpr std::size_t summed = 517;

std::vector<std::size_t> from_rank(std::size_t first, std::size_t ranks) {
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k < ranks; ++k) order.push_back((first + k) % ranks);
  return order;
}

class Reductions : public testing::TestWithParam<TestType> {
 protected:
  const TestType& type() const { return GetParam(); }

  /// Inputs of so many ranks, the last few elements wild.
  void make_ranks(std::size_t ranks) {
    inputs_.clear();
    buffers_.clear();
    pointers_.clear();
    for (std::size_t r = 0; r < ranks; ++r) {
      Encodings values = draw_.tame(type(), summed - 100);
      const Encodings wild = draw_.wild(type(), 100);
      values.insert(values.end(), wild.begin(), wild.end());
      inputs_.push_back(values);
      buffers_.emplace_back(type(), values);
    }
    for (const Buffer& buffer : buffers_) pointers_.push_back(buffer.data());
  }

  Draw draw_{5};
  std::vector<Encodings> inputs_;
  std::vector<Buffer> buffers_;
  std::vector<const void*> pointers_;
};

INSTANTIATE_TEST_SUITE_P(Types, Reductions, testing::ValuesIn(test_types()),
                         [](const auto& type) { return type.param.name; });

TEST_P(Reductions, OneShotFoldsInTheOrderOfTheRanks) {
  for (const std::size_t ranks : {1U, 2U, 3U, 8U, 16U}) {
    make_ranks(ranks);
    for (const Accumulation accumulation : {Accumulation::each_addition, Accumulation::fp32}) {
      const bool each = accumulation == Accumulation::each_addition;
      const Encodings expected = oracle::folded(type().format, inputs_, from_rank(0, ranks), each);
      for (const Rung rung : {Rung::plain, Rung::fast}) {
        expect_left(type(), expected, [&](void* out) {
          all_reduce_one_shot({}, type().element, out, pointers_, summed, accumulation, rung);
        });
      }
    }
  }
}

TEST_P(Reductions, TwoShotsBeginEachShareAtItsOwner) {
  for (const std::size_t ranks : {1U, 3U, 8U}) {
    make_ranks(ranks);
    Encodings expected;
    std::vector<Share> parts;
    for (std::size_t r = 0; r < ranks; ++r) {
      const Share share = two_shot_share(type().element, summed, r, ranks);
      const Encodings all = oracle::folded(type().format, inputs_, from_rank(r, ranks), false);
      ASSERT_EQ(share.begin, expected.size());
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(share.begin);
      expected.insert(expected.end(), begin, begin + static_cast<std::ptrdiff_t>(share.size));
      parts.push_back(share);
    }
    ASSERT_EQ(expected.size(), summed);
    expect_left(type(), expected, [&](void* out) {
      std::vector<Buffer> sums;
      std::vector<const void*> pointers;
      for (std::size_t r = 0; r < ranks; ++r) {
        sums.emplace_back(type(), parts[r].size);
        reduce_share({}, type().element, sums[r].data(), pointers_, summed, parts[r], r,
                     Accumulation::fp32);
      }
      for (const Buffer& sum : sums) pointers.push_back(sum.data());
      gather_shares({}, type().element, out, pointers, summed);
    });
  }
}

TEST(TwoShot, SharesOfFewElementsAreTheLastRanks) {
  EXPECT_EQ(two_shot_share(Element::bf16, 7, 0, 4).size, 0U);
  EXPECT_EQ(two_shot_share(Element::bf16, 7, 3, 4).size, 7U);
  EXPECT_EQ(two_shot_share(Element::fp32, 19, 0, 2).size, 8U);
  EXPECT_EQ(two_shot_share(Element::fp32, 19, 1, 2).size, 11U);
}

TEST_P(Reductions, RingFoldIsWhatTravelsRoundTheRing) {
  for (const std::size_t ranks : {1U, 2U, 3U, 5U, 8U}) {
    make_ranks(ranks);
    std::vector<std::int32_t> ring(ranks);
    std::iota(ring.begin(), ring.end(), 0);
    for (std::size_t i = ranks; i > 2; --i) std::swap(ring[i - 1], ring[1 + draw_.below(i - 1)]);
    for (const std::size_t chunk : {16U, 40U, 4096U}) {
      expect_left(
          type(),
          oracle::ring_reduced(type().format, bytes_of(type().element), inputs_, ring, chunk),
          [&](void* out) {
            ring_fold({}, type().element, out, pointers_, summed, {ring, chunk});
          });
    }
  }
}

TEST_P(Reductions, AnotherOrderLeavesOtherBitsUnlessSumsAreExact) {
  make_ranks(5);
  const Encodings expected = oracle::folded(type().format, inputs_, from_rank(0, 5), true);
  Buffer out(type(), summed);
  reduce_share({}, type().element, out.data(), pointers_, summed, {0, summed}, 1,
               Accumulation::each_addition);
  EXPECT_EQ(difference(type(), out.read(), expected).empty(), type().format.integer());
}

}  // namespace
}  // namespace reducecheck::kernels
