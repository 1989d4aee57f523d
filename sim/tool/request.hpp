// SPDX-License-Identifier: Apache-2.0
// What a command line asks for, checked: numbers in range, names spelled, formats known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/judge/check.hpp"
#include "sim/tool/arguments.hpp"
#include "sim/tool/console.hpp"

namespace reducecheck::tool {

struct CheckRequest {
  std::vector<std::string> inputs;
  std::vector<std::string> also;  // files and folders to look for the same pattern in
  CheckOptions options;
  std::string model;                          // preset or file; empty: the scenario's own
  std::optional<std::string> json;            // file, or `-`
  std::optional<std::string> junit;           // file, or `-`
  std::optional<std::string> html;            // file, or `-`
  std::optional<std::string> certificates;    // directory of `prove`
  std::optional<std::string> save_directory;  // absent: nothing is saved
  ColourMode colour = ColourMode::automatic;
  std::optional<double> seconds;          // of `fuzz`
  std::optional<std::uint64_t> programs;  // of `fuzz`
  bool list = false;                      // of `mutate`: the edits, not judged
  bool proves = false;                    // a proof for all sizes beside the sweep
  bool summary = false;
  bool quiet = false;
  bool profile = false;  // of `check`: where its time went
  bool verbose = false;
};

/// Options by the command that has them; `check` has all.
std::vector<OptionSpec> check_options();
std::vector<OptionSpec> explain_options();
std::vector<OptionSpec> prove_options();
std::vector<OptionSpec> diff_options();
std::vector<OptionSpec> mutate_options();
std::vector<OptionSpec> fuzz_options();
std::vector<OptionSpec> replay_options();

/// The names of the floating formats, for an option and its error.
std::vector<std::string> format_names();

/// Fills `request`; whatever an option's value breaks is said in one sentence.
UsageMessage read_request(const Arguments& arguments, CheckRequest& request);

}  // namespace reducecheck::tool
