// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/exact_runs.hpp"

#include <fmt/format.h>

#include "scenarios/unroll/unroll.hpp"
#include "sim/domain/domain.hpp"
#include "sim/judge/cell.hpp"
#include "sim/judge/verdict.hpp"

namespace reducecheck::prove {

std::vector<const Variant*> variants_of(const Scenario& scenario) {
  static const Variant plain{"program", {}, {}, {}};
  std::vector<const Variant*> variants;
  for (const Variant& variant : scenario.variants) variants.push_back(&variant);
  if (variants.empty()) variants.push_back(&plain);
  return variants;
}

Exact exact_run(const Scenario& scenario, const Variant& variant, const Configuration& at,
                std::uint64_t seed) {
  try {
    const Scope scope(scenario, at);
    const Plan plan = unroll(scope, {&variant});
    const Run& run = plan.variants.front();
    if (run.finding) return Exact::wrong;
    thread_local Interpreter<Prime> values;
    values.load(plan);
    const OutputJudge judge(plan, run);
    // A maximum or a choice of experts may hide a fault from one input.
    constexpr std::uint64_t inputs = 3;
    for (std::uint64_t i = 0; i < inputs; ++i) {
      values.run(seed + i);
      if (!judge.holds(values)) return Exact::wrong;
    }
    return Exact::right;
  } catch (const TextError&) {
    return Exact::meaningless;
  } catch (const FractionError&) {
    return Exact::meaningless;
  }
}

std::string text_error(const Scenario& scenario, const Variant& variant, const Configuration& at) {
  try {
    unroll(Scope(scenario, at), {&variant});
  } catch (const TextError& error) {
    return fmt::format("{} (line {})", error.what(), error.at.line);
  } catch (const FractionError& error) {
    return error.what();
  }
  return "";
}

Exact ExactRuns::at(const Configuration& configuration) {
  const auto [place, is_new] =
      known_.try_emplace({configuration.axes, configuration.switches}, Exact::meaningless);
  if (is_new) place->second = exact_run(scenario_, variant_, configuration, seed_);
  return place->second;
}

std::optional<Finding> exact_finding(const Scenario& scenario, const Variant& variant,
                                     const Configuration& at, std::uint64_t seed) {
  CheckOptions options;
  options.seed = seed;
  CellJudge judge(scenario, options, {&variant});
  const JudgedConfiguration judged = judge.judge(at);
  if (judged.error || judged.cells.empty()) return std::nullopt;
  return judged.cells.front().cell.finding;
}

}  // namespace reducecheck::prove
