// SPDX-License-Identifier: Apache-2.0
// A failing layout of a scenario made small: ranks, tokens, experts and widths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/report/result.hpp"

namespace reducecheck::props {

/// The scenario in one configuration, with one variant and no expectations.
Scenario in_configuration(const Scenario& scenario, const Variant& variant,
                          const Configuration& at);

/// The finding of a scenario of one variant and one configuration; nothing where it holds, or where
/// its text makes no sense there.
std::optional<Finding> finding_of(const Scenario& one);

/// The size `name`, or the switch of that name, is `value`.
void set_size(Scenario& scenario, const std::string& name, std::int64_t value);

/// What is left of a failing cell.
struct SmallCell {
  Scenario scenario;       // of one configuration, with sizes that are numbers
  std::size_t trials = 0;  // candidates that were run, those that did not fail included
  std::int64_t ranks = 0;
  std::int64_t tokens = 0;  // of the owner who has the most
  std::int64_t experts = 0;
  std::int64_t hidden = 0;
};

/// `one`, which has a finding, with sizes as small as one change after the other makes them while
/// the class of the finding stays.
SmallCell shrunk_cell(const Scenario& one);

}  // namespace reducecheck::props
