// SPDX-License-Identifier: Apache-2.0
// The header of a safetensors file as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/dump/safetensors_header.hpp"

namespace reducecheck {

/// What `text` says, in its order and with nothing checked against bytes, or nothing and one
/// sentence in `errors`, with the byte of the header where it stopped making sense.
std::optional<SafetensorsHeader> read_header_json(std::string_view text,
                                                  std::vector<std::string>& errors);

}  // namespace reducecheck
