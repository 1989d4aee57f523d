// SPDX-License-Identifier: Apache-2.0
// Random layers as scenarios: a program that is right by construction, and then none, one or two
// faults.
#pragma once

#include <cstdint>

#include "scenarios/frame/scenario.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck {

/// The numbers of one program: a counter hash, so that a program is its seed and index on every
/// machine and thread.
class FuzzDraw {
 public:
  FuzzDraw(std::uint64_t seed, std::uint64_t index) : key_(mix(mix(seed) ^ index)) {}

  /// 0 to n - 1; n is small.
  std::uint64_t below(std::uint64_t n) { return mix(key_ + ++count_ * golden) % n; }
  bool chance(std::uint64_t percent) { return below(100) < percent; }

 private:
  std::uint64_t key_;
  std::uint64_t count_ = 0;
};

/// A layer of one to three blocks of branches on a mesh of one to three axes, with its one variant.
/// Every text of a reduction here is right for all sizes.
Scenario right_layer(FuzzDraw& draw);

/// The program of that number: a right_layer, with a mutant of it in its place, or a mutant of a
/// mutant.
Scenario random_program(std::uint64_t seed, std::uint64_t index);

}  // namespace reducecheck
