// SPDX-License-Identifier: Apache-2.0
// The ways in which an engine may have computed a sum: what is added before and after which
// all_reduce. They are equal in exact arithmetic and differ in bits.
#pragma once

#include <string>
#include <vector>

#include "sim/diagnose/fault.hpp"

namespace reducecheck::diagnosing {

struct Realisation {
  enum class Join : std::uint8_t {
    plain,         // every rank adds what it has
    summed_first,  // the term's own sum over ranks is added
    first_only,    // the first rank of the group adds it, the others nothing
    divided,       // every rank adds its part, divided by the number of ranks
  };
  struct Item {
    int term = 0;
    Join join = Join::plain;
  };
  /// Items are added in this order on each rank, then summed.
  struct Block {
    std::vector<Item> items;
    AxisSet over = 0;
    AxisSet again = 0;
  };
  enum class Scaling : std::uint8_t { shares, sums, output };  // what a factor is applied to

  std::vector<Block> blocks;  // with `over` 0 nothing is summed: a term that each rank has
  std::vector<int> order;     // in which the blocks are added
  Scaling scaling = Scaling::shares;
};

/// Every way to compute what the hypothesis says, common ones first; at most two thousand.
std::vector<Realisation> realisations(const Case& one, const Faults& faults);

/// `all_reduce(experts + shared) + residual`.
std::string realisation_text(const Case& one, const Faults& faults, const Realisation& way);

}  // namespace reducecheck::diagnosing
