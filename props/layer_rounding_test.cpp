// SPDX-License-Identifier: Apache-2.0
// How many elements of merged and per-branch sums are called a defect: none. REDUCECHECK_ELEMENTS
// says over how many the ranks share.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "props/layer_partials.hpp"

namespace reducecheck {
namespace {

constexpr std::array tp_sizes = {2, 4, 8, 16};
constexpr std::uint64_t elements_of_each = std::uint64_t{REDUCECHECK_ELEMENTS} / tp_sizes.size();

/// `blocks` blocks, by as many threads as there are processors.
RoundingReport judged(int ranks, std::uint64_t blocks) {
  const std::uint64_t threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<RoundingJudge> judges(threads);
  std::vector<std::thread> running;
  for (std::uint64_t t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      LayerPartials layer(ranks, "nccl_ring", 1);
      for (std::uint64_t b = t; b < blocks; b += threads) layer.judge_block(b, judges[t]);
    });
  }
  for (std::thread& thread : running) thread.join();
  for (std::uint64_t t = 1; t < threads; ++t) judges[0].add(judges[t]);
  return judges[0].report();
}

TEST(LayerRounding, EveryElementIsRoundingOnly) {
  for (const int tp : tp_sizes) {
    const std::uint64_t blocks =
        (elements_of_each + LayerPartials::block - 1) / LayerPartials::block;
    const RoundingReport report = judged(tp, blocks);
    const double share =
        static_cast<double>(report.differing) / static_cast<double>(report.elements);
    fmt::print(
        "tp={}: {} elements, {:.1f} % differ, {} called a defect, {} undecided; median bound "
        "/ error {:.2f}; largest difference {:.0f} % of its bound\n",
        tp, report.elements, 100 * share, report.left_wrong + report.right_wrong, report.undecided,
        report.median_ratio, 100 * report.tightest->share_of_bounds());
    EXPECT_EQ(report.verdict, RoundingVerdict::rounding_only);
    EXPECT_GT(share, 0.35);
    EXPECT_LT(share, 0.80);
    if (tp == 8) {
      EXPECT_LE(report.median_ratio, 6);
    }
  }
}

TEST(LayerRounding, ADroppedPartialOfOneRankIsADefect) {
  for (const int tp : tp_sizes) {
    LayerPartials layer(tp, "nccl_ring", 1);
    for (int dropped = 0; dropped < tp; ++dropped) {
      RoundingJudge judge;
      layer.judge_block(static_cast<std::uint64_t>(dropped), judge, dropped);
      const RoundingReport report = judge.report();
      EXPECT_EQ(report.verdict, RoundingVerdict::defect);
      EXPECT_EQ(report.left_wrong, 0);
      EXPECT_TRUE(report.witness->right_wrong);
    }
  }
}

}  // namespace
}  // namespace reducecheck
