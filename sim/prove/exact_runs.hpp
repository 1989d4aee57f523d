// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: what the exact interpreter says of one variant in single configurations.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/unroll/scope.hpp"
#include "sim/report/result.hpp"

namespace reducecheck::prove {

enum class Exact {
  right,
  wrong,
  meaningless,  // the text is in error there, such as a size that does not divide
};

/// The exact run of `variant` at toy sizes.
Exact exact_run(const Scenario& scenario, const Variant& variant, const Configuration& at,
                std::uint64_t seed);

/// Why the text of `variant` has no meaning there, with its line; empty if it has one.
std::string text_error(const Scenario& scenario, const Variant& variant, const Configuration& at);

/// Exact runs of one variant. A configuration that is asked for again is not run again.
class ExactRuns {
 public:
  ExactRuns(const Scenario& scenario, const Variant& variant, std::uint64_t seed)
      : scenario_(scenario), variant_(variant), seed_(seed) {}

  Exact at(const Configuration& configuration);

 private:
  using Choices = std::pair<std::vector<std::int64_t>, std::vector<SwitchValue>>;

  const Scenario& scenario_;
  const Variant& variant_;
  std::uint64_t seed_;
  std::map<Choices, Exact> known_;
};

/// The judged cell of `variant` there: class, branches, operation.
std::optional<Finding> exact_finding(const Scenario& scenario, const Variant& variant,
                                     const Configuration& at, std::uint64_t seed);

/// The variants of a scenario; the text alone, called `program`, if there are none.
std::vector<const Variant*> variants_of(const Scenario& scenario);

}  // namespace reducecheck::prove
