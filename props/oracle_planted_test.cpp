// SPDX-License-Identifier: Apache-2.0
// Mistakes planted into the oracle, and into plans as an interpreter would make them: each is
// noticed, and the unmodified twin is silent.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <ostream>

#include "props/oracle_compare.hpp"
#include "sim/judge/verdict.hpp"

namespace reducecheck::oracle {
namespace {

const char* const layers = R"toml(title = "two layers"
mesh = { axes = ["tp"], tp = [2] }
sizes = { L = 2 }
input = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }
assume = { scale_free = ["norm"] }

[weights]
gate = "linear(hidden, E)"
experts = "experts(E / tp, inter)"
shared = "mlp(shared_inter / tp)"

[program]
reference = '''
h = cat(x[:1], x[1:])
for i in range(L):
    n = norm(h)
    p, ids = topk(gate[i](n), k)
    h += (experts[i](n, ids, p) - shared[i](n)) * 3
y = silu(h) * sum(h) + norm(h) + norm(h * 3)
'''
distributed = '''
h = chunk(x, tp)
for i in range(L):
    n = all_gather(norm(h), tp)
    p, ids = topk(gate[i](n), k)
    h += chunk(all_reduce(experts[i](n, ids, p) - shared[i](n), tp) * 3, tp)
h = all_gather(h, tp)
y = silu(h) * sum(h) + norm(h) * 2
'''

[variant]
only = "pass"
)toml";

class PlantedLayers : public testing::Test {
 protected:
  [[nodiscard]] std::string seen_by_oracle(const Plan& plan,
                                           OracleFault fault = OracleFault::none) {
    Question question = question_in(scope_, 1, Domain::prime);
    question.fault = fault;
    return difference(plan, scenario_, question, interpreter_);
  }
  [[nodiscard]] bool seen_by_verdict(const Plan& plan) {
    interpreter_.load(plan);
    interpreter_.run(1);
    return !wrong_outputs(plan, plan.variants[0], interpreter_).empty();
  }

  Scenario scenario_ = scenario_of(layers);
  Scope scope_{scenario_, configurations(scenario_, 2).at(0)};
  Plan plan_ = plan_of(scope_);
  Interpreter<Prime> interpreter_;
};

TEST_F(PlantedLayers, TheUnmodifiedTwinIsSilent) {
  ASSERT_FALSE(plan_.variants[0].finding);
  EXPECT_EQ(seen_by_oracle(plan_), "");
  EXPECT_FALSE(seen_by_verdict(plan_));
}

TEST_F(PlantedLayers, EveryFaultOfTheOracleIsNoticed) {
  for (const OracleFault fault :
       {OracleFault::swapped_projections, OracleFault::one_layer, OracleFault::smallest_topk,
        OracleFault::norm_without_width, OracleFault::next_expert, OracleFault::short_sum,
        OracleFault::norm_with_scale}) {
    EXPECT_NE(seen_by_oracle(plan_, fault), "") << static_cast<int>(fault);
  }
}

/// A change of one step of the plan, and who must notice it.
struct PlanFault {
  std::string name;
  StepKind kind;
  bool last = false;  // of the steps of that kind; the reference's steps come first
  std::function<void(Step&)> plant;
  bool oracle = false;
  bool verdict = false;
};

void PrintTo(const PlanFault& fault, std::ostream* stream) {
  *stream << fault.name;
}

class PlantedPlan : public PlantedLayers, public testing::WithParamInterface<PlanFault> {};

TEST_P(PlantedPlan, IsNoticed) {
  const PlanFault& fault = GetParam();
  const auto of_kind = [&](const Step& step) { return step.kind == fault.kind; };
  if (fault.last) {
    const auto found = std::find_if(plan_.steps.rbegin(), plan_.steps.rend(), of_kind);
    ASSERT_NE(found, plan_.steps.rend());
    fault.plant(*found);
  } else {
    const auto found = std::ranges::find_if(plan_.steps, of_kind);
    ASSERT_NE(found, plan_.steps.end());
    fault.plant(*found);
  }
  EXPECT_EQ(seen_by_oracle(plan_) != "", fault.oracle) << seen_by_oracle(plan_);
  EXPECT_EQ(seen_by_verdict(plan_), fault.verdict);
}

void swap_operands(Step& step) {
  std::swap(step.operands[0], step.operands[1]);
}
void shift_rows(Step& step) {
  // The slice stays as long as it was.
  const std::int64_t by = step.numbers[0] == 0 ? 1 : -1;
  step.numbers[0] += by;
  step.numbers[1] += by;
}

// What only the reference runs is seen by both comparisons; what only the ranks run, by the
// verdict. A step that reference and ranks share is wrong for both, and then only the oracle sees
// it.
const std::vector<PlanFault> plan_faults = {
    {"SubtractForAdd", StepKind::add, false, [](Step& s) { s.kind = StepKind::subtract; }, true,
     true},
    {"SwappedDifference", StepKind::subtract, false, swap_operands, true, true},
    {"OtherLayer", StepKind::mlp, false, [](Step& s) { s.layer += 1; }, true, true},
    {"OtherFactor", StepKind::scale, false, [](Step& s) { s.scalar = Fraction(4); }, true, true},
    {"OtherSlice", StepKind::slice_rows, false, shift_rows, true, true},
    {"OtherFunction", StepKind::pointwise, false, [](Step& s) { s.function = "gelu"; }, true, true},
    {"OtherInput", StepKind::input, false, [](Step& s) { s.layer = 1; }, true, false},
    {"ForgottenMember", StepKind::all_reduce_sum, false, [](Step& s) { s.operands.pop_back(); },
     false, true},
    {"SumOverMaximum", StepKind::all_reduce_sum, false,
     [](Step& s) { s.kind = StepKind::all_reduce_max; }, false, true},
    {"SwappedGather", StepKind::all_gather, true, swap_operands, false, true},
    {"OtherChunk", StepKind::slice_rows, true, shift_rows, false, true},
    {"ForgottenExpert", StepKind::experts, true, [](Step& s) { s.experts.pop_back(); }, false,
     true},
};

INSTANTIATE_TEST_SUITE_P(Plans, PlantedPlan, testing::ValuesIn(plan_faults),
                         [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace reducecheck::oracle
