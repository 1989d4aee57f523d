// SPDX-License-Identifier: Apache-2.0
// For tests: a layer of two branches over ranks, its partial sums, and the two ways to complete
// them with their bounds, in blocks and without storing more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/certify/rounding_judge.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck {

/// Merged against per-branch in bf16. Partial sums are near to normally distributed, as those of
/// long dot products are, and the shared branch has a larger scale than the experts' by 3.
class LayerPartials {
 public:
  static constexpr std::size_t block = 4096;

  /// `order` is a name of known_orders(), for blocks of `block` elements.
  LayerPartials(int ranks, const std::string& order, std::uint64_t seed);

  /// Judges one block, each by the running bound of its own way of adding. The results are those of
  /// replay.hpp, which knows nothing of bounds. With `dropped` that rank's part of the shared
  /// branch is missing in the per-branch result.
  void judge_block(std::uint64_t number, RoundingJudge& judge, int dropped = -1);

 private:
  using Encodings = std::vector<std::uint16_t>;

  void fill(std::uint64_t number);
  void complete(const std::vector<Encodings>& of, Encodings& sum) const;
  [[nodiscard]] Encodings merged() const;
  [[nodiscard]] Encodings per_branch(int dropped) const;

  int ranks_;
  std::uint64_t seed_;
  SumOrder order_;
  OrderReplay replay_;
  std::vector<std::vector<SumReplay>> bounds_;    // of each chain and tree
  std::vector<std::vector<Encodings>> partials_;  // of each branch and rank
  std::vector<std::vector<float>> leaves_;
};

}  // namespace reducecheck
