// SPDX-License-Identifier: Apache-2.0
// What ranks put into a sum whose bits are compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "real/numbers/element.hpp"

namespace reducecheck::real {

enum class Pattern : std::uint8_t {
  spread,       // random significands and signs, exponents over 24 binades
  close,        // the same over 4 binades, where most orders differ in the last bit
  exact,        // small integers times one power of two an element: sums are exact in any order
  adversarial,  // any bits, subnormals, signed zeros, infinities, NaN, near-complete cancellation
};

/// The elements of one rank, as bytes; equal for equal arguments on every machine. Of mod64 any
/// integers, whatever the pattern. Sums of `exact` are exact over at most 16 ranks, of fp8_e5m2
/// over at most 8.
std::vector<std::byte> pattern_elements(Pattern pattern, ElementType type, std::uint64_t seed,
                                        int rank, std::size_t count);

}  // namespace reducecheck::real
