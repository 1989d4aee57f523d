// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: a library of collectives between threads of this process, which can
// be wrong in one way.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "real/execute/transport.hpp"
#include "sim/order/sum_order.hpp"

namespace reducecheck::matrix {

enum class WireFault : std::uint8_t {
  none,
  short_accumulator,  // every addition is rounded to fewer bits than are promised
  rounded_hop,        // the first addition is
  fused,              // a product is not rounded before it is added
  max_without_nan,    // a maximum of a number and a NaN is the number
  flushed,            // sums that are subnormal become zero
  divided_first,      // addends are divided by the ranks, and the sum multiplied
  reversed,           // the ranks are taken in the other direction
  other_arity,        // four are added at a time
  any_order,          // each call has an order of its own
  early,              // the last rank does not wait for the last addition
  flipped,            // one bit of what the last rank gives to its first gather
  unordered,          // a later call overtakes: the last rank reads what was there before
};

/// The elements that are of that format.
real::ElementType type_of(Format format);

/// Where the ranks meet. One rank's failure is not foreseen.
class WireWorld {
 public:
  /// With `accumulates` sums are promised to be kept in binary32 and rounded once.
  WireWorld(std::string order, WireFault fault, bool accumulates)
      : order_(std::move(order)), fault_(fault), accumulates_(accumulates) {}

  /// What all members bring, in their order; every member gets it. `member` is the caller's place.
  std::vector<std::vector<std::byte>> meet(const std::vector<int>& members, std::size_t member,
                                           std::vector<std::byte> own);

  [[nodiscard]] const std::string& order() const { return order_; }
  [[nodiscard]] WireFault fault() const { return fault_; }
  [[nodiscard]] bool accumulates() const { return accumulates_; }

 private:
  struct Table {
    std::vector<std::vector<std::byte>> brought;
    std::vector<std::vector<std::byte>> taken;
    std::size_t here = 0;
    std::uint64_t turn = 0;
  };

  std::mutex mutex_;
  std::condition_variable news_;
  std::map<std::vector<int>, Table> tables_;
  std::string order_;
  WireFault fault_;
  bool accumulates_;
};

/// The end of one rank.
class Wires final : public real::Transport {
 public:
  Wires(WireWorld& world, int rank) : world_(world), rank_(rank) {}

  void all_reduce(const real::Call& call, real::ElementType type, real::Reduction reduction,
                  std::span<std::byte> elements) override;
  void reduce_scatter(const real::Call& call, real::ElementType type, std::span<const std::byte> in,
                      std::span<const std::size_t> counts, std::span<std::byte> out) override;
  void all_gather(const real::Call& call, std::span<const std::byte> own,
                  std::span<const std::size_t> bytes, std::span<std::byte> all) override;
  void broadcast(const real::Call& call, std::span<std::byte> elements) override;
  std::vector<std::vector<std::byte>> all_to_all(
      const real::Call& call, const std::vector<std::vector<std::byte>>& to) override;

  /// Of all that reductions gave this rank.
  [[nodiscard]] std::uint64_t digest() const { return digest_; }

 private:
  std::vector<std::vector<std::byte>> meet(const real::Call& call, std::vector<std::byte> own);

  WireWorld& world_;
  int rank_;
  std::uint64_t calls_ = 0;
  std::uint64_t gathers_ = 0;
  std::uint64_t digest_ = 0;
  std::vector<std::byte> before_;  // what the last sum left
};

}  // namespace reducecheck::matrix
