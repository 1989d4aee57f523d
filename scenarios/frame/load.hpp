// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

/// Bounds on untrusted files; beyond one there is an error that names limit and value.
struct FrameLimits {
  static constexpr std::size_t file_bytes = 256 * 1024;
  static constexpr std::int64_t ranks = 1'024;
  static constexpr std::size_t list_length = 4'096;
  static constexpr std::size_t names = 256;       // entries of one table
  static constexpr std::size_t name_length = 64;  // bytes of a name that the file declares
};

/// The scenario that `text` says, or nothing with every error of the file in `diagnostics`: syntax,
/// unknown and duplicate keys with the nearest valid one, wrong types, missing keys, names declared
/// twice or shadowing a reserved one, circular or unknown groups, expectations of unknown variants
/// or classes, and errors of the program texts. `file` is used in messages only. Never throws for
/// what the text says.
std::optional<Scenario> load_scenario(std::string_view text, std::string file,
                                      Diagnostics& diagnostics);

}  // namespace reducecheck
