// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include "scenarios/text/diagnostic.hpp"

namespace reducecheck::prove {

/// The prover has no rule here and says so; it never guesses.
struct Undecided : std::runtime_error {
  explicit Undecided(const std::string& reason, Position where = {})
      : std::runtime_error(reason), at(where) {}

  Position at;
};

}  // namespace reducecheck::prove
