// SPDX-License-Identifier: Apache-2.0
// The GLM-4.5-Air layer of the shipped scenario at its real dimensions, in bf16 over nccl_ring:
// merged against per-branch is rounding only; without one rank's shared part it is a defect.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "scenarios/frame/load.hpp"
#include "scenarios/models/model.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/certify/rounding_judge.hpp"
#include "sim/judge/simulation.hpp"
#include "sim/judge/traced_sum.hpp"

namespace reducecheck {
namespace {

constexpr std::int64_t tokens = 8;

Scenario glm_layer() {
  const std::string file =
      REDUCECHECK_SOURCE_DIR "/scenarios/catalogue/fastdeploy/merge_allreduce.toml";
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, file, diagnostics);
  EXPECT_TRUE(scenario) << render(diagnostics, file, text);
  return *scenario;
}

/// One output value of both variants, as sums of the same terms.
class GlmSums {
 public:
  GlmSums(const Scenario& scenario, int tp) {
    Diagnostics diagnostics;
    const Sweep found = sweep(scenario, {{{"tp", tp}, {"dp", 1}}, 16}, diagnostics);
    for (const Configuration& one : found.configurations) {
      if (one.switches == std::vector<SwitchValue>{false}) configuration_ = one;
    }
    SizeOverrides sizes = language_sizes(*find_model(scenario.model));
    sizes["tokens"] = tokens;
    const Scope scope(scenario, configuration_, sizes);
    std::vector<const Variant*> variants;
    for (const Variant& variant : scenario.variants) {
      if (variant.name == "merged" || variant.name == "per_branch") variants.push_back(&variant);
    }
    plan_ = unroll(scope, variants);
    std::string refusal;
    simulation_ = Simulation::run(plan_, {"bf16", 1, "nccl_ring", ""}, refusal);
    EXPECT_EQ(refusal, "");
    orders_.emplace(orders_named("nccl_ring", {}, Format::bf16));
    EXPECT_EQ(orders_->prepare(plan_), "");
  }

  /// The judgement of all elements. With `dropped`, per_branch adds 0 for that term.
  RoundingReport judged(int dropped) {
    const int merged = output("merged");
    const int per_branch = output("per_branch");
    RoundingJudge judge;
    const std::vector<float> sums = numbers(merged);
    const std::vector<float> others = numbers(per_branch);
    for (std::int64_t at = 0; at < static_cast<std::int64_t>(sums.size());) {
      const TracedSum left = trace_sum(plan_, merged, at, Format::bf16, &*orders_);
      const TracedSum right = trace_sum(plan_, per_branch, at, Format::bf16, &*orders_);
      const std::int64_t count = std::min(left.count, right.count);
      judge_range(left, right,
                  {&sums[static_cast<std::size_t>(at)], &others[static_cast<std::size_t>(at)]},
                  static_cast<std::size_t>(count), static_cast<std::size_t>(at), dropped, judge);
      at += count;
    }
    return judge.report();
  }

 private:
  struct Computed {
    const float* left;
    const float* right;
  };

  [[nodiscard]] int output(const std::string& variant) const {
    for (const Run& run : plan_.variants) {
      if (run.name == variant) return run.outputs[0][0];
    }
    return -1;
  }

  const std::vector<float>& numbers(int value) {
    std::vector<float>& held = numbers_[value];
    if (!held.empty()) return held;
    for (const std::uint64_t encoding : simulation_->value(value)) {
      held.push_back(widen<Format::bf16>(static_cast<std::uint32_t>(encoding)));
    }
    return held;
  }

  /// Where the terms are, and what the sum of them is with its bounds.
  struct Replayed {
    std::vector<const float*> terms;
    std::vector<float> sums;
    std::vector<double> bounds;
  };

  Replayed replay(const TracedSum& sum, std::size_t count, int dropped) {
    Replayed replayed{{}, std::vector<float>(count), std::vector<double>(count)};
    for (const SumLeaf& leaf : sum.leaves) {
      replayed.terms.push_back(&numbers(leaf.value)[static_cast<std::size_t>(leaf.element)]);
    }
    std::vector<const float*> added = replayed.terms;
    const std::vector<float> nothing(count);
    if (dropped >= 0) added[static_cast<std::size_t>(dropped)] = nothing.data();
    SumReplay(sum.steps).run(added, count, replayed.sums, replayed.bounds);
    return replayed;
  }

  void judge_range(const TracedSum& left, const TracedSum& right, const Computed& computed,
                   std::size_t count, std::size_t first, int dropped, RoundingJudge& judge) {
    const std::multiset<SumLeaf> terms(left.leaves.begin(), left.leaves.end());
    ASSERT_EQ(terms, (std::multiset<SumLeaf>(right.leaves.begin(), right.leaves.end())));
    const Replayed of_left = replay(left, count, -1);
    const Replayed of_right = replay(right, count, -1);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(of_left.sums[i], computed.left[i]);
      ASSERT_EQ(of_right.sums[i], computed.right[i]);
    }
    const Replayed shown = replay(right, count, dropped);
    judge.judge({of_left.terms, count, of_left.sums.data(), shown.sums.data(),
                 of_left.bounds.data(), of_right.bounds.data(), first, 0});
  }

  Configuration configuration_;
  Plan plan_;
  std::optional<Simulation> simulation_;
  std::optional<SumOrders> orders_;
  std::map<int, std::vector<float>> numbers_;
};

TEST(GlmRounding, RoundingOnlyUnlessAPartIsMissing) {
  const Scenario scenario = glm_layer();
  for (const int tp : {2, 4, 8, 16}) {
    GlmSums sums(scenario, tp);
    const RoundingReport right = sums.judged(-1);
    const double share = static_cast<double>(right.differing) / static_cast<double>(right.elements);
    fmt::print(
        "tp={}: {:.1f} % of {} elements differ; median bound / error {:.2f}; largest "
        "difference {:.0f} % of its bound\n",
        tp, 100 * share, right.elements, right.median_ratio,
        100 * right.tightest->share_of_bounds());
    EXPECT_EQ(right.verdict, RoundingVerdict::rounding_only);
    EXPECT_GT(share, 0.35);
    EXPECT_LT(share, 0.80);
    if (tp == 8) {
      EXPECT_LE(right.median_ratio, 6);
    }
    for (const int rank : {0, tp - 1}) {
      const RoundingReport wrong = sums.judged(tp + rank);  // the second branch of per_branch
      EXPECT_EQ(wrong.verdict, RoundingVerdict::defect);
      EXPECT_EQ(wrong.left_wrong, 0);
      fmt::print("tp={}: without the shared part of rank {}: {} elements outside, first {}\n", tp,
                 rank, wrong.right_wrong, wrong.witness->element);
    }
  }
}

}  // namespace
}  // namespace reducecheck
