// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: tells one bit that was turned over on the way from a sum that lacks
// an addend or has one twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "real/parity/run_parity.hpp"

namespace reducecheck::matrix {

/// Ranks, and elements of theirs.
using Places = std::set<std::pair<int, std::size_t>>;

/// One bit of one element that one rank gave.
struct CopiedBit {
  Places places;  // where it arrived: elements of the records
  std::string words;
};

/// The bit, if it is all that differs of the whole run: one bit of one element of an output that is
/// gathered, the same on every rank where something differs, and no other step. A gather only
/// copies, and what the ranks gave to it is as it should be, so no addend is missing or too much.
std::optional<CopiedBit> copied_bit(const Plan& plan, const Run& run, const Simulation& simulation,
                                    const std::vector<std::vector<std::uint64_t>>& records,
                                    const real::RunParity& parity);

}  // namespace reducecheck::matrix
