// SPDX-License-Identifier: Apache-2.0
// A TOML file as a tree in the order of the file. toml++ keeps tables sorted by key and is slow to
// compile, so one source file includes it and everybody else reads this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/frame/source_text.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck {

/// A value with its key. Which members count depends on `kind`.
struct TomlNode {
  enum class Kind { truth, integer, real, text, array, table, date };

  Kind kind = Kind::table;
  std::string key;  // empty in an array
  Position key_at;  // that of the value in an array
  Position at;
  bool truth = false;
  std::int64_t integer = 0;
  SourceText text;
  std::vector<TomlNode> children;  // in the order of the file

  /// The child with this key, or null.
  [[nodiscard]] const TomlNode* find(std::string_view name) const;
};

/// `a string`, `a list`, ...
const char* describe(TomlNode::Kind kind);

/// Bounds that keep a hostile file from using up the stack.
struct TomlLimits {
  static constexpr int nesting = 64;    // brackets
  static constexpr int key_parts = 16;  // a.b.c has three
};

/// Refuses what must not reach toml++: too large, empty, NUL, invalid UTF-8, nested too deep.
/// True if nothing was found.
bool is_readable(std::string_view text, Diagnostics& diagnostics);

/// The root table of a text that is_readable, or nothing with the error in `diagnostics`.
std::optional<TomlNode> read_toml(std::string_view text, Diagnostics& diagnostics);

}  // namespace reducecheck
