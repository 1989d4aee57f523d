// SPDX-License-Identifier: Apache-2.0
// A sweep in shares, which different processes judge, and their sum.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/judge/check.hpp"

namespace reducecheck {

/// The judgement of every `count`-th configuration of the sweep from `index` on, as text that
/// `merged_shares` of any process of this version reads. Shares are alike in cost, because
/// neighbours are. `options` names no floating format. Errors of `options` go to `diagnostics`, and
/// the text is then empty; errors of the scenario's text are in the share.
std::string judged_share(const Scenario& scenario, const CheckOptions& options, std::size_t index,
                         std::size_t count, Diagnostics& diagnostics);

/// check_scenario of the same scenario and options, from all shares in their order. Nothing where a
/// share is missing or is of something else.
std::optional<ScenarioResult> merged_shares(const Scenario& scenario, const CheckOptions& options,
                                            const std::vector<std::string>& shares,
                                            Diagnostics& diagnostics);

}  // namespace reducecheck
