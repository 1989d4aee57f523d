// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {

/// Restrictions of the command line on the sweep of a file.
struct SweepOptions {
  std::map<std::string, std::int64_t> mesh;  // axes or derived groups fixed to a size
  std::optional<std::int64_t> up_to_ranks;   // replaces the file's `ranks`, and its lists of sizes
};

struct Sweep {
  std::vector<Configuration> configurations;  // axes slowest first, switches last
  std::size_t left_out = 0;  // by `mesh` of the options, of the first Limits::configurations
};

/// The product of all axis sizes and switches with at most the given number of ranks for which the
/// file's `where` is true. With `up_to_ranks`, an axis takes every size that fits beside the sizes
/// its list names. Unknown names in `options` and errors of `where` go to `diagnostics`.
Sweep sweep(const Scenario& scenario, const SweepOptions& options, Diagnostics& diagnostics);

}  // namespace reducecheck
