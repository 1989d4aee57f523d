// SPDX-License-Identifier: Apache-2.0
// Which layers of a model have experts: a dozen spellings of one rule.
#pragma once

#include <cstdint>
#include <optional>

#include "scenarios/models/config_reader.hpp"

namespace reducecheck {

struct LayerCounts {
  std::int64_t layers = 0;
  std::int64_t with_experts = 0;
  std::int64_t dense = 0;  // the rest are mixers of a hybrid, without an MLP
};

/// The layers that the file describes, or nothing and an error in `reader`. Rules that stand side
/// by side all hold: a layer has experts if each of them says so.
std::optional<LayerCounts> read_layers(ConfigReader& reader);

}  // namespace reducecheck
