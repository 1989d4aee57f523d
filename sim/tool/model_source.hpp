// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/models/model.hpp"
#include "sim/tool/console.hpp"

namespace reducecheck::tool {

struct ModelSource {
  ModelShape shape;
  std::vector<std::string> assumed;  // sentences of an import
  std::string comparison;            // with the nearest preset; may be empty
  std::vector<std::string> errors;   // not empty: `shape` is not usable
};

/// The preset of that name, or else the config.json of that name.
ModelSource find_model_source(const std::string& name);

/// The sizes that the language takes of the model `name`, or of the scenario's own if it is empty.
/// Nothing after an error was written.
std::optional<std::map<std::string, std::int64_t>> model_sizes(const Scenario& scenario,
                                                               const std::string& name,
                                                               Console& console);

/// The names of all presets, separated by commas.
std::string model_names();

}  // namespace reducecheck::tool
