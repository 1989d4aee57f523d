// SPDX-License-Identifier: Apache-2.0
// Random programs under every interpreter and the prover, which must agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/fuzz/compare_program.hpp"

namespace reducecheck {

struct FuzzOptions {
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> programs;  // how many; the result then depends on the seed only
  double seconds = 10;                    // how long, where `programs` does not say
  std::int64_t ranks = 6;                 // of a layout, at most
  int threads = 0;                        // 0: one for each core
  std::size_t shrunk = 3;                 // disagreements that are made small
  VerdictFunction prover = proved_verdicts;
  /// Called from any thread with (programs done, of all), or seconds where time is the bound; may
  /// be empty.
  std::function<void(std::size_t, std::size_t)> progress;
};

/// A program on which two do not agree, made as small as it stays so.
struct FuzzFinding {
  std::uint64_t program = 0;  // its number
  Scenario scenario;          // title and note say where it is from and what contradicts what
  std::string sentence;
};

struct FuzzResult {
  std::uint64_t programs = 0;
  std::uint64_t right_programs = 0;   // in every layout
  ProgramComparison cells;            // of all programs together; without a disagreement
  std::uint64_t disagreements = 0;    // programs
  std::vector<FuzzFinding> findings;  // the first of them
};

/// random_program(seed, 0), 1, 2, ... compared. Equal for every number of threads, where the number
/// of programs is given.
FuzzResult fuzz_programs(const FuzzOptions& options);

}  // namespace reducecheck
