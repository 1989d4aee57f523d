// SPDX-License-Identifier: Apache-2.0
// Collectives alone, without a layer: data of every rank that this rank can make itself, and what
// must come out of it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "real/execute/transport.hpp"
#include "real/parity/order_probe.hpp"
#include "real/parity/prediction.hpp"

namespace reducecheck::real {

struct CollectiveCheck {
  std::string name;           // `all_reduce, sum`
  std::size_t elements = 0;   // compared on this rank
  std::size_t different = 0;  // of them
  std::string first;          // the first that differs, in words
};

/// An order by name, with settings.
struct NamedOrder {
  std::string name;
  std::map<std::string, std::string> settings{};
};

/// The ranks that take part, all of the job.
class CollectiveChecks {
 public:
  /// `transport` has the group of all ranks. Every function is collective over them.
  CollectiveChecks(Transport& transport, int rank, int ranks);

  /// Every collective on data whose result does not depend on an order: every element must be
  /// equal.
  std::vector<CollectiveCheck> exact(ElementType type, std::span<const std::size_t> counts);

  /// Sums of random and adversarial elements against the order: every bit must be as predicted.
  CollectiveCheck bits(ElementType type, std::span<const std::size_t> counts,
                       const NamedOrder& all_reduce);

  /// The same for a reduce_scatter of that many elements for each rank.
  CollectiveCheck scattered_bits(ElementType type, std::span<const std::size_t> counts,
                                 const NamedOrder& reduce_scatter);

  /// Sums of random elements against what any order may give: n - 1 roundings of partial sums that
  /// are at most the sum of magnitudes.
  CollectiveCheck envelope(ElementType type, std::span<const std::size_t> counts);

  /// What the library's sums show of their order.
  Meetings meetings(ElementType type, std::size_t count);

 private:
  [[nodiscard]] Call call(const char* operation, const char* reduction, ElementType type,
                          std::size_t count) const;
  std::vector<std::byte> summed(ElementType type, Reduction reduction, std::vector<std::byte> own);
  /// all_gather, of parts that grow with the rank where `uneven`, broadcast and all_to_all.
  void copies(std::vector<CollectiveCheck>& checks, ElementType type, const RankElements& all,
              bool uneven);
  std::vector<std::byte> scattered(ElementType type, const std::vector<std::byte>& own);

  Transport& transport_;
  int rank_;
  int ranks_;
  std::vector<int> members_;
};

}  // namespace reducecheck::real
