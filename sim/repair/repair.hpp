// SPDX-License-Identifier: Apache-2.0
// Small edits of a wrong variant, each judged by the check itself: which of them mend it, and which
// only look as if they did.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "scenarios/frame/scenario.hpp"
#include "sim/judge/check.hpp"
#include "sim/report/repairs.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// What a prover says of all sizes about a variant, such as `proved for all sizes`; empty: nothing.
using Prover = std::function<std::string(const Scenario&, const std::string& variant)>;

struct RepairOptions {
  CheckOptions
      check;  // of the check that found the fault; toy dimensions are taken whatever it says
  std::size_t most_candidates = 600;  // edits of a variant that are judged
  std::size_t most_guarded = 40;      // of these, made anew for the failing layouts only
  std::size_t shown = 3;              // edits that work, and as many that do not
  bool pairs = true;                  // where no edit works, try two
  Prover prove;                       // asked about the shown ones that work; may be empty
};

/// Edits of `variant`, which fails somewhere in `result`, the check of `scenario` with
/// `options.check`. An edit works if the whole sweep holds with it, the layouts that were right
/// before included. Those that work are ordered by the words they change, eight for each collective
/// that the busiest rank makes more, then by the bytes it moves, where the variant failed; of
/// several at one line and of one kind the first is kept. Candidates and their order depend on the
/// texts only.
RepairReport find_repairs(const Scenario& scenario, const ScenarioResult& result,
                          const std::string& variant, const RepairOptions& options);

}  // namespace reducecheck
