// SPDX-License-Identifier: Apache-2.0
// Random layers with one random defect each: how often the diagnosis names it first.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "props/diagnose_experiment.hpp"
#include "sim/diagnose/diagnose.hpp"

namespace reducecheck::experiment {
namespace {

constexpr int planted_defects = REDUCECHECK_DEFECTS;
constexpr std::uint64_t seed = 20'261'130;

/// Whether class, branch and coefficient of the first answer are the planted ones. Where two causes
/// give the same bits, either of them.
bool names_it(const OutputDiagnosis& one, const Truth& truth) {
  if (one.findings.size() != 1) return false;
  const DiagnosisFinding& first = one.findings.front();
  if (first.branches != std::vector<std::string>{truth.branch}) return false;
  // `2` is also said as `2 = tp`.
  const auto number = [](const std::string& text) { return text.substr(0, text.find(' ')); };
  if (first.defect_class == truth.defect_class) {
    return number(first.coefficient) == number(truth.coefficient);
  }
  const std::string wanted = fmt::format("{}({}): ", truth.defect_class, truth.branch);
  return std::ranges::any_of(one.same, [&](const std::string& other) {
    return other.starts_with(wanted) &&
           other.find("coefficient " + number(truth.coefficient)) != std::string::npos;
  });
}

std::string told(const Planting& planting, const Truth& truth, const OutputDiagnosis& one) {
  const Layer& layer = planting.layer;
  std::string found = spelling(one.verdict);
  for (const DiagnosisFinding& finding : one.findings) {
    found += fmt::format(" {}({}) {}", finding.defect_class, fmt::join(finding.branches, ", "),
                         finding.coefficient);
  }
  return fmt::format(
      "seed {}: {} ranks, {}, {}, {} branches, {} addends, {}: {}({}) {}; found {}\n", layer.seed,
      layer.mesh.back().second, traits(layer.format).name, layer.order, layer.branches,
      layer.addends, layer.merged ? "merged" : "apart", truth.defect_class, truth.branch,
      truth.coefficient, found);
}

struct Score {
  int named = 0;
  int decided = 0;  // as defects, not only suspected
  std::string missed;
};

Score score(int defects, int least, int most, bool tell_order, bool foreign) {
  Score score;
  for (int i = 0; i < defects; ++i) {
    const Planting planting =
        random_planting(seed + static_cast<std::uint64_t>(i) * 7919, least, most, foreign);
    const Dump dump = dump_of(planting.layer, planting.defect, tell_order);
    const std::vector<OutputDiagnosis> outputs = diagnose(dump, {});
    const Truth truth = truth_of(planting);
    if (names_it(outputs.front(), truth)) {
      ++score.named;
      score.decided += outputs.front().verdict == DiagnosisVerdict::defect ? 1 : 0;
    } else {
      score.missed += told(planting, truth, outputs.front());
    }
  }
  return score;
}

void expect_share(const Score& score, int defects, int percent, const char* what) {
  fmt::print("{}: {} of {} named first, {} of them decided\n{}", what, score.named, defects,
             score.decided, score.missed);
  EXPECT_GE(score.named * 100, defects * percent) << what << '\n' << score.missed;
}

TEST(OutputDiagnosis, NamesADefectUpTo64RanksWithTheOrderKnown) {
  expect_share(score(planted_defects, 2, 64, true, false), planted_defects, 99, "order known");
}

TEST(OutputDiagnosis, NamesADefectOf32RanksWithTheOrderNotTold) {
  const int defects = (planted_defects + 3) / 4;
  expect_share(score(defects, 32, 32, false, false), defects, 95, "order not told");
}

TEST(OutputDiagnosis, NamesADefectOf32RanksInAnOrderNobodyKnows) {
  const int defects = (planted_defects + 3) / 4;
  expect_share(score(defects, 32, 32, false, true), defects, 95, "order unknown");
}

TEST(OutputDiagnosis, IsSilentOnCorrectLayers) {
  for (int i = 0; i < planted_defects; ++i) {
    const bool foreign = i % 3 == 2;
    Planting planting =
        random_planting(seed + static_cast<std::uint64_t>(i) * 104'729, 2, 64, foreign);
    planting.defect = {};
    const Dump dump = dump_of(planting.layer, planting.defect, i % 3 == 0);
    const std::vector<OutputDiagnosis> outputs = diagnose(dump, {});
    EXPECT_EQ(outputs.front().verdict, DiagnosisVerdict::holds)
        << told(planting, {}, outputs.front());
    if (foreign) continue;
    EXPECT_EQ(outputs.front().method, "replay") << told(planting, {}, outputs.front());
  }
}

}  // namespace
}  // namespace reducecheck::experiment
