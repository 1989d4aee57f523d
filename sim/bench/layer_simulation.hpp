// SPDX-License-Identifier: Apache-2.0
// A layer of the benchmarks, loaded: one call is one case.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "scenarios/unroll/unroll.hpp"
#include "sim/bench/layer_scenario.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck::bench {

/// Per-branch, merged and reference on `ep` x `tp` ranks, all in one plan.
template <class D>
class LayerSimulation {
 public:
  LayerSimulation(const LayerSizes& sizes, int ep, int tp)
      : scenario_(layer_scenario(sizes)), scope_(scenario_, {{ep, tp}, {}}) {
    std::vector<const Variant*> variants;
    for (const Variant& variant : scenario_.variants) variants.push_back(&variant);
    plan_ = unroll(scope_, variants);
    for (const Run& run : plan_.variants) judges_.emplace_back(plan_, run);
    values_.load(plan_);
  }

  /// Both variants and the reference, with the contents of that seed.
  void run(std::uint64_t seed) { values_.run(seed); }

  /// Whether both variants of the last run equal the reference, which only exact domains promise.
  [[nodiscard]] bool holds() const {
    return std::ranges::all_of(judges_, [&](const OutputJudge& j) { return j.holds(values_); });
  }

  /// One case of a property run.
  bool run_and_judge(std::uint64_t seed) {
    run(seed);
    return holds();
  }

  /// The sum of the reference's output, modulo 2^64.
  [[nodiscard]] std::uint64_t digest() const {
    const int y = plan_.reference.outputs[0][0];
    const PlanValue& shape = plan_.values[static_cast<std::size_t>(y)];
    std::uint64_t sum = 0;
    for (int i = 0; i < shape.rows * shape.width; ++i) sum += values_.numbers(y)[i];
    return sum;
  }

 private:
  Scenario scenario_;
  Scope scope_;
  Plan plan_;
  std::vector<OutputJudge> judges_;
  Interpreter<D> values_;
};

}  // namespace reducecheck::bench
