// SPDX-License-Identifier: Apache-2.0
// The tool run twice in different surroundings: the same words must give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace reducecheck::determinism {

/// What a run must not depend on.
struct Surroundings {
  std::string executable;
  std::string threads = "1";
  std::string variables;  // assignments, as in a shell
  std::string folder;     // where it runs, below the scratch folder
};

/// The words of a command. `THREADS` in them becomes `--threads N`; the command may write files
/// into its working directory.
using Words = std::string;

/// Everything that one run leaves: exit status, both streams, each file with its name. The times of
/// a JUnit report are left out.
std::string outcome(const Surroundings& at, const Words& words,
                    const std::filesystem::path& scratch);

/// The first line in which two outcomes differ, both ways; empty where they are equal.
std::string first_difference(const std::string& a, const std::string& b);

/// About `percent` of the names, at least one, by a hash of each with the seed: whatever else is
/// there, a name is in or out.
std::vector<std::string> sample(const std::vector<std::string>& names, std::uint64_t percent,
                                std::uint64_t seed);

/// What is run of a scenario, and what is run once. Paths in them are absolute.
std::vector<Words> commands_for(const std::string& scenario);
std::vector<Words> commands_once(const std::string& dump_folder);

}  // namespace reducecheck::determinism
