// SPDX-License-Identifier: Apache-2.0
// The laws as predicates over a simulator, so that a test can plant a bug in the simulator and ask
// whether the law would have seen it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "props/faults.hpp"
#include "props/judged.hpp"
#include "props/layer_generator.hpp"
#include "sim/judge/verdict.hpp"

namespace reducecheck::props {

/// Interpreter and judge, either as they are or with a planted bug.
struct Simulator {
  using Judge =
      std::function<std::vector<WrongOutput>(const Plan&, const Run&, const Interpreter<Prime>&)>;

  /// What a wrong interpreter would read a plan as.
  std::function<void(Plan&)> misreads = [](Plan&) {};
  Judge judge = wrong_outputs<Prime>;

  /// The plan of a scenario's first configuration as this simulator reads it.
  [[nodiscard]] Plan plan(const Scenario& scenario) const;

  /// Whether the first variant of the plan is right in a run with `seed`.
  [[nodiscard]] bool holds(const Plan& plan, std::uint64_t seed) const;
};

/// A right layer is judged right.
bool right_layer_holds(const LayerSpec& spec, std::uint64_t seed, const Simulator& simulator = {});

/// Adding before the sum and after it give the same rows: in the prime field, and modulo 2^64 where
/// neither layer divides. The branches of `spec` are taken to be both.
bool merged_equals_per_branch(LayerSpec spec, const Simulator& simulator = {});

/// Whether merged_equals_per_branch compares modulo 2^64 too.
bool runs_in_integers(LayerSpec spec);

/// `other` with the features of `spec` that are part of what a layer computes; its layout and the
/// form of its sums stay.
LayerSpec same_layer(const LayerSpec& spec, LayerSpec other);

/// The two layers give the same rows at the same sizes.
bool same_rows(const LayerSpec& one, const LayerSpec& two, const Simulator& simulator = {});

/// A planted fault is judged wrong exactly when some rank holds another result than in the right
/// layer (read from a run with other contents), or the run cannot go on. True for a fault that
/// makes the text ill-formed.
bool verdict_follows_meaning(const LayerSpec& spec, const Fault& fault,
                             const Simulator& simulator = {});

/// Whether each rank of the planted scenario holds what it holds in the right one.
bool same_meaning(const Scenario& right, const Scenario& planted);

/// All faults of the layer's program.
std::vector<Fault> layer_faults(const LayerSpec& spec);

/// The layer with the fault.
Scenario planted_layer(const LayerSpec& spec, const Fault& fault);

}  // namespace reducecheck::props
