// SPDX-License-Identifier: Apache-2.0
// Laws of a layer that is right: it holds however it is laid out, summed, numbered or rewritten,
// and every way of computing it gives the same numbers.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "props/equivalents.hpp"
#include "props/faults.hpp"
#include "props/judged.hpp"
#include "props/laws.hpp"
#include "props/layer_generator.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/frame/print.hpp"
#include "scenarios/program/parser.hpp"
#include "scenarios/program/printer.hpp"

namespace reducecheck::props {
namespace {

constexpr std::uint64_t seed = 7;

TokenRows rows_of(const Scenario& scenario) {
  const Plan plan = first_plan(scenario);
  return rows_by_token<Prime>(plan, plan.variants[0], seed);
}

/// Whether every cell is right.
bool holds(const ScenarioResult& result) {
  return !result.cells.empty() && std::ranges::all_of(result.cells, [](const Cell& cell) {
    return cell.verdict == Verdict::holds;
  });
}

template <class Value>
const Value& pick(const std::vector<Value>& values) {
  return values[*rc::gen::inRange<std::size_t>(0, values.size())];
}

RC_GTEST_PROP(Layers, MergedEqualsPerBranch, (const LayerSpec& spec)) {
  RC_ASSERT(merged_equals_per_branch(spec));
  RC_TAG(runs_in_integers(spec) ? "in both domains" : "has a division: in the prime field only");
}

RC_GTEST_PROP(Layers, ARightLayerHolds, (const LayerSpec& spec)) {
  const auto any_seed = *rc::gen::arbitrary<std::uint64_t>();
  RC_ASSERT(right_layer_holds(spec, any_seed));
  RC_ASSERT(holds(judged(scenario_of(spec), any_seed)));
}

RC_GTEST_PROP(Layers, NoEquivalentChangeIsFlagged, (const LayerSpec& spec)) {
  const Scenario scenario = with_idle_group(scenario_of(spec));
  Program program = scenario.variants[0].program;
  std::string made;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const std::vector<Change> all = changes(program);
    const Change& change = pick(all);
    program = apply_change(program, change);
    made += change.name + '\n';
    RC_TAG(std::string(spelling(change.kind)));
  }
  RC_LOG() << made << print(program);
  RC_ASSERT(holds(judged(with_program(scenario, scenario.variants[0], program))));
}

RC_GTEST_PROP(Layers, ResultsDoNotDependOnTheLayout, (const LayerSpec& spec)) {
  const LayerSpec other = same_layer(spec, *layers());
  RC_LOG() << scenario_text(other, common_sizes({spec, other}));
  RC_ASSERT(same_rows(spec, other));
}

RC_GTEST_PROP(Layers, TheOrderOfTheAxesOnlyRenumbersTheRanks, (LayerSpec spec)) {
  spec.axes_reversed = false;
  const Scenario one = scenario_of(spec);
  spec.axes_reversed = true;
  const Scenario two = scenario_of(spec);
  const Plan first = first_plan(one);
  const Plan second = first_plan(two);
  const auto rows = rows_by_rank<Prime>(first, first.variants[0], seed);
  const auto renumbered = rows_by_rank<Prime>(second, second.variants[0], seed);
  RC_ASSERT(rows.size() == renumbered.size());
  // Coordinates of a rank from its fastest axis on; the other mesh has them the other way round.
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    std::size_t rest = rank;
    std::size_t other = 0;
    for (auto axis = one.axes.rbegin(); axis != one.axes.rend(); ++axis) {
      const auto size = static_cast<std::size_t>(axis->sizes[0]);
      other = other * size + rest % size;
      rest /= size;
    }
    RC_ASSERT(rows[rank] == renumbered[other]);
  }
}

RC_GTEST_PROP(Layers, WhoOwnsAnExpertDoesNotMatter, (LayerSpec spec)) {
  if (spec.branches == Branches::shared) spec.branches = Branches::routed;
  LayerSpec shuffled = spec;
  spec.shuffle = 0;
  shuffled.shuffle = *rc::gen::inRange(1, 1'000);
  RC_ASSERT(same_rows(spec, shuffled));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.rfind(from);
  if (at == std::string::npos) throw std::logic_error("no `" + from + "` in the text");
  return text.replace(at, from.size(), to);
}

RC_GTEST_PROP(Layers, TheOrderOfTheTokensDoesNotMatter, (const LayerSpec& spec)) {
  // Each rank rotates the rows that it holds, and the result back.
  const int by = *rc::gen::inRange(1, 5);
  const std::string text = scenario_text(spec);
  const std::string turned = fmt::format("cut = {} % rows(x)\nh = cat(x[cut:], x[:cut])", by);
  const std::string back = "y = cat(h[rows(x) - cut:], h[:rows(x) - cut])";
  const Scenario rotated = loaded(replaced(replaced(text, "h = x", turned), "y = h", back));
  RC_ASSERT(rows_of(rotated) == rows_of(scenario_of(spec)));
  RC_ASSERT(holds(judged(rotated)));
}

RC_GTEST_PROP(Layers, TextAndTreesRoundTrip, (const LayerSpec& spec)) {
  const Scenario right = scenario_of(spec);
  const Program program = right.variants[0].program;
  const std::vector<Fault> all = faults(program, group_names(right));
  for (const Program& one : {program, plant(program, pick(all)), right.reference}) {
    Diagnostics diagnostics;
    RC_ASSERT(parse_program(print(one), {1, 1}, diagnostics) == one);
    RC_ASSERT(diagnostics.empty());
  }
  const Scenario planted = with_program(right, right.variants[0], plant(program, pick(all)));
  for (const Scenario& one : {right, planted}) {
    const Scenario again = loaded(print_scenario(one));
    RC_ASSERT(again == one);
  }
}

/// The scenario with sizes 1 and the drawn one on each axis: up to eight configurations.
Scenario swept(Scenario scenario) {
  for (Axis& axis : scenario.axes) {
    if (axis.sizes[0] > 1) axis.sizes.insert(axis.sizes.begin(), 1);
  }
  return scenario;
}

RC_GTEST_PROP(Layers, ThreadsDoNotChangeTheResult, (const LayerSpec& spec)) {
  const Scenario right = swept(scenario_of(spec));
  const Program program = right.variants[0].program;
  const Fault fault = pick(faults(program, group_names(right)));
  Scenario both = right;
  both.variants.push_back({"planted", {}, plant(program, fault), {}});
  const auto any_seed = *rc::gen::arbitrary<std::uint64_t>();
  try {
    const std::string once = everything(judged(both, any_seed, 1));
    RC_ASSERT(everything(judged(both, any_seed, 1)) == once);
    RC_ASSERT(everything(judged(both, any_seed, 2)) == once);
    RC_ASSERT(everything(judged(both, any_seed, 3)) == once);
    RC_TAG("judged");
  } catch (const IllFormed&) {
    RC_TAG("ill-formed");
  }
}

}  // namespace
}  // namespace reducecheck::props
