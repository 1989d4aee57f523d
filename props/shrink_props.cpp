// SPDX-License-Identifier: Apache-2.0
// A failing layer shrinks to a file that a person can read and that the tool replays.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <ostream>

#include "props/laws.hpp"
#include "scenarios/frame/print.hpp"
#include "sim/report/minimal.hpp"
#include "sim/tool/run_command.hpp"

namespace reducecheck::props {
namespace {

/// A fault that someone puts into every layer that has a place for it, and what it is called.
struct Habit {
  std::string name;
  FaultKind kind;
  std::string place;
  std::string defect_class;
};
void PrintTo(const Habit& habit, std::ostream* stream) {
  *stream << habit.name;
}

/// The layer with the habit; nothing if it has no such place.
std::optional<Scenario> with_habit(const LayerSpec& spec, const Habit& habit) {
  for (const Fault& fault : layer_faults(spec)) {
    if (fault.kind == habit.kind && fault.name.starts_with(habit.place)) {
      return planted_layer(spec, fault);
    }
  }
  return std::nullopt;
}

/// The cell of the layer with the habit if that is a defect of the habit's class.
std::optional<Cell> defect_of(const LayerSpec& spec, const Habit& habit) {
  const std::optional<Scenario> planted = with_habit(spec, habit);
  if (!planted) return std::nullopt;
  const Cell cell = judged(*planted).cells.at(0);
  const bool found = cell.finding && cell.finding->defect_class == habit.defect_class;
  return found ? std::optional(cell) : std::nullopt;
}

/// The smallest layer that RapidCheck comes to from a failing one; nothing if none fails.
std::optional<LayerSpec> shrunk(const Habit& habit, std::uint64_t seed) {
  std::optional<LayerSpec> smallest;
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = 1'000;
  const auto property = [&](const LayerSpec& spec) {
    if (!defect_of(spec, habit)) return;
    // Shrinking goes on from every case that fails, so the last one that does is the smallest.
    smallest = spec;
    RC_FAIL("a defect");
  };
  const auto result = rc::detail::checkTestable(property, rc::detail::TestMetadata{}, params);
  return result.is<rc::detail::FailureResult>() ? smallest : std::nullopt;
}

/// How many features differ from those of the smallest layer of all.
int remarkable(const LayerSpec& spec) {
  const auto mine = features(spec);
  const auto plain = features(LayerSpec{});
  int count = 0;
  for (std::size_t i = 0; i < mine.size(); ++i) count += mine[i] == plain[i] ? 0 : 1;
  return count;
}

class Shrinking : public testing::TestWithParam<Habit> {};

TEST_P(Shrinking, EndsInTwoRanksAndLittleElse) {
  constexpr int drawn = 20;
  for (std::uint64_t seed = 1; seed <= drawn; ++seed) {
    const std::optional<LayerSpec> spec = shrunk(GetParam(), seed);
    ASSERT_TRUE(spec) << "seed " << seed;
    const std::optional<Cell> cell = defect_of(*spec, GetParam());
    ASSERT_TRUE(cell);
    EXPECT_EQ(cell->configuration.ranks, 2) << scenario_text(*spec);
    EXPECT_LE(remarkable(*spec), 4) << scenario_text(*spec);
  }
}

TEST_P(Shrinking, GivesAFileThatReplays) {
  const std::optional<LayerSpec> spec = shrunk(GetParam(), 1);
  ASSERT_TRUE(spec);
  const std::optional<Cell> cell = defect_of(*spec, GetParam());
  ASSERT_TRUE(cell);
  const auto file = fresh_directory() / "smallest.toml";
  std::ofstream(file) << print_scenario(
      minimal_scenario(with_habit(*spec, GetParam()).value(), *cell, 1));
  const tool::Ran ran = tool::run("replay '" + file.string() + "'");
  EXPECT_EQ(ran.status, 1) << ran.out << ran.err;
  EXPECT_TRUE(contains(ran.out, GetParam().defect_class)) << ran.out;
  EXPECT_TRUE(contains(ran.out, "1 unexpected")) << ran.out;
}

const std::vector<Habit> habits = {
    {"ReducesTwice", FaultKind::double_collective, "all_reduce(v, tp)", "double_reduce"},
    {"ForgetsToReduce", FaultKind::drop_collective, "all_reduce(v, tp)", "missing_reduce"},
    {"Averages", FaultKind::average, "all_reduce(v, tp)", "once_guard_wrong"},
    {"ScalesByTheGroup", FaultKind::multiply, "all_reduce(v, tp)", "scale_placement"},
    {"AddsTheBiasOnEveryRank", FaultKind::drop_guard, "b", "addend_in_sum"},
    {"ForgetsToDivideTheBias", FaultKind::drop_divisor, "b", "addend_in_sum"},
    {"ForgetsAGather", FaultKind::drop_collective, "all_gather(", "token_layout"},
};

std::string name_of(const testing::TestParamInfo<Habit>& habit) {
  return habit.param.name;
}

INSTANTIATE_TEST_SUITE_P(Habits, Shrinking, testing::ValuesIn(habits), name_of);

}  // namespace
}  // namespace reducecheck::props
