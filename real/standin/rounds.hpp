// SPDX-License-Identifier: Apache-2.0
// What a collective computes from what all ranks gave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "real/standin/settings.hpp"
#include "real/standin/wire.hpp"

namespace reducecheck::standin {

/// The body for each rank. The calls match, their bodies have the sizes of `given_bytes`, and they
/// are used up.
std::vector<std::vector<std::byte>> results_of(std::vector<Packet>& given,
                                               const Settings& settings);

/// How many bytes a rank gives to this call.
std::uint64_t given_bytes(const PacketHead& call, int ranks);

/// Where each rank goes in a split: its new group, counted from 0 in order of the colors, or -1.
struct SplitPlace {
  int group = -1;
  int rank = 0;
  int ranks = 0;
};
std::vector<SplitPlace> split_places(const std::vector<Packet>& given);

}  // namespace reducecheck::standin
