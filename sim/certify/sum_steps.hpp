// SPDX-License-Identifier: Apache-2.0
// What an order of summation rounds: every addition and conversion on the way from the partial
// sums of all ranks and branches to one element of the result.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sim/format/format.hpp"
#include "sim/order/sum_order.hpp"

namespace reducecheck {

/// One rounding to `format`: of left + right, or of left alone.
struct SumStep {
  static constexpr int none = -1;
  int left = 0;
  int right = none;
  Format format = Format::fp32;

  friend bool operator==(const SumStep&, const SumStep&) = default;
};

/// Operand o is leaf o for o < leaves, and the result of step o - leaves otherwise. The last step
/// is the sum; without a step it is leaf 0. Leaves are numbers of `format`, and so is the sum.
struct SumSteps {
  Format format = Format::fp32;
  int leaves = 1;
  std::vector<SumStep> steps;

  friend bool operator==(const SumSteps&, const SumSteps&) = default;
};

/// A tree with its roundings; leaf r is what rank r holds. An addition to +0 rounds nothing and is
/// no step.
SumSteps steps_of(const SumTree& tree, SumRounding rounding, Format format);

/// In which order several branches are added to each other and over the ranks.
struct BranchChain {
  enum class Kind : std::uint8_t { add, all_reduce };
  /// Operand o is branch o for o < branches, and the result of step o - branches otherwise.
  struct Step {
    Kind kind = Kind::add;
    int left = 0;
    int right = SumStep::none;  // of an addition

    friend bool operator==(const Step&, const Step&) = default;
  };
  int branches = 1;
  std::vector<Step> steps;  // the last one makes the sum over all

  friend bool operator==(const BranchChain&, const BranchChain&) = default;
};

/// Every chain of that many branches, the operands of an addition not told apart: 1, 2, 9 for 1, 2,
/// 3 branches. None for more, of which there are hundreds.
std::vector<BranchChain> branch_chains(int branches);
inline constexpr int most_chained_branches = 3;

/// `all_reduce(experts + shared)`, `all_reduce(experts) + all_reduce(shared)`.
std::string chain_text(const BranchChain& chain, std::span<const std::string> branches);

/// The chain with `tree` for each all_reduce; leaf b * ranks + r is what rank r holds of branch b.
/// Additions of branches round to the format.
SumSteps steps_of(const BranchChain& chain, const SumTree& tree, SumRounding rounding,
                  Format format);

}  // namespace reducecheck
