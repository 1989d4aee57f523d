// SPDX-License-Identifier: Apache-2.0
#include "real/execute/groups.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace reducecheck::real {

std::vector<Partition> partitions_of(const Plan& plan, const Run& run, const Mesh& mesh) {
  std::vector<std::vector<int>> axes;
  for (const std::vector<Execution>& executions : run.executions) {
    for (const Execution& one : executions) {
      const Step& step = plan.steps[static_cast<std::size_t>(one.step)];
      if (step.kind >= StepKind::all_reduce_sum) axes.push_back(step.group.axes);
    }
  }
  std::ranges::sort(axes);
  std::vector<Partition> partitions;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (i > 0 && axes[i] == axes[i - 1]) continue;
    Partition partition;
    for (int r = 0; r < mesh.ranks(); ++r) {
      const std::vector<int> members = group_members(mesh, {axes[i]}, r);
      if (*std::ranges::min_element(members) == r) partition.push_back(members);
    }
    if (std::ranges::find(partitions, partition) == partitions.end()) {
      partitions.push_back(std::move(partition));
    }
  }
  return partitions;
}

const std::vector<int>& group_of(const Partition& partition, int rank) {
  for (const std::vector<int>& members : partition) {
    if (std::ranges::find(members, rank) != members.end()) return members;
  }
  std::abort();  // a partition has every rank
}

Partition whole_world(int ranks) {
  std::vector<int> all(static_cast<std::size_t>(ranks));
  std::iota(all.begin(), all.end(), 0);
  return {all};
}

}  // namespace reducecheck::real
