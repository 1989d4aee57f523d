// SPDX-License-Identifier: Apache-2.0
// Stored vectors against the kernels of this build.
#pragma once

#include <cstdint>
#include <string>

#include "kernels/golden/vectors.hpp"

namespace reducecheck::kernels::golden {

/// Seconds since 1970.
std::int64_t seconds_now();

/// Whether `text` is an integer, which is then `number`.
bool read_number(const std::string& text, std::uint64_t& number);

/// Runs every stored case and prints what differs, how old the vectors are, and whether the sources
/// are still those with the hash `sources`. Whether all are equal, and none is missing.
bool print_replay(const StoredVectors& stored, const std::string& sources);

}  // namespace reducecheck::kernels::golden
