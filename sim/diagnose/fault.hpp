// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a sum, as coefficients.
#pragma once

#include <vector>

#include "scenarios/program/fraction.hpp"
#include "sim/diagnose/case.hpp"

namespace reducecheck::diagnosing {

enum class FaultKind : std::uint8_t {
  summed_again,  // complete, and summed once more over `axes`
  other_group,   // summed over `axes` instead
  missing,       // not there at all
  dropped,       // the shares of `ranks` do not count
  twice,         // the shares of `ranks` count twice
  scaled,        // counts `factor` times
};

/// One cause. All `terms` have it.
struct Fault {
  FaultKind kind = FaultKind::missing;
  std::vector<int> terms;
  AxisSet axes = 0;
  std::vector<int> ranks;
  Fraction factor{1};

  friend bool operator==(const Fault&, const Fault&) = default;
};

/// None: the sum is right.
using Faults = std::vector<Fault>;

/// Whether some fault is of that term.
bool hit(const Faults& faults, std::size_t term);

/// How a term comes into the output.
struct Delivery {
  AxisSet over = 0;        // summed over
  AxisSet again = 0;       // and once more over
  Fraction factor{1};      // 0: missing
  std::vector<int> times;  // of each rank: how often its share is put into the sum
};

Delivery delivery(const Case& one, const Faults& faults, std::size_t term);

/// How often each rank's share counts in the output of `rank`.
std::vector<double> coefficients(const Case& one, const Delivery& delivered, int rank);

/// Every single fault but those with a factor, the likelier cause first.
std::vector<Fault> single_faults(const Case& one);

/// The sets of terms that one cause may have hit.
std::vector<std::vector<int>> term_sets(const Case& one);

/// Whether two faults can be there at once without one hiding the other.
bool independent(const Fault& a, const Fault& b);

/// Whether both give every share, in every output, the same coefficient as far as values tell.
bool same_coefficients(const Case& one, const Faults& a, const Faults& b);

}  // namespace reducecheck::diagnosing
