// SPDX-License-Identifier: Apache-2.0
// A pending value of the search in one machine word.
#pragma once

#include <compare>
#include <cstdint>

#include "sim/plan/plan.hpp"

namespace reducecheck::planning {

constexpr int most_axes = 7;
constexpr int most_branches = 8;

/// A set of axes, or of branches, as bits.
using Mask = std::uint32_t;

/// An ordered list of different axes: three bits each, axis + 1, the first lowest.
class AxisList {
 public:
  AxisList() = default;
  explicit AxisList(std::uint32_t word) : word_(word) {}

  [[nodiscard]] std::uint32_t word() const { return word_; }
  [[nodiscard]] bool empty() const { return word_ == 0; }
  [[nodiscard]] int size() const {
    int count = 0;
    for (std::uint32_t rest = word_; rest != 0; rest >>= 3U) ++count;
    return count;
  }
  [[nodiscard]] int at(int place) const {
    return static_cast<int>((word_ >> static_cast<unsigned>(3 * place)) & 7U) - 1;
  }
  [[nodiscard]] Mask mask() const {
    Mask axes = 0;
    for (int i = 0; i < size(); ++i) axes |= Mask{1} << static_cast<unsigned>(at(i));
    return axes;
  }
  [[nodiscard]] AxisList first(int count) const {
    return AxisList(word_ & ((1U << static_cast<unsigned>(3 * count)) - 1U));
  }
  [[nodiscard]] AxisList from(int place) const {
    return AxisList(word_ >> static_cast<unsigned>(3 * place));
  }
  [[nodiscard]] AxisList then(AxisList other) const {
    return AxisList(word_ | other.word_ << static_cast<unsigned>(3 * size()));
  }
  [[nodiscard]] AxisList then(int axis) const {
    return then(AxisList(static_cast<std::uint32_t>(axis) + 1U));
  }

  friend auto operator<=>(const AxisList&, const AxisList&) = default;

 private:
  std::uint32_t word_ = 0;
};

/// Once beside replicated: the first rank alone holds all of it, so that a broadcast completes it.
constexpr AxisRole led = static_cast<AxisRole>(3);

/// The sum of some branches, with one role an axis for all of them.
///
/// One role is enough. Along an axis a value is `replicated`, `pending` (some addend is pending,
/// the others pending or once), `once` (all are), `led` (some are once, the others replicated) or
/// shards a dimension. Any other mixture is dead: replicated beside pending is never a sum's
/// business again (the sum would count the replicated addend N times), and no move changes one
/// addend alone; a part of a shard is not completed by any move but the one that undoes the shard.
/// So `add` refuses them. The brute force of the tests allows both, with the matrices of the roles,
/// and finds nothing cheaper.
class Value {
 public:
  Value() = default;

  [[nodiscard]] std::uint64_t word() const { return word_; }
  [[nodiscard]] Mask branches() const { return static_cast<Mask>(word_ & 0xFFU); }
  [[nodiscard]] AxisRole role(int axis) const {
    return static_cast<AxisRole>((word_ >> role_shift(axis)) & 3U);
  }
  [[nodiscard]] AxisList shards(Dimension dimension) const {
    return AxisList(static_cast<std::uint32_t>((word_ >> shard_shift(dimension)) & all_axes));
  }
  /// Equal for two values exactly when all their shards are.
  [[nodiscard]] std::uint64_t layout() const { return word_ >> shard_shift(Dimension::rows); }

  void set_branches(Mask branches) { word_ = (word_ & ~std::uint64_t{0xFF}) | branches; }
  void set_role(int axis, AxisRole role) {
    word_ &= ~(std::uint64_t{3} << role_shift(axis));
    word_ |= static_cast<std::uint64_t>(role) << role_shift(axis);
  }
  void set_shards(Dimension dimension, AxisList axes) {
    word_ &= ~(all_axes << shard_shift(dimension));
    word_ |= std::uint64_t{axes.word()} << shard_shift(dimension);
  }

  friend auto operator<=>(const Value&, const Value&) = default;

 private:
  static constexpr std::uint64_t all_axes = (1U << (3U * most_axes)) - 1U;
  static unsigned role_shift(int axis) { return 8U + 2U * static_cast<unsigned>(axis); }
  static unsigned shard_shift(Dimension dimension) {
    return 22U + (dimension == Dimension::rows ? 0U : 21U);
  }

  std::uint64_t word_ = 0;  // 8 bits of branches, 14 of roles, 21 of rows, 21 of features
};

/// What a move of the search does, without its operands.
struct Step {
  Operation operation = Operation::add;
  AxisList group;
  Dimension dimension = Dimension::rows;
  Dimension gathered = Dimension::rows;

  friend auto operator<=>(const Step&, const Step&) = default;
};

}  // namespace reducecheck::planning
