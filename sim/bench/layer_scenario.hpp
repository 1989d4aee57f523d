// SPDX-License-Identifier: Apache-2.0
// The layer of the benchmarks: routed experts over ep and tp, a shared branch over tp.
#pragma once

#include <string>

#include "scenarios/frame/load.hpp"
#include "scenarios/frame/scenario.hpp"

namespace reducecheck::bench {

/// Without a word, the toy layer of performance figures: what a property run has.
struct LayerSizes {
  int tokens = 4;
  int hidden = 16;
  int inter = 8;
  int shared_inter = 8;
  int experts = 8;
  int top_k = 2;
};

/// The MoE layer of a preset at its real dimensions, which must exist.
LayerSizes model_layer(const std::string& preset, int tokens);

/// Both branches reduced alone, and merged under one all-reduce; the shared branch is replicated
/// over ep, so that in the merged form one ep rank adds it. Aborts on a broken text.
Scenario layer_scenario(const LayerSizes& sizes);

}  // namespace reducecheck::bench
