// SPDX-License-Identifier: Apache-2.0
// Laws of a layer with one fault: it is called wrong exactly when some rank holds another result,
// and the defect has a name.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "props/faults.hpp"
#include "props/judged.hpp"
#include "props/laws.hpp"
#include "props/layer_generator.hpp"
#include "scenarios/program/printer.hpp"
#include "sim/report/defect_classes.hpp"

namespace reducecheck::props {
namespace {

/// `defect` and a class that exists, or `holds`, as the meaning has it.
void assert_named(const LayerSpec& spec, const Fault& fault) {
  const Scenario planted = planted_layer(spec, fault);
  ScenarioResult result;
  try {
    result = judged(planted);
  } catch (const IllFormed&) {
    RC_TAG("ill-formed");
    return;
  }
  RC_ASSERT(result.cells.size() == 1U);
  const Cell& cell = result.cells[0];
  RC_LOG() << fault.name << '\n' << print(planted.variants[0].program);
  RC_ASSERT(cell.uncovered.empty() || cell.verdict == Verdict::defect);
  RC_ASSERT((cell.verdict == Verdict::holds) == same_meaning(scenario_of(spec), planted));
  if (cell.verdict == Verdict::holds) {
    RC_TAG("changes nothing");
    return;
  }
  RC_ASSERT(cell.verdict == Verdict::defect);
  const std::string& name = cell.finding.value().defect_class;
  RC_TAG(name);
  RC_ASSERT(name != "unclassified");
  RC_ASSERT(find_defect_class(name) != nullptr);
  RC_ASSERT(!cell.finding->ranks.empty());
  // What a scalar multiplies can be missing or doubled; the scalar itself cannot.
  RC_ASSERT(std::ranges::find(cell.finding->branches, "rsf") == cell.finding->branches.end());
}

RC_GTEST_PROP(Faults, ASingleFaultIsFoundAndNamed, (const LayerSpec& spec)) {
  const std::vector<Fault> all = layer_faults(spec);
  const Fault& fault = all[*rc::gen::inRange<std::size_t>(0, all.size())];
  assert_named(spec, fault);
  RC_ASSERT(verdict_follows_meaning(spec, fault));
}

RC_GTEST_PROP(Faults, EachIsAnotherProgram, (const LayerSpec& spec)) {
  const Program program = scenario_of(spec).variants[0].program;
  std::set<std::string> names;
  for (const Fault& fault : layer_faults(spec)) {
    RC_ASSERT(!(plant(program, fault) == program));
    names.insert(fault.name);
  }
  // A collective, an operand and a condition each have at least one fault.
  RC_ASSERT(names.size() >= 4U);
}

/// A classic: which fault of the smallest layer of two branches ends in which class.
TEST(Faults, OfTheSmallestSplitLayerHaveTheNamesThatPeopleGiveThem) {
  LayerSpec spec;
  spec.tp = 2;
  spec.branches = Branches::both;
  spec.merged = true;
  spec.bias = Bias::after_the_sum;
  spec.family = Family::factored;
  const auto class_of = [&](FaultKind kind, const std::string& place) -> std::string {
    for (const Fault& fault : layer_faults(spec)) {
      if (fault.kind != kind || !fault.name.starts_with(place)) continue;
      const ScenarioResult result = judged(planted_layer(spec, fault));
      const Cell& cell = result.cells[0];
      return cell.finding ? cell.finding->defect_class : spelling(cell.verdict);
    }
    return "no such fault";
  };
  EXPECT_EQ(class_of(FaultKind::drop_collective, "all_reduce"), "missing_reduce");
  EXPECT_EQ(class_of(FaultKind::double_collective, "all_reduce"), "double_reduce");
  EXPECT_EQ(class_of(FaultKind::drop_left, "routed + common"), "missing_branch");
  EXPECT_EQ(class_of(FaultKind::add_guard, "routed + common: right operand on rank 0 of tp"),
            "once_guard_wrong");
  EXPECT_EQ(class_of(FaultKind::average, "all_reduce"), "once_guard_wrong");
  EXPECT_EQ(class_of(FaultKind::multiply, "all_reduce"), "scale_placement");
}

}  // namespace
}  // namespace reducecheck::props
