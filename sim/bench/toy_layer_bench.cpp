// SPDX-License-Identifier: Apache-2.0
// Cases a second of the toy layer against the naive simulation, timed in the same run and in turn,
// so that the ratio holds when the machine's speed drifts. It pairs the samples by hand because
// Google Benchmark runs one benchmark to its end before the next. Nothing here is a test.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "scenarios/unroll/unroll.hpp"
#include "sim/bench/naive.hpp"
#include "sim/bench/toy_scenario.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// A loaded plan with everything that one case needs.
class Simulation {
 public:
  Simulation(const ToySizes& sizes, int ep, int tp)
      : scenario_(toy_scenario(sizes)), scope_(scenario_, {{ep, tp}, {}}) {
    std::vector<const Variant*> variants;
    for (const Variant& variant : scenario_.variants) variants.push_back(&variant);
    plan_ = unroll(scope_, variants);
    for (const Run& run : plan_.variants) judges_.emplace_back(plan_, run);
    values_.load(plan_);
  }

  bool run(std::uint64_t seed) {
    values_.run(seed);
    return std::ranges::all_of(judges_, [&](const OutputJudge& j) { return j.holds(values_); });
  }

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
  Interpreter<Mod64> values_;
};

/// Seconds a case of `body`, which is called with a fresh seed each time.
template <class Body>
double seconds_per_case(std::uint64_t& seed, int cases, Body body) {
  const auto start = Clock::now();
  for (int i = 0; i < cases; ++i) {
    if (!body(seed++)) {
      fmt::print(stderr, "a case is wrong: nothing was measured\n");
      std::exit(1);
    }
  }
  return std::chrono::duration<double>(Clock::now() - start).count() / cases;
}

double median(std::vector<double> samples) {
  std::ranges::nth_element(samples,
                           samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2));
  return samples[samples.size() / 2];
}

struct Row {
  int ep;
  int tp;
  double simulated = 0;
  double naive = 0;
  double ratio = 0;
};

Row measure(int ep, int tp) {
  constexpr int samples = 9;
  const ToySizes sizes;
  Simulation simulation(sizes, ep, tp);
  std::uint64_t seed = 1;
  std::uint64_t digest = 0;
  if (!naive_case(sizes, ep, tp, 1, digest) || !simulation.run(1) ||
      simulation.digest() != digest) {
    fmt::print(stderr, "the two simulations differ\n");
    std::exit(1);
  }
  std::vector<double> ours, theirs, ratios;
  for (int i = 0; i <= samples; ++i) {  // the first pair warms up
    const double a =
        seconds_per_case(seed, 3000, [&](std::uint64_t s) { return simulation.run(s); });
    const double b = seconds_per_case(
        seed, 300, [&](std::uint64_t s) { return naive_case(sizes, ep, tp, s, digest); });
    if (i == 0) continue;
    ours.push_back(a);
    theirs.push_back(b);
    ratios.push_back(b / a);
  }
  return {ep, tp, median(ours), median(theirs), median(ratios)};
}

}  // namespace
}  // namespace reducecheck::bench

int main() {
  using namespace reducecheck::bench;
  fmt::print("toy layer: hidden 16, width 8, 8 experts, top-2, 4 tokens; one thread; medians\n");
  fmt::print("{:>8} {:>8} {:>16} {:>16} {:>8}\n", "ep x tp", "ranks", "cases/s", "naive cases/s",
             "ratio");
  std::vector<Row> rows;
  for (const auto& [ep, tp] : {std::pair{1, 1}, {4, 4}, {8, 8}}) {
    rows.push_back(measure(ep, tp));
    const Row& r = rows.back();
    fmt::print("{:>8} {:>8} {:>16.0f} {:>16.0f} {:>7.1f}x\n", fmt::format("{}x{}", ep, tp), ep * tp,
               1 / r.simulated, 1 / r.naive, r.ratio);
  }
  fmt::print("t(64 ranks) / t(1) = {:.2f}\n", rows.back().simulated / rows.front().simulated);
  return 0;
}
