// SPDX-License-Identifier: Apache-2.0
// What the simulation is measured against: the same layer as a person would first write it, with
// one Eigen object a rank and shard, integers modulo 2^64, and its own loops. It shares no code
// with the simulator but the contents of the tensors.
#pragma once

#include <cstdint>

#include "sim/bench/layer_scenario.hpp"

namespace reducecheck::bench {

/// Whether per-branch, merged and dense results of the toy layer agree on `ep` x `tp` ranks.
/// `digest` is the sum of the per-branch result, for comparison with the simulator's.
bool naive_case(const LayerSizes& sizes, int ep, int tp, std::uint64_t seed, std::uint64_t& digest);

}  // namespace reducecheck::bench
