// SPDX-License-Identifier: Apache-2.0
// Made-up partial sums: like those of a layer, and such that every wrong coefficient shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/format/format.hpp"

namespace reducecheck {

/// The sum of four uniform numbers of 16 bits each, between -4 and 4: near to a normal
/// distribution, as long dot products are.
float near_normal(std::uint64_t hash);

/// [branch * ranks + rank][element]: in each element one partial sum dominates, and each of them in
/// turn. The others are at most 1 / (8 ranks branches) of it, and not zero where the format has
/// such numbers. A running bound of any order is then at most a quarter of the dominant one,
/// because no addition loses more than its smaller operand, so that a coefficient of 0 or 2 on it
/// is outside the bounds: with at least ranks * branches elements every unit defect is seen in
/// every tensor. Finite sums in every format for up to 64 ranks of 3 branches.
std::vector<std::vector<float>> dominant_partials(Format format, int ranks, int branches,
                                                  std::size_t elements, std::uint64_t seed);

}  // namespace reducecheck
