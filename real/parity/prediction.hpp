// SPDX-License-Identifier: Apache-2.0
// What the simulator predicts of a sum over ranks, compared with what a rank got. This folder and
// the tool are where both sides of the comparison meet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "real/numbers/element.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::real {

/// The inputs of all ranks, as bytes.
using RankElements = std::vector<std::vector<std::byte>>;

/// What `rank` gets when the inputs are summed in that order.
std::vector<std::byte> predicted_sum(const SumOrder& order, ElementType type, int rank,
                                     const RankElements& inputs);

/// The order of that name, which must fit. Not for mod64.
SumOrder order_for(const std::string& name, ElementType type, int ranks, std::size_t count,
                   const std::map<std::string, std::string>& settings = {});

struct Mismatches {
  std::size_t count = 0;
  std::size_t nan = 0;    // elements that are a NaN on both sides
  std::size_t first = 0;  // element; only with a count
};

/// Elements whose bits differ; two NaN do not.
Mismatches mismatches(ElementType type, const std::vector<std::byte>& predicted,
                      const std::vector<std::byte>& got);

/// The names of the other orders that predict all of what `rank` got.
std::vector<std::string> fitting_orders(const std::string& except, ElementType type, int rank,
                                        const RankElements& inputs,
                                        const std::vector<std::byte>& got);

/// One sentence for the first element that differs: what was predicted by which expression, what
/// came, and which known order would have fitted.
std::string told_mismatch(const SumOrder& order, ElementType type, int rank,
                          const RankElements& inputs, const std::vector<std::byte>& got);

/// For each element the fingerprint of the tree that sums it, made by `combine` of the fingerprints
/// of ranks.
std::vector<std::uint64_t> predicted_fingerprints(const SumOrder& order, int rank,
                                                  std::uint64_t (*own)(int),
                                                  std::uint64_t (*combine)(std::uint64_t,
                                                                           std::uint64_t));

}  // namespace reducecheck::real
