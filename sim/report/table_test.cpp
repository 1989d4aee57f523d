// SPDX-License-Identifier: Apache-2.0
#include "sim/report/table.hpp"
#include "scenarios/text/files_test.hpp"

#include <gtest/gtest.h>

#include "sim/report/explanation.hpp"
#include "sim/report/grid.hpp"
#include "sim/report/sample_results.hpp"

namespace reducecheck {
namespace {

TEST(ScenarioText, SaysOneScenarioInFull) {
  EXPECT_EQ(scenario_text(sample::aria(), {}),
            R"(Aria: summed twice
  file    aria.toml
  source  https://example.org/49366
  sweep   3 layouts, 2 variants, shape toy

  variant  verdict                layouts  coefficient  group  condition    smallest  expected
  buggy    double_reduce(shared)  2 of 3   2 = tp       tp     when tp > 1  tp=2      as expected
  fixed    holds                  3 of 3                                              as expected

buggy: double_reduce(shared)
  first wrong: all_reduce(y, tp)  at aria.toml:28:16
  `shared` is complete over tp when it is summed again.
  tp=2: y is wrong on ranks {0,1} of 2
)");
}

TEST(ScenarioText, SaysWhatTheProofSaysBeyondTheSweep) {
  ScenarioResult result = sample::aria();
  result.proofs = {{"buggy", false, ""}, {"fixed", true, "tp >= 5"}};
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(contains(text, "2 of 3   some sizes")) << text;
  EXPECT_TRUE(contains(text, "3 of 3   wrong when tp >= 5")) << text;
}

TEST(ScenarioText, SaysThatARunEndsEarly) {
  ScenarioResult result = sample::aria();
  for (Cell& cell : result.cells) {
    if (cell.finding) cell.finding->output.clear();
  }
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(contains(text, "  tp=2: the run ends there, because of ranks {0,1} of 2\n")) << text;
}

TEST(ScenarioText, MarksWhatIsUnexpectedAndSaysWhatWasExpected) {
  const std::string text = scenario_text(sample::surprising_aria(), {});
  EXPECT_TRUE(contains(text, "tp=2      UNEXPECTED\n")) << text;
  EXPECT_TRUE(contains(text, "buggy: double_reduce(shared)  UNEXPECTED\n")) << text;
  EXPECT_TRUE(contains(text, "  expected: holds  (tp=2)\n")) << text;
}

TEST(ScenarioText, SaysWhereAnExpectedDefectIsMissing) {
  ScenarioResult result = sample::aria();
  Cell& missing = result.cells[1];
  missing.verdict = Verdict::holds;
  missing.finding.reset();
  missing.as_expected = false;
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(
      contains(text, "buggy: holds  UNEXPECTED\n  expected: double_reduce(shared)  (tp=2)\n"))
      << text;
  EXPECT_EQ(result.unexpected(), 1U);
}

TEST(ScenarioText, CountsUndecidedApartWithItsReason) {
  ScenarioResult result = sample::aria();
  Cell& open = result.cells[5];
  open.verdict = Verdict::undecided;
  open.as_expected = false;
  open.reason = "explicit slices are concrete";
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(contains(text, "fixed    undecided              1 of 3")) << text;
  EXPECT_TRUE(contains(text, "  reason: explicit slices are concrete\n")) << text;
  EXPECT_EQ(
      totals_text(sample::report_of(result)),
      "1 scenario, 2 variants, 6 cells: 5 as expected, 0 unexpected, 1 undecided, 0 skipped\n");
}

TEST(ScenarioText, GivesEachConditionOfAVariantALine) {
  ScenarioResult result = sample::aria();
  result.cells[2].finding->defect_class = "wrong_group";
  result.conditions = {{"buggy", "double_reduce", {"shared"}, "tp == 2", 1, 3, 1},
                       {"buggy", "wrong_group", {"shared"}, "tp > 2", 1, 3, 2}};
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(contains(text, "when tp == 2  tp=2")) << text;
  EXPECT_TRUE(contains(text, "when tp > 2   tp=4")) << text;
}

TEST(ScenarioText, SaysHowManyElementsDifferInBits) {
  ScenarioResult result = sample::aria();
  result.bits = {{sample::layout(4), "bf16", "merged", "per_branch", 1'048'576, 510'657}};
  EXPECT_TRUE(contains(
      scenario_text(result, {}),
      "  merged vs per_branch, bf16: 48.7 % of 1,048,576 elements differ in bits (tp=4)\n"));
}

TEST(ScenarioText, NamesTheLayoutWhereMostBitsDiffer) {
  ScenarioResult result = sample::aria();
  result.bits = {{sample::layout(1), "bf16", "merged", "per_branch", 64, 0},
                 {sample::layout(2), "bf16", "merged", "per_branch", 64, 32},
                 {sample::layout(4), "bf16", "merged", "per_branch", 64, 16},
                 {sample::layout(2), "fp32", "merged", "per_branch", 64, 0},
                 {sample::layout(4), "fp32", "merged", "per_branch", 64, 0}};
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(contains(text,
                       "  merged vs per_branch, bf16: 50.0 % of 64 elements differ in bits (tp=2; "
                       "2 of 3 layouts differ)\n"
                       "  merged vs per_branch, fp32: the same bits in all 2 layouts\n"))
      << text;
  EXPECT_TRUE(
      contains(scenario_text(result, {.verbose = true}),
               "  merged vs per_branch, bf16: 25.0 % of 64 elements differ in bits (tp=4)"));
}

TEST(ScenarioText, SaysWhereAnOrderRefused) {
  ScenarioResult result = sample::aria();
  for (const int tp : {1, 2, 4}) {
    result.bits.push_back({sample::layout(tp), "bf16", "merged", "per_branch", 64, 16, "ring"});
  }
  result.bits[1] = {sample::layout(2), "bf16", "merged", "per_branch", 0, 0, "ring", "not for 2"};
  const std::string text = scenario_text(result, {});
  EXPECT_TRUE(contains(text,
                       "  merged vs per_branch, bf16, ring: 25.0 % of 64 elements differ in bits "
                       "(tp=1; 2 of 2 layouts differ)\n"
                       "  merged vs per_branch, bf16, ring: not compared in 1 of 3 layouts, first "
                       "tp=2: not for 2\n"))
      << text;
}

BitComparison judged_bits(RoundingVerdict verdict) {
  BitComparison bits{sample::layout(4), "bf16", "merged", "per_branch", 64, 32};
  const ComparedElement at{7, 2, 1.5F, 1.25F, 1.4375, 0.25, 0.75, false, false};
  bits.rounding.elements = 64;
  bits.rounding.verdict = verdict;
  bits.rounding.tightest = at;
  if (verdict == RoundingVerdict::defect) bits.rounding.witness = at;
  if (verdict == RoundingVerdict::undecided) {
    bits.rounding.undecided = 3;
    bits.undecided = "not sums of the same terms";
  }
  return bits;
}

TEST(ScenarioText, SaysWhetherTheDifferencesAreRoundingOnly) {
  const std::pair<RoundingVerdict, std::string> lines[] = {
      {RoundingVerdict::rounding_only,
       "    rounding only: every element within its bound, differences at most 25 % of it\n"},
      {RoundingVerdict::defect,
       "    defect: element 7 on rank 2 (tp=4): 1.5 and 1.25, exact 1.4375, bounds 0.25 and "
       "0.75\n"},
      {RoundingVerdict::undecided,
       "    undecided whether rounding only: 3 elements (tp=4): not sums of the same terms\n"}};
  for (const auto& [verdict, line] : lines) {
    ScenarioResult result = sample::aria();
    result.bits = {judged_bits(verdict)};
    const std::string text = scenario_text(result, {});
    EXPECT_TRUE(contains(text, line)) << text;
    result.bits.push_back(judged_bits(RoundingVerdict::rounding_only));
    EXPECT_TRUE(contains(scenario_text(result, {}), line)) << text;
    EXPECT_EQ(contains(totals_text(sample::report_of(result)), ", 1 comparison beyond rounding\n"),
              verdict == RoundingVerdict::defect);
  }
}

TEST(ScenarioText, LetsNoTitleReachTheTerminalAsAnEscape) {
  ScenarioResult result = sample::aria();
  result.title = "red \x1b[31m\ntitle";
  EXPECT_FALSE(contains(scenario_text(result, {}), "\x1b"));
}

TEST(GridText, ShowsTheMiddleThatTheEndPointsHide) {
  EXPECT_EQ(grid_text(sample::middle_layouts(), {}),
            "  fused\n"
            "    ep \\ moe_tp  1   2   4\n"
            "    1            ok  ok  ok\n"
            "    2            ok  X\n"
            "    4            ok\n");
  EXPECT_EQ(grid_text(sample::aria(), {}), "");
}

TEST(OverviewText, NamesEachFileOnceBelowTheirCommonDirectory) {
  Report report = sample::report_of(sample::aria());
  report.scenarios.push_back(sample::middle_layouts());
  report.scenarios[0].file = "catalogue/vllm/aria.toml";
  report.scenarios[1].file = "catalogue/sglang/middle.toml";
  EXPECT_EQ(overview_text(report, {}),
            R"(scenarios below catalogue/

scenario            variant  verdict                layouts  condition                   expected
vllm/aria.toml      buggy    double_reduce(shared)  2 of 3   when tp > 1                 as expected
                    fixed    holds                  3 of 3                               as expected
sglang/middle.toml  fused    wrong_group(experts)   1 of 6   when ep > 1 and moe_tp > 1  as expected
)");
  EXPECT_EQ(
      totals_text(report),
      "2 scenarios, 3 variants, 12 cells: 12 as expected, 0 unexpected, 0 undecided, 0 skipped\n");
}

TEST(ExplanationText, NamesTheLayoutsThatHideTheDefectAndTheSmallestOneToTry) {
  const std::string text = explanation_text(sample::middle_layouts(), {}, {});
  EXPECT_TRUE(contains(text, "VIOLATION  fused: wrong_group(experts)  (as the file expects)\n"));
  EXPECT_TRUE(contains(text, "  wrong for: ep > 1 and moe_tp > 1; 1 of 6 layouts\n")) << text;
  EXPECT_TRUE(
      contains(text, "  right for: ep == 1 | moe_tp == 1; 5 of 6 layouts, whose tests do not"))
      << text;
  EXPECT_TRUE(contains(text, "  smallest to try on GPUs: ep=2 moe_tp=2 (4 ranks)\n")) << text;
  EXPECT_TRUE(contains(text, "  coefficient of experts: 0 in some places, 1 in others; group ep\n"))
      << text;
  EXPECT_TRUE(contains(text, "  not a repair: ")) << text;
}

TEST(ExplanationText, SaysThatAVariantHolds) {
  EXPECT_TRUE(
      contains(explanation_text(sample::aria(), {}, {}), "fixed: holds in 3 of 3 layouts\n"));
}

}  // namespace
}  // namespace reducecheck
