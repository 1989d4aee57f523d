// SPDX-License-Identifier: Apache-2.0
// The groups of ranks that a run needs.
#pragma once

#include <vector>

#include "scenarios/mesh/mesh.hpp"
#include "scenarios/unroll/plan.hpp"

namespace reducecheck::real {

/// All ranks in groups that do not overlap, by their lowest rank; each list in group order.
using Partition = std::vector<std::vector<int>>;

/// The partitions by which the run's collectives go, each once, in an order that all ranks share.
std::vector<Partition> partitions_of(const Plan& plan, const Run& run, const Mesh& mesh);

/// The group of `rank`.
const std::vector<int>& group_of(const Partition& partition, int rank);

/// All ranks in one group.
Partition whole_world(int ranks);

}  // namespace reducecheck::real
