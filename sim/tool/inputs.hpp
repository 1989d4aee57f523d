// SPDX-License-Identifier: Apache-2.0
// Scenario files named on a command line: found, read and loaded, with every error shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/tool/console.hpp"

namespace reducecheck::tool {

/// The files that `inputs` name, each once: a file itself, a directory every *.toml below it in
/// sorted order. An input that does not exist stays, so that reading it says so; a directory
/// without one, or one that cannot be read, adds to `errors`.
std::vector<std::string> expand_inputs(const std::vector<std::string>& inputs,
                                       std::vector<std::string>& errors);

/// At most `most` bytes of a file and one more, or nothing with the reason in `error`.
std::optional<std::string> read_file(const std::string& file, std::size_t most, std::string& error);

struct LoadedScenario {
  Scenario scenario;
  std::string text;  // of the file, for messages with source lines
};

/// The scenario of a file, or nothing after its errors were written to the console.
std::optional<LoadedScenario> load_file(const std::string& file, Console& console);

}  // namespace reducecheck::tool
