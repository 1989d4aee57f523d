// SPDX-License-Identifier: Apache-2.0
// What the executor asks of whatever carries data between ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "real/numbers/element.hpp"
#include "scenarios/text/diagnostic.hpp"

namespace reducecheck::real {

enum class Reduction : std::uint8_t { sum, max };

/// One collective as this rank calls it. What must be equal on all members is compared before any
/// data moves.
struct Call {
  std::string operation;     // `all_reduce`
  std::string reduction;     // `sum`, `max`; empty where nothing is reduced
  std::string type;          // of the elements
  std::uint64_t count = 0;   // elements that all members must agree on; 0 where they may differ
  std::vector<int> members;  // ranks, in the order of the group
  int root = -1;             // the rank whose elements all get; -1 where there is none
  std::string text;          // of the call, for messages
  Position at;
};

/// Collectives among `call.members`, of which this rank is one. Every member calls the same
/// functions with the same calls in the same order. Bytes are those of elements of `type`.
/// Throws: whatever the transport throws when it fails; nothing is then usable any more.
class Transport {
 public:
  Transport() = default;
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// `elements` becomes the reduction over all members.
  virtual void all_reduce(const Call& call, ElementType type, Reduction reduction,
                          std::span<std::byte> elements) = 0;

  /// `out` becomes the part of the sum that this rank takes; counts[i] elements go to member i.
  virtual void reduce_scatter(const Call& call, ElementType type, std::span<const std::byte> in,
                              std::span<const std::size_t> counts, std::span<std::byte> out) = 0;

  /// `all` becomes what the members gave, in order; member i gives bytes[i].
  virtual void all_gather(const Call& call, std::span<const std::byte> own,
                          std::span<const std::size_t> bytes, std::span<std::byte> all) = 0;

  /// `elements` becomes that of the first member.
  virtual void broadcast(const Call& call, std::span<std::byte> elements) = 0;

  /// What each member had for this rank; `to[i]` goes to member i, of any size.
  virtual std::vector<std::vector<std::byte>> all_to_all(
      const Call& call, const std::vector<std::vector<std::byte>>& to) = 0;
};

/// The pieces one behind the other.
inline std::vector<std::byte> joined(const std::vector<std::vector<std::byte>>& pieces) {
  std::vector<std::byte> all;
  for (const std::vector<std::byte>& one : pieces) all.insert(all.end(), one.begin(), one.end());
  return all;
}

/// `all` in pieces of these sizes, which must add up to its own.
inline std::vector<std::vector<std::byte>> in_pieces(const std::vector<std::byte>& all,
                                                     const std::vector<std::size_t>& sizes) {
  std::vector<std::vector<std::byte>> pieces;
  auto at = all.begin();
  for (const std::size_t size : sizes) {
    const auto end = at + static_cast<std::ptrdiff_t>(size);
    pieces.emplace_back(at, end);
    at = end;
  }
  return pieces;
}

}  // namespace reducecheck::real
