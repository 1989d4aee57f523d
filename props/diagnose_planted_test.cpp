// SPDX-License-Identifier: Apache-2.0
// Planted faults and correct layers, one by one.
#include <gtest/gtest.h>

#include "props/diagnose_experiment.hpp"
#include "sim/diagnose/diagnose.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::experiment {
namespace {

OutputDiagnosis only(const Dump& dump, const DiagnoseOptions& options = {}) {
  const std::vector<OutputDiagnosis> outputs = diagnose(dump, options);
  EXPECT_EQ(outputs.size(), 1U);
  return outputs.front();
}

std::string text_of(const OutputDiagnosis& one, const Dump& dump) {
  return diagnosis_text({one}, dump);
}

struct Wanted {
  Defect defect;
  const char* defect_class;
  const char* branch;
  std::string coefficient;
};

std::vector<Wanted> faults(int tp) {
  const std::string n = std::to_string(tp);
  const Defect scaled{Planted::scale_twice, 0, 0, "", 2.5F};
  return {{{Planted::double_reduce, 1, 0, "", 1}, "double_reduce", "shared", n + " = tp"},
          {{Planted::missing_reduce, 1, 0, "", 1}, "missing_reduce", "shared", "0"},
          {{Planted::addend_in_sum, 0, 0, "", 1}, "addend_in_sum", "bias", n + " = tp"},
          {scaled, "scale_placement", "experts", "5/2"},
          {{Planted::average, 1, 0, "", 1}, "once_guard_wrong", "shared", "1/" + n + " = 1/tp"},
          {{Planted::missing_branch, 0, 0, "", 1}, "missing_branch", "experts", "0"},
          {{Planted::missing_addend, 0, 0, "", 1}, "missing_branch", "bias", "0"},
          {{Planted::only_first, 1, 0, "", 1}, "once_guard_wrong", "shared", "0"},
          {{Planted::share_twice, 1, tp - 1, "", 1}, "double_reduce", "shared", "2"}};
}

void expect_named(const Wanted& wanted, const Dump& dump) {
  const OutputDiagnosis one = only(dump);
  EXPECT_EQ(one.verdict, DiagnosisVerdict::defect) << wanted.defect_class;
  ASSERT_EQ(one.findings.size(), 1U) << wanted.defect_class << text_of(one, dump);
  EXPECT_EQ(one.findings.front().defect_class, wanted.defect_class) << text_of(one, dump);
  EXPECT_EQ(one.findings.front().branches, std::vector<std::string>{wanted.branch});
  EXPECT_EQ(one.findings.front().coefficient, wanted.coefficient) << text_of(one, dump);
  EXPECT_NE(one.scenario, "") << wanted.defect_class;
}

class Sizes : public testing::TestWithParam<int> {};

TEST_P(Sizes, NamesClassBranchAndCoefficient) {
  Layer layer;
  layer.mesh = {{"tp", GetParam()}};
  layer.shape = {64, 16};
  for (const char* order : {"nccl_ring", "random"}) {
    layer.order = order;
    for (const Wanted& wanted : faults(GetParam())) {
      expect_named(wanted, dump_of(layer, wanted.defect, false));
    }
  }
}

TEST_P(Sizes, NamesTheGroupThatWasTaken) {
  Layer layer;
  layer.mesh = {{"dp", 2}, {"tp", GetParam()}};
  layer.shape = {64, 16};
  const Wanted other{{Planted::wrong_group, 1, 0, "dp", 1}, "wrong_group", "shared", "0"};
  expect_named(other, dump_of(layer, other.defect, false));
  EXPECT_EQ(only(dump_of(layer, other.defect, false)).findings.front().group, "dp");
  layer.group = {"dp", "tp"};
  const Wanted small{{Planted::wrong_group, 0, 0, "tp", 1}, "wrong_group", "experts", "0"};
  expect_named(small, dump_of(layer, small.defect, false));
  EXPECT_EQ(only(dump_of(layer, small.defect, false)).findings.front().group, "tp");
}

TEST_P(Sizes, IsSilentOnTheCorrectTwins) {
  Layer layer;
  layer.mesh = {{"tp", GetParam()}};
  layer.shape = {64, 16};
  for (const Format format : {Format::bf16, Format::fp16, Format::fp32, Format::fp8_e4m3}) {
    for (const char* order : {"nccl_ring", "rank_order", "random"}) {
      for (const bool merged : {true, false}) {
        layer.format = format;
        layer.order = order;
        layer.merged = merged;
        const Dump dump = dump_of(layer, {}, false);
        const OutputDiagnosis one = only(dump);
        EXPECT_EQ(one.verdict, DiagnosisVerdict::holds) << text_of(one, dump);
        EXPECT_TRUE(one.findings.empty());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ranks, Sizes, testing::Values(2, 4, 8));

TEST(PlantedFaults, AFewElementsAreEnoughWhereTheOrderIsKnown) {
  Layer layer;
  layer.mesh = {{"tp", 8}};
  layer.shape = {16};
  for (const Wanted& wanted : faults(8)) expect_named(wanted, dump_of(layer, wanted.defect, true));
}

TEST(PlantedFaults, CopiesOnAllRanksAreSaidToHideWhoseCounts) {
  Layer layer;
  layer.shape = {64, 16};
  layer.replicated = 1;
  const OutputDiagnosis right = only(dump_of(layer, {}, false));
  EXPECT_EQ(right.verdict, DiagnosisVerdict::holds);
  ASSERT_EQ(right.hidden.size(), 1U);
  EXPECT_EQ(right.hidden.front(),
            "the partials of shared are the same along tp: they are taken as copies of one value, "
            "which must count once; only the sum of their coefficients shows, not whose share "
            "counts");
  const Wanted wrong{
      {Planted::whole_in_sum, 1, 0, "", 1}, "replicated_branch_in_sum", "shared", "4 = tp"};
  expect_named(wrong, dump_of(layer, wrong.defect, false));
}

TEST(PlantedFaults, WhatNothingExplainsIsUndecided) {
  Layer layer;
  layer.shape = {64, 16};
  for (const bool told : {true, false}) {
    const OutputDiagnosis one = only(dump_of(layer, {Planted::noise, 0, 0, "", 1}, told));
    EXPECT_EQ(one.verdict, DiagnosisVerdict::undecided);
    EXPECT_EQ(one.reason, "no single or double fault explains every element");
    EXPECT_GT(one.refuted, 0U);
    EXPECT_GT(one.bound_used, 1);
  }
}

TEST(PlantedFaults, ALostShareOfManyRanksIsOnlySuspectedInAnUnknownOrder) {
  Layer layer;
  layer.mesh = {{"tp", 64}};
  layer.shape = {64, 64};
  layer.order = "random";
  const OutputDiagnosis one = only(dump_of(layer, {Planted::dropped_share, 0, 5, "", 1}, false));
  EXPECT_EQ(one.verdict, DiagnosisVerdict::undecided);
  EXPECT_EQ(one.refuted, 0U);
  ASSERT_EQ(one.findings.size(), 1U);
  EXPECT_EQ(one.findings.front().ranks, std::vector<int>{5});
}

TEST(PlantedFaults, OneRankThatReducesOtherwiseShows) {
  Layer layer;
  layer.shape = {64, 16};
  Dump dump = dump_of(layer, {}, true);
  const Dump wrong = dump_of(layer, {Planted::missing_reduce, 1, 0, "", 1}, true);
  dump.ranks[2].tensors["mlp/output/y"] = wrong.ranks[2].tensors.at("mlp/output/y");
  const OutputDiagnosis one = only(dump);
  EXPECT_NE(one.verdict, DiagnosisVerdict::holds) << text_of(one, dump);
}

TEST(PlantedFaults, OutputsOfOtherShapesAndMissingTensorsAreNotGuessed) {
  Layer layer;
  layer.shape = {4, 4};
  Dump dump = dump_of(layer, {}, true);
  for (TensorFile& file : dump.ranks) {
    DumpTensor& output = file.tensors["mlp/output/y"];
    output.shape = {1, 4};
    output.bytes.resize(8);
  }
  EXPECT_EQ(only(dump).verdict, DiagnosisVerdict::undecided);
  EXPECT_NE(only(dump).reason.find("split over ranks"), std::string::npos);
  dump = dump_of(layer, {}, true);
  dump.ranks[3].tensors.erase("mlp/partial/shared");
  EXPECT_EQ(only(dump).reason, "rank 3 has no `mlp/partial/shared`");
}

TEST(PlantedFaults, WrongScopesComeFirst) {
  Layer layer;
  layer.shape = {16, 16};
  Dump dump = dump_of(layer, {}, true);
  const Dump wrong = dump_of(layer, {Planted::double_reduce, 1, 0, "", 1}, true);
  for (std::size_t r = 0; r < dump.ranks.size(); ++r) {
    for (const auto& [name, tensor] : wrong.ranks[r].tensors) {
      dump.ranks[r].tensors["z" + name] = tensor;
    }
  }
  const std::vector<OutputDiagnosis> outputs = diagnose(dump, {});
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].scope, "zmlp");
  EXPECT_EQ(outputs[0].verdict, DiagnosisVerdict::defect);
  EXPECT_EQ(outputs[1].verdict, DiagnosisVerdict::holds);
}

}  // namespace
}  // namespace reducecheck::experiment
