// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace reducecheck {

/// Bounds on what a scenario may ask for; beyond one there is an error that names limit and value.
/// They are far above what the catalogue needs and keep a hostile file from using up the machine.
struct Limits {
  static constexpr std::int64_t ranks = 1'024;
  static constexpr std::int64_t configurations = 65'536;  // of one sweep
  static constexpr std::int64_t statements = 2'000;       // executed by one rank
  static constexpr std::int64_t instructions = 200'000;   // executed by one rank
  static constexpr std::int64_t calls = 16;               // deep
  static constexpr std::int64_t list_length = 4'096;
  static constexpr std::int64_t rows = 65'536;  // on one rank, or of all tokens
  static constexpr std::int64_t width = 65'536;
  static constexpr std::int64_t experts = 4'096;
  static constexpr std::int64_t factor = 1LL << 60;  // of a tensor by a number of the text
  static constexpr std::int64_t held_experts = 1LL << 24;  // of all ranks and weights
  static constexpr std::int64_t elements = 1LL << 28;      // of all tensors of one program
};

}  // namespace reducecheck
