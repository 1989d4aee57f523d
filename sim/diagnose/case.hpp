// SPDX-License-Identifier: Apache-2.0
// One output of a dump with what it must be the sum of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/diagnose/ranks.hpp"
#include "sim/dump/dump.hpp"
#include "sim/format/format.hpp"

namespace reducecheck::diagnosing {

/// A branch, of which each rank holds a share, or an addend, which each rank holds whole.
struct Term {
  std::string name;
  bool addend = false;
  AxisSet over = 0;        // what it must be summed over; of an addend nothing
  AxisSet replicated = 0;  // axes of the group along which the shares of a branch are the same
};

/// The values are those of the dump, widened exactly.
struct Case {
  std::string scope;
  std::string output;
  std::shared_ptr<const Ranks> ranks;
  AxisSet group = 0;        // axes of the sum
  std::vector<Term> terms;  // branches, then addends
  std::vector<std::uint64_t> shape;
  std::size_t elements = 0;
  Format format = Format::fp32;  // the coarsest of terms and output
  bool one_format = true;
  std::vector<std::vector<float>> shares;   // [term * ranks + rank][element]
  std::vector<std::vector<float>> outputs;  // [rank][element]
  std::vector<std::size_t> usable;          // elements that are finite in all tensors, ascending
  /// [term * ranks + rank]: the first rank whose share has the same bits; -1: a share of zeros.
  std::vector<int> alike;
  std::string reason;  // why nothing can be said; else empty

  [[nodiscard]] const std::vector<float>& share(std::size_t term, int rank) const {
    return shares[term * ranks->size() + static_cast<std::size_t>(rank)];
  }
};

/// Every output of every scope, in the order of their names.
std::vector<Case> cases_of(const Dump& dump);

/// What of the coefficients the values cannot tell, one sentence each.
std::vector<std::string> hidden_coefficients(const Case& one);

/// Whether both have the same bits.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b);

/// The first rank, and the last, with each different output of each process group: both, because
/// what a hypothesis says of them may differ.
std::vector<int> different_outputs(const Case& one);

}  // namespace reducecheck::diagnosing
