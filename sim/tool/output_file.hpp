// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace reducecheck::tool {

/// The file holds `text`; an empty string, or why it does not.
std::string write_file(const std::string& file, std::string_view text);

}  // namespace reducecheck::tool
