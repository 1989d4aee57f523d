// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: what ranks see of a library that sums.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "props/fault_matrix/cell.hpp"
#include "props/fault_matrix/copied_bit.hpp"
#include "props/fault_matrix/second_ways.hpp"
#include "props/fault_matrix/wires.hpp"
#include "real/parity/collective_checks.hpp"
#include "real/parity/run_parity.hpp"

namespace reducecheck::matrix {

/// The layer by the executor, compared with the simulator.
struct LayerRun {
  real::RunParity parity;
  std::vector<std::vector<std::uint64_t>> records;  // of each rank
  std::optional<CopiedBit> copied;                  // if that is all that differs
  std::vector<SecondWay> products;                  // of each rank; not of mod64
};

/// What all ranks saw of one library.
struct Seen {
  std::vector<std::vector<real::CollectiveCheck>> checks;  // of each rank
  std::vector<real::Meetings> meetings;
  std::vector<SecondWay> maxima;  // of each rank
  LayerRun integers;
  LayerRun floats;
  std::vector<std::uint64_t> results;  // of each rank: a digest of what it was given
};

class SummingLibrary {
 public:
  /// With `accumulates` sums are promised to be kept in binary32.
  SummingLibrary(const Setting& at, WireFault fault, bool accumulates);

  [[nodiscard]] Seen seen() const;

  /// No more than the checks of exact sums can take.
  [[nodiscard]] int checked_ranks() const { return std::min(at_.ranks(), 16); }

  /// What `rank` should show.
  [[nodiscard]] real::Meetings promised(int rank) const;

  [[nodiscard]] const std::string& order() const { return order_; }

 private:
  [[nodiscard]] std::map<std::string, std::string> settings() const;
  void look(Seen& seen) const;
  [[nodiscard]] LayerRun layer(real::ElementType type) const;

  Setting at_;
  real::ElementType type_;
  WireFault fault_;
  bool accumulates_;
  std::string order_;
};

}  // namespace reducecheck::matrix
