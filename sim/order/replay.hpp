// SPDX-License-Identifier: Apache-2.0
// The bits of a sum: given inputs, added in the order of an implementation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/order/sum_order.hpp"

namespace reducecheck {

namespace ordering {

/// A tree as it is executed: each step begins a sum in a slot or continues the one there, adds the
/// operands of ranks to it, then the sum of another slot. The last step has the sum of all.
struct ReplayStep {
  int slot = 0;
  bool begins = false;      // with the first of its operands
  int other = -1;           // -1: no slot is added
  std::uint32_t first = 0;  // of `operands`
  std::uint32_t count = 0;
};
struct ReplayProgram {
  std::vector<ReplayStep> steps;
  std::vector<int> operands;
};

}  // namespace ordering

/// Replays one order, any number of times and from several threads at once.
///
/// A sum has the bits that the implementation gives, on every processor; where it is a NaN it is
/// some NaN, because libraries and processors differ in which. With one rank the operand is copied.
/// Nothing is allocated after construction. Cost: each input is read once, vectorised across
/// elements. The order must outlive the replay and be sound (order_fault() of describe.hpp).
class OrderReplay {
 public:
  explicit OrderReplay(const SumOrder& order);

  /// out[i], for i < count, is the sum of element first + i that `rank` gets; inputs[r][i] is the
  /// encoding of what rank r holds of that element. `Encoding` has the size of the order's format.
  /// `out` overlaps no input. With MinusZero::lost_in_words a word begins at `first`.
  template <class Encoding>
  void sum(int rank, std::size_t first, std::size_t count, const Encoding* const* inputs,
           Encoding* out) const;

  /// All elements.
  template <class Encoding>
  void sum(int rank, const Encoding* const* inputs, Encoding* out) const {
    sum(rank, 0, order_->count, inputs, out);
  }

 private:
  const SumOrder* order_;
  std::vector<ordering::ReplayProgram> programs_;
  std::vector<std::vector<std::size_t>> starts_;  // of each run of each list
};

extern template void OrderReplay::sum(int, std::size_t, std::size_t, const std::uint32_t* const*,
                                      std::uint32_t*) const;
extern template void OrderReplay::sum(int, std::size_t, std::size_t, const std::uint16_t* const*,
                                      std::uint16_t*) const;
extern template void OrderReplay::sum(int, std::size_t, std::size_t, const std::uint8_t* const*,
                                      std::uint8_t*) const;

}  // namespace reducecheck
