// SPDX-License-Identifier: Apache-2.0
// Would the laws see a bug in the simulator itself? Each is planted, and the law that is named
// beside it fails within a few hundred layers; with nothing planted the same law passes.
//
// A bug that the reference shares (a wrong activation, say) cancels in every law; the independent
// oracle beside this file stands against those.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <ostream>

#include "props/laws.hpp"

namespace reducecheck::props {
namespace {

using Law = std::function<bool(const Simulator&)>;

// Each draws what it is asked about.
bool right(const Simulator& s) {
  return right_layer_holds(*rc::gen::arbitrary<LayerSpec>(), 3, s);
}
bool merged(const Simulator& s) {
  return merged_equals_per_branch(*rc::gen::arbitrary<LayerSpec>(), s);
}
bool layouts(const Simulator& s) {
  const auto spec = *rc::gen::arbitrary<LayerSpec>();
  return same_rows(spec, same_layer(spec, *layers()), s);
}
bool faulty(const Simulator& s) {
  const auto spec = *rc::gen::arbitrary<LayerSpec>();
  const std::vector<Fault> all = layer_faults(spec);
  return verdict_follows_meaning(spec, all[*rc::gen::inRange<std::size_t>(0, all.size())], s);
}

bool passes(const Law& law, const Simulator& simulator) {
  rc::detail::TestParams params;
  params.seed = 20'240;
  params.maxSuccess = 500;
  params.disableShrinking = true;
  const auto result = rc::detail::checkTestable([&] { RC_ASSERT(law(simulator)); },
                                                rc::detail::TestMetadata{}, params);
  return result.is<rc::detail::SuccessResult>();
}

struct PlantedBug {
  std::string name;
  Law law;
  Simulator simulator;
};
void PrintTo(const PlantedBug& bug, std::ostream* stream) {
  *stream << bug.name;
}

/// An interpreter that reads every step of `kind` otherwise.
Simulator misreading(StepKind kind, const std::function<void(Step&)>& change) {
  Simulator simulator;
  simulator.misreads = [kind, change](Plan& plan) {
    for (Step& step : plan.steps) {
      if (step.kind == kind) change(step);
    }
  };
  return simulator;
}

Simulator judging(Simulator::Judge judge) {
  Simulator simulator;
  simulator.judge = std::move(judge);
  return simulator;
}

std::vector<PlantedBug> interpreter_bugs() {
  const auto last_is_first = [](Step& s) { s.operands.back() = s.operands.front(); };
  const auto average = [](Step& s) { s.kind = StepKind::all_reduce_avg; };
  const auto reversed_results = [](Step& s) { std::ranges::reverse(s.results); };
  const auto reversed_operands = [](Step& s) { std::ranges::reverse(s.operands); };
  const auto first_share = [](Step& s) { s.numbers[0] = 0; };
  const auto one_expert_fewer = [](Step& s) {
    if (!s.experts.empty()) s.experts.pop_back();  // the reference's list is not one
  };
  const auto first_rows = [](Step& s) { s.numbers = {0, s.numbers[1] - s.numbers[0]}; };
  return {
      {"AllReduceForgetsTheLastRank", layouts, misreading(StepKind::all_reduce_sum, last_is_first)},
      {"AllReduceAverages", right, misreading(StepKind::all_reduce_sum, average)},
      {"ReduceScatterDeliversBackwards", merged,
       misreading(StepKind::reduce_scatter, reversed_results)},
      {"AllGatherCollectsBackwards", right, misreading(StepKind::all_gather, reversed_operands)},
      {"MlpAlwaysTakesTheFirstShare", layouts, misreading(StepKind::mlp, first_share)},
      {"ARankOverlooksItsLastExpert", right, misreading(StepKind::experts, one_expert_fewer)},
      {"AChunkIsAlwaysTheFirst", layouts, misreading(StepKind::slice_rows, first_rows)},
  };
}

std::vector<PlantedBug> judge_bugs() {
  const auto real = wrong_outputs<Prime>;
  const auto only_rank_zero = [real](const Plan& plan, const Run& run,
                                     const Interpreter<Prime>& values) {
    std::vector<WrongOutput> wrong = real(plan, run, values);
    std::erase_if(wrong, [](const WrongOutput& w) { return w.rank != 0; });
    return wrong;
  };
  const auto rows_rotated = [real](const Plan& plan, const Run& run,
                                   const Interpreter<Prime>& values) {
    Plan other = plan;
    for (Requirement& required : other.required[0]) {
      auto tags = other.tag_lists[static_cast<std::size_t>(required.tags)];
      std::ranges::rotate(tags, tags.begin() + 1);
      required.tags = static_cast<int>(other.tag_lists.size());
      other.tag_lists.push_back(std::move(tags));
    }
    return real(other, run, values);
  };
  const auto other_contents = [real](const Plan& plan, const Run& run,
                                     const Interpreter<Prime>& values) {
    // What the ranks computed against a reference output of another seed.
    Interpreter<Prime> other;
    other.load(plan);
    other.run(99);
    const int truth = plan.reference.outputs[0][0];
    const PlanValue& shape = plan.values[static_cast<std::size_t>(truth)];
    const bool same = std::equal(values.numbers(truth), values.numbers(truth) + shape.width,
                                 other.numbers(truth));
    return same ? real(plan, run, values) : std::vector<WrongOutput>{{0, 0, {0}, ""}};
  };
  const auto first_row_only = [real](const Plan& plan, const Run& run,
                                     const Interpreter<Prime>& values) {
    std::vector<WrongOutput> wrong = real(plan, run, values);
    std::erase_if(
        wrong, [](const WrongOutput& w) { return std::ranges::find(w.rows, 0) == w.rows.end(); });
    return wrong;
  };
  const auto all_rows_or_none = [real](const Plan& plan, const Run& run,
                                       const Interpreter<Prime>& values) {
    std::vector<WrongOutput> wrong = real(plan, run, values);
    std::erase_if(wrong, [&](const WrongOutput& w) {
      const int id = run.outputs[0][static_cast<std::size_t>(w.rank)];
      const int rows = plan.values[static_cast<std::size_t>(id)].rows;
      return static_cast<int>(w.rows.size()) < rows;
    });
    return wrong;
  };
  return {{"LooksAtRankZeroOnly", faulty, judging(only_rank_zero)},
          {"RequiresTheNextRow", right, judging(rows_rotated)},
          {"ComparesWithOtherContents", right, judging(other_contents)},
          {"LooksAtTheFirstRowOnly", faulty, judging(first_row_only)},
          {"ExcusesWhatIsRightInSomeRows", faulty, judging(all_rows_or_none)}};
}

class PlantedBugs : public testing::TestWithParam<PlantedBug> {};

TEST_P(PlantedBugs, IsCaughtByItsLaw) {
  EXPECT_TRUE(passes(GetParam().law, Simulator{})) << "the law fails with nothing planted";
  EXPECT_FALSE(passes(GetParam().law, GetParam().simulator)) << "the law does not see the bug";
}

std::string name_of(const testing::TestParamInfo<PlantedBug>& bug) {
  return bug.param.name;
}

INSTANTIATE_TEST_SUITE_P(Interpreter, PlantedBugs, testing::ValuesIn(interpreter_bugs()), name_of);
INSTANTIATE_TEST_SUITE_P(Judge, PlantedBugs, testing::ValuesIn(judge_bugs()), name_of);

}  // namespace
}  // namespace reducecheck::props
