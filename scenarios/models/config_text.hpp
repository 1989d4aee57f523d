// SPDX-License-Identifier: Apache-2.0
// JSON of unknown origin: read within limits, with every refusal as a sentence.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

/// The object that `text` holds, or nothing and at least one sentence in `errors`. Refused are more
/// than 1 MiB of text, more than 64 levels, a key twice in one object, and what is no JSON object.
/// Python's `Infinity` and `NaN` are read as empty texts. Does not throw.
std::optional<nlohmann::json> read_json_object(std::string_view text,
                                               std::vector<std::string>& errors);

}  // namespace reducecheck
