// SPDX-License-Identifier: Apache-2.0
// The words after a command, told apart: options with their values, and inputs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck::tool {

/// One option of a command.
struct OptionSpec {
  const char* name;        // without the dashes
  const char* value_name;  // nullptr for a flag
  const char* help;
  bool repeatable = false;
  char letter = '\0';  // of the short form; none by default
};

struct Arguments {
  std::vector<std::string> inputs;                         // in the order written
  std::map<std::string, std::vector<std::string>> values;  // by option; a flag has one empty value

  [[nodiscard]] bool has(const std::string& option) const { return values.contains(option); }
  /// The values of an option that may be repeated; empty when it was not given.
  [[nodiscard]] std::vector<std::string> all(const std::string& option) const;
  /// The value of an option that may not be repeated.
  [[nodiscard]] std::optional<std::string> one(const std::string& option) const;
};

/// What was said wrong, as one sentence without a full stop; empty when nothing was.
using UsageMessage = std::string;

/// Fills `arguments` from `words`. No option is guessed from its beginning; values that begin with
/// a dash are taken as they are, so that a negative number is refused by its own check.
UsageMessage parse_arguments(std::span<const OptionSpec> options,
                             const std::vector<std::string>& words, Arguments& arguments);

/// The options as the help of a command lists them.
std::string options_text(std::span<const OptionSpec> options);

/// The integer that all of `text` spells in decimal, if it lies in the range.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t least,
                                          std::uint64_t most);

/// The parts of `text` between commas; an empty part stays, to be complained about.
std::vector<std::string> split_commas(std::string_view text);

}  // namespace reducecheck::tool
