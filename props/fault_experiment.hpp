// SPDX-License-Identifier: Apache-2.0
// The planted-fault experiment of the language manual (section 6.3) over the shipped catalogue.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "props/faults.hpp"

namespace reducecheck::props {

/// The scenario files of the catalogue, in order. Throws: std::runtime_error if one does not load.
std::vector<Scenario> catalogue(const std::string& directory);

/// A fault that ends unclassified, undecided, or in an exception.
struct FaultFailure {
  std::string entry;  // of the scenario
  std::string fault;
  std::string why;
  std::string scenario;  // the file to look at
};

/// What became of the faults that were planted.
struct FaultTotals {
  std::size_t planted = 0;
  std::size_t harmless = 0;    // nothing changes in any layout
  std::size_t ill_formed = 0;  // refused with a diagnostic
  std::size_t found = 0;       // wrong in some layout
  /// Of the faults that were found: how many were given the class in some layout.
  std::map<std::string, std::size_t> classes;
  /// The same for each kind of fault.
  std::map<FaultKind, std::map<std::string, std::size_t>> by_kind;
  std::vector<FaultFailure> failures;
};

/// Plants every `step`-th fault, beginning at `first`, in every variant that holds in all layouts
/// of at most four ranks. All kinds, or those of the manual only.
FaultTotals plant_all(const std::vector<Scenario>& scenarios, std::size_t first, std::size_t step,
                      bool manual_only);

/// The failures as text. None is expected: no fault is known to be beyond the rules.
std::vector<std::string> failure_texts(const FaultTotals& totals);

/// The totals as a table for people.
std::string table(const FaultTotals& totals);

}  // namespace reducecheck::props
