// SPDX-License-Identifier: Apache-2.0
// The whole check of one scenario: every variant in every configuration of the sweep.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "sim/format/format.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

enum class Shape { toy, full };

struct CheckOptions {
  std::uint64_t seed = 1;
  std::map<std::string, std::int64_t> mesh;  // axes or derived groups fixed to a size
  std::optional<std::int64_t> up_to_ranks;   // replaces the file's `ranks`
  Shape shape = Shape::toy;
  std::map<std::string, std::int64_t> model_sizes;  // `hidden`, `inter`, ... for Shape::full
  std::optional<std::int64_t> tokens;               // replaces the size of that name
  std::vector<std::string> variants;                // none: all
  std::vector<Format> dtypes;                       // floating runs besides the exact one
  std::string order;                                // of their collectives; empty: rank_order
  std::map<std::string, std::string> order_settings;
  bool expect_none = false;  // every defect is unexpected, whatever the file says
  int threads = 0;           // 0: one for each core
  /// Called from any thread with (cells done, cells in all); may be empty.
  std::function<void(std::size_t, std::size_t)> progress;
};

/// The judgement of every cell, equal for every number of threads. Errors of the text that only
/// show in a configuration (a type, a shape, a size that does not divide) go to `diagnostics`,
/// which then makes the result incomplete; so does an unknown variant or axis in `options`.
ScenarioResult check_scenario(const Scenario& scenario, const CheckOptions& options,
                              Diagnostics& diagnostics);

}  // namespace reducecheck
