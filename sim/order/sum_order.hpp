// SPDX-License-Identifier: Apache-2.0
// Who is added to whom: the order in which an implementation sums the elements of the ranks, as a
// value. Addition rounds, so the order is part of the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/format/format.hpp"

namespace reducecheck {

/// Additions over the operands of `ranks` ranks, in the order in which they are executed. Operand o
/// is what rank o holds for o < ranks, and the result of addition o - ranks otherwise. The last
/// addition is the sum; with no addition the sum is operand 0.
struct SumTree {
  struct Addition {
    int left = 0;
    int right = 0;

    friend bool operator==(const Addition&, const Addition&) = default;
  };
  int ranks = 1;
  std::vector<Addition> additions;

  friend bool operator==(const SumTree&, const SumTree&) = default;
};

/// When the running sum is rounded to the format of the elements.
enum class SumRounding : std::uint8_t {
  each_addition,  // every addition is one of the format
  once,           // binary32 throughout, one rounding to the format at the end
};

/// What becomes of an operand -0 before it is added.
enum class MinusZero : std::uint8_t {
  kept,
  lost,           // it counts as +0
  lost_in_words,  // only where the 32-bit word of the buffer that holds it is 0x80000000
};

/// The order of every element of a reduction of `count` elements of `format` over `ranks` ranks.
///
/// `count` is the number of elements that one rank puts in. Of an all_reduce every rank gets all of
/// them; of a reduce_scatter rank r gets elements [r * count / ranks, (r + 1) * count / ranks).
struct SumOrder {
  /// The next `count` elements are summed by `trees[tree]`.
  struct Run {
    std::size_t count = 0;
    int tree = 0;

    friend bool operator==(const Run&, const Run&) = default;
  };

  std::string name;
  int ranks = 1;
  std::size_t count = 0;
  Format format = Format::fp32;
  SumRounding rounding = SumRounding::each_addition;
  bool from_zero = false;  // the first operand of a sum is added to +0, so that -0 becomes +0
  MinusZero minus_zero = MinusZero::kept;
  std::vector<SumTree> trees;
  /// One list where all ranks hold the same bits; else one a rank. Counts add up to `count`.
  std::vector<std::vector<Run>> runs;
};

}  // namespace reducecheck
