// SPDX-License-Identifier: Apache-2.0
// Values and tables as TOML text. toml++ could print as well, but it sorts keys and knows nothing
// of texts of several lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

/// `key`, or `"a key"` where TOML wants quotes.
std::string toml_key(std::string_view key);

/// A string on one line: in double quotes, or in single ones where that saves escapes.
std::string toml_string(std::string_view text);

/// A string in the form that reads best: several lines become a ''' string, if TOML can say them
/// so.
std::string toml_text(std::string_view text);

/// `[a, b]` of values that are TOML already.
std::string toml_list(const std::vector<std::string>& values);

/// Entries of one table, in the order in which they are added.
class TomlTable {
 public:
  /// `value` is TOML already.
  void add(std::string_view key, std::string value);

  [[nodiscard]] bool empty() const { return entries_.empty(); }

  /// `NAME = { a = 1, b = 2 }`, or nothing if that is longer than a line or a value has several.
  [[nodiscard]] std::string in_line(std::string_view name) const;

  /// `[NAME]` and a line for each entry, the values in one column.
  [[nodiscard]] std::string as_section(std::string_view name) const;

 private:
  struct Entry {
    std::string key;
    std::string value;
  };
  std::vector<Entry> entries_;
};

}  // namespace reducecheck
