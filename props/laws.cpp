// SPDX-License-Identifier: Apache-2.0
#include "props/laws.hpp"

#include <stdexcept>

#include "scenarios/unroll/value.hpp"

namespace reducecheck::props {
namespace {

// Contents for comparing rows; the judge of a check uses others.
constexpr std::uint64_t contents = 1'234;

template <class D>
TokenRows rows_of(const LayerSpec& spec, const LayerSizes& sizes, const Simulator& simulator) {
  const Plan plan = simulator.plan(scenario_of(spec, sizes));
  return rows_by_token<D>(plan, plan.variants[0], contents);
}

/// Equal, and neither simulation contradicts itself.
template <class D>
bool equal_rows(const LayerSpec& one, const LayerSpec& two, const LayerSizes& sizes,
                const Simulator& simulator) {
  try {
    return rows_of<D>(one, sizes, simulator) == rows_of<D>(two, sizes, simulator);
  } catch (const std::logic_error&) {
    return false;
  }
}

std::pair<LayerSpec, LayerSpec> both_ways(LayerSpec spec) {
  spec.branches = Branches::both;
  spec.merged = false;
  LayerSpec merged = spec;
  merged.merged = true;
  return {spec, merged};
}

}  // namespace

Plan Simulator::plan(const Scenario& scenario) const {
  Plan result = first_plan(scenario);
  misreads(result);
  return result;
}

bool Simulator::holds(const Plan& plan, std::uint64_t seed) const {
  if (plan.variants[0].finding) return false;
  Interpreter<Prime> values;
  values.load(plan);
  values.run(seed);
  return judge(plan, plan.variants[0], values).empty();
}

bool right_layer_holds(const LayerSpec& spec, std::uint64_t seed, const Simulator& simulator) {
  return simulator.holds(simulator.plan(scenario_of(spec)), seed);
}

bool runs_in_integers(LayerSpec spec) {
  const auto [per_branch, merged] = both_ways(spec);
  return runs_in<Mod64>(first_plan(scenario_of(per_branch))) &&
         runs_in<Mod64>(first_plan(scenario_of(merged)));
}

bool merged_equals_per_branch(LayerSpec spec, const Simulator& simulator) {
  const auto [per_branch, merged] = both_ways(spec);
  const LayerSizes sizes = smallest_sizes(per_branch);
  return equal_rows<Prime>(per_branch, merged, sizes, simulator) &&
         (!runs_in_integers(spec) || equal_rows<Mod64>(per_branch, merged, sizes, simulator));
}

LayerSpec same_layer(const LayerSpec& spec, LayerSpec other) {
  const LayerSpec s = effective(spec);
  other.dp = s.dp;
  other.branches = s.branches;
  other.gated = s.gated;
  other.residual = s.residual;
  other.normed = s.normed;
  other.uneven = s.uneven;
  other.layers = s.layers;
  other.dense_first = s.dense_first;
  // How a bias or a scale is written may differ, whether there is one may not.
  if ((other.bias == Bias::none) != (s.bias == Bias::none)) other.bias = s.bias;
  if ((other.scale == Scale::none) != (s.scale == Scale::none)) other.scale = s.scale;
  return other;
}

bool same_rows(const LayerSpec& one, const LayerSpec& two, const Simulator& simulator) {
  return equal_rows<Prime>(one, two, common_sizes({one, two}), simulator);
}

bool same_meaning(const Scenario& right, const Scenario& planted) {
  const Plan one = first_plan(right);
  const Plan two = first_plan(planted);
  if (two.variants[0].finding) return false;
  try {
    return rows_by_rank<Prime>(one, one.variants[0], contents) ==
           rows_by_rank<Prime>(two, two.variants[0], contents);
  } catch (const std::logic_error&) {
    return false;  // an output has another shape
  }
}

bool verdict_follows_meaning(const LayerSpec& spec, const Fault& fault,
                             const Simulator& simulator) {
  constexpr std::uint64_t seed = 5;
  try {
    const Scenario planted = planted_layer(spec, fault);
    return simulator.holds(simulator.plan(planted), seed) ==
           same_meaning(scenario_of(spec), planted);
  } catch (const TextError&) {
    return true;
  }
}

std::vector<Fault> layer_faults(const LayerSpec& spec) {
  const Scenario right = scenario_of(spec);
  return faults(right.variants[0].program, group_names(right));
}

Scenario planted_layer(const LayerSpec& spec, const Fault& fault) {
  const Scenario right = scenario_of(spec);
  const Variant& variant = right.variants[0];
  return with_program(right, variant, plant(variant.program, fault));
}

}  // namespace reducecheck::props
