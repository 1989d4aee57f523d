// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace reducecheck::props {

/// A variant of a shipped file that is wrong in some layouts.
struct PublishedFault {
  std::string file;  // below scenarios/catalogue, without .toml
  std::string variant;
  std::string count;      // of the first wrong addend; empty: the fault is no factor
  std::string condition;  // true exactly where it is wrong, for all sizes
};

/// As the prover gave them, compared entry by entry with the table of prover.md 10. They differ
/// from it where a file has a switch that the table leaves out, or another name for an axis.
const std::vector<PublishedFault>& published_faults();

}  // namespace reducecheck::props
