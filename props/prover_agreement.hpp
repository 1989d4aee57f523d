// SPDX-License-Identifier: Apache-2.0
// The prover against the exact interpreter, configuration by configuration.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck::props {

/// What the comparisons found, added up.
struct Agreement {
  std::size_t programs = 0;
  std::size_t cells = 0;  // configurations where the text has a meaning and the prover a case
  std::size_t right = 0;  // of the cells, in the exact run
  std::size_t wrong = 0;
  std::size_t undecided = 0;    // cells
  std::size_t meaningless = 0;  // configurations that are none: left out of the cells
  std::size_t cases = 0;
  std::size_t proved = 0;  // programs that hold in every case
  std::size_t mixed = 0;   // programs that are right in some cells and wrong in others
  std::map<std::string, std::size_t> reasons;  // of undecided cells
  /// A verdict that the exact run contradicts, with the configuration; none may be.
  std::vector<std::string> disagreements;

  Agreement& operator+=(const Agreement& other);
};

/// The numbers in one line, the reasons in lines below.
std::string summary(const Agreement& agreement);

/// Text without names and numbers, so that reasons can be counted.
std::string kind_of_reason(const std::string& reason);

/// What the prover says of the variant in each of the configurations against the exact run there.
Agreement compared(const Scenario& scenario, const Variant& variant,
                   const std::vector<Configuration>& configurations);

/// The same, with the exact runs of `run`: as if the prover had overlooked in what the two differ.
Agreement compared(const Scenario& scenario, const Variant& variant, const Variant& run,
                   const std::vector<Configuration>& configurations,
                   const ProveOptions& options = {});

/// The first variant in configurations of few ranks, added to `totals`; the first disagreement, or
/// nothing. Every configuration, or one in `one_in`: which, the program decides.
std::string first_disagreement(const Scenario& scenario, Agreement& totals, std::size_t one_in);

/// Every configuration of at most so many ranks, whatever the file's lists and `where` sample.
std::vector<Configuration> configurations(const Scenario& scenario, std::int64_t ranks);

/// Every configuration of exactly so many ranks.
std::vector<Configuration> configurations_of(const Scenario& scenario, std::int64_t ranks);

/// `tp=2 ep=3 use_ep=True`
std::string text_of(const Scenario& scenario, const Configuration& at);

}  // namespace reducecheck::props
