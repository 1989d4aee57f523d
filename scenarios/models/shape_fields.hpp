// SPDX-License-Identifier: Apache-2.0
// The numbers of a shape as a list, so that the checksum and the comparison cannot disagree on
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/models/model.hpp"

namespace reducecheck {

struct ShapeField {
  std::string_view name;
  std::string value;   // `-` when not stated
  bool stated = true;  // false: the source does not say
};

/// All numbers and switches of `shape`, always in the same order.
std::vector<ShapeField> shape_fields(const ModelShape& shape);

/// ImportedModel::comparison of `shape` against the presets.
std::string compare_with_presets(const ModelShape& shape);

}  // namespace reducecheck
