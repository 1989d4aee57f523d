// SPDX-License-Identifier: Apache-2.0
// Bounds for results of a known order that may have been merged or not.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sim/certify/bound.hpp"
#include "sim/order/sum_order.hpp"

namespace reducecheck {

/// Sums over ranks in one order, of branches that were added to each other before, between or
/// after.
class OrderBounds {
 public:
  /// `branches` is at most most_chained_branches. The order must outlive the object.
  OrderBounds(const SumOrder& order, int branches);

  [[nodiscard]] std::span<const BranchChain> chains() const { return chains_; }

  /// For elements [first, first + count) of what `member` of the group gets: bounds[i] holds for
  /// every chain. leaves[branch * ranks + member][i].
  void run(int member, std::size_t first, std::span<const float* const> leaves, std::size_t count,
           std::span<double> bounds);

  /// What a chain gave for each element of the last run.
  [[nodiscard]] std::span<const float> values(std::size_t chain) const { return values_[chain]; }

 private:
  SumReplay& replay(std::size_t chain, int tree);

  const SumOrder& order_;
  std::vector<BranchChain> chains_;
  std::map<std::pair<std::size_t, int>, SumReplay> replays_;
  std::vector<std::vector<float>> values_;
  std::vector<double> own_;
};

}  // namespace reducecheck
