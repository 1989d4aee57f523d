// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/beside_sweep.hpp"

#include <fmt/format.h>

#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck {
namespace {

Configuration configuration_of(const Configured& configured) {
  Configuration at;
  for (const auto& [name, size] : configured.mesh) at.axes.push_back(size);
  for (const auto& [name, value] : configured.switches) at.switches.push_back(value);
  return at;
}

bool comparable(Verdict verdict) {
  return verdict == Verdict::holds || verdict == Verdict::defect;
}

}  // namespace

void prove_beside_sweep(const Scenario& scenario, std::uint64_t seed, ScenarioResult& result) {
  const std::vector<const Variant*> variants = prove::variants_of(scenario);
  ProveOptions options;
  options.seed = seed;
  for (std::size_t v = 0; v < variants.size(); ++v) {
    std::vector<Cell*> cells;
    std::vector<Configuration> configurations;
    for (Cell& cell : result.cells) {
      if (cell.variant != variants[v]->name) continue;
      cells.push_back(&cell);
      configurations.push_back(configuration_of(cell.configuration));
    }
    if (cells.empty()) continue;
    const SweptProof proof = prove_beside(scenario, v, configurations, options);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      Cell& cell = *cells[i];
      const bool both = comparable(cell.verdict) && comparable(proof.verdicts[i]);
      if (!both || cell.verdict == proof.verdicts[i]) continue;
      cell.reason = fmt::format("the exact run says {}, the proof {}: a fault of this tool",
                                spelling(cell.verdict), spelling(proof.verdicts[i]));
      cell.verdict = Verdict::undecided;
      cell.as_expected = false;
    }
    result.proofs.push_back({variants[v]->name, proof.complete, proof.wrong_beyond});
  }
}

}  // namespace reducecheck
