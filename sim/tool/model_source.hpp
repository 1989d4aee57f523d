// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "scenarios/models/model.hpp"

namespace reducecheck::tool {

struct ModelSource {
  ModelShape shape;
  std::vector<std::string> assumed;  // sentences of an import
  std::string comparison;            // with the nearest preset; may be empty
  std::vector<std::string> errors;   // not empty: `shape` is not usable
};

/// The preset of that name, or else the config.json of that name.
ModelSource find_model_source(const std::string& name);

/// The names of all presets, separated by commas.
std::string model_names();

}  // namespace reducecheck::tool
