// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: what a rank was given, computed a second time by something that
// shares no code with the simulator and none with the executor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "real/execute/rank.hpp"

namespace reducecheck::matrix {

/// What a rank was given, and where the second way says otherwise.
struct SecondWay {
  std::vector<std::uint64_t> given;    // all NaN are one
  std::vector<std::size_t> different;  // elements
  std::string first;                   // the first of them, in words
  bool overlooked = true;              // each of them is a maximum of all but a NaN
};

/// Law: a maximum over the ranks is the greatest number of what the same library gathers of the
/// same rows, and a NaN where the first rank's element is one, for no number is greater. Numbers
/// are compared by their bits; the zeros are one. Collective over all `ranks`. Not for mod64.
SecondWay maximum_of_gathered(real::Transport& transport, real::ElementType type, int rank,
                              int ranks, std::uint64_t seed);

/// Every product of the rank with a weight that is no mlp's, by the bodies of the kernels, bit for
/// bit. For fp32, bf16 and fp16. Throws: kernels::KernelFault.
SecondWay products_of_bodies(const Plan& plan, const Run& run, real::ElementType type,
                             std::uint64_t seed, const real::RankExecutor& executor, int rank);

}  // namespace reducecheck::matrix
