// SPDX-License-Identifier: Apache-2.0
// What the environment says about the stand-in: its seed, its patience, the order of its sums, and
// a fault to plant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace reducecheck::standin {

/// In which order the ranks' addends are summed.
enum class SumOrder : std::uint8_t {
  rank,    // 0, 1, 2, ...
  ring,    // NCCL's ring: each chunk starts after its own rank
  tree,    // NCCL's first tree over hosts of one rank
  random,  // any bracketing of any permutation, by the seed
};

/// What goes wrong on purpose in one call of one rank.
enum class FaultKind : std::uint8_t {
  none,
  drop,     // the call is not made
  twice,    // it is made twice
  count,    // with `value` elements
  corrupt,  // bit `value` of what the rank gives is turned over
  kill,     // the process is killed when the call begins on its stream
  stop,     // it is stopped then
  delay,    // it sleeps for `value` milliseconds then
};

struct PlantedFault {
  FaultKind kind = FaultKind::none;
  int rank = 0;            // in the communicator that was made from a unique id
  std::uint64_t call = 0;  // of all collectives and transfers of that rank, from 0
  std::uint64_t value = 0;
};

struct Settings {
  std::uint64_t seed = 1;
  int deadline_milliseconds = 10'000;
  SumOrder order = SumOrder::ring;
  std::size_t chunk_bytes = std::size_t{2} << 20;  // of the ring
  int devices = 8;
  PlantedFault fault;
};

/// The settings that the variables REDUCECHECK_STANDIN_SEED, _DEADLINE_MS, _ORDER, _CHUNK_BYTES,
/// _DEVICES and _FAULT (`kill rank=2 call=3`, `count rank=1 call=0 value=5`) make; `variable` gives
/// the text of one or nullptr. Nothing if one is not valid, with what is expected in `error`.
std::optional<Settings> parse_settings(
    const std::function<const char*(const std::string&)>& variable, std::string& error);

/// Those of the environment, read once. Where they are not valid the process ends with status 2.
const Settings& settings();

}  // namespace reducecheck::standin
