// SPDX-License-Identifier: Apache-2.0
#include "sim/certify/order_bounds.hpp"

#include <algorithm>

namespace reducecheck {

OrderBounds::OrderBounds(const SumOrder& order, int branches)
    : order_(order), chains_(branch_chains(branches)), values_(chains_.size()) {}

SumReplay& OrderBounds::replay(std::size_t chain, int tree) {
  const std::pair key(chain, tree);
  auto found = replays_.find(key);
  if (found == replays_.end()) {
    SumSteps steps = steps_of(chains_[chain], order_.trees[static_cast<std::size_t>(tree)],
                              order_.rounding, order_.format);
    found = replays_.emplace(key, SumReplay(std::move(steps))).first;
  }
  return found->second;
}

void OrderBounds::run(int member, std::size_t first, std::span<const float* const> leaves,
                      std::size_t count, std::span<double> bounds) {
  const std::size_t list = order_.runs.size() == 1 ? 0 : static_cast<std::size_t>(member);
  for (std::vector<float>& values : values_) values.resize(count);
  own_.resize(count);
  std::fill_n(bounds.begin(), count, 0.0);
  std::vector<const float*> here(leaves.size());
  std::size_t begin = 0;  // of the run
  for (const SumOrder::Run& run : order_.runs[list]) {
    const std::size_t end = begin + run.count;
    const std::size_t from = std::max(begin, first);
    const std::size_t to = std::min(end, first + count);
    begin = end;
    if (from >= to) continue;
    const std::size_t at = from - first;
    for (std::size_t l = 0; l < leaves.size(); ++l) here[l] = leaves[l] + at;
    for (std::size_t chain = 0; chain < chains_.size(); ++chain) {
      replay(chain, run.tree)
          .run(here, to - from, std::span(values_[chain]).subspan(at), std::span(own_).subspan(at));
      for (std::size_t i = at; i < at + (to - from); ++i) bounds[i] = std::max(bounds[i], own_[i]);
    }
  }
}

}  // namespace reducecheck
