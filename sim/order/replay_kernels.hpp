// SPDX-License-Identifier: Apache-2.0
// The loops of OrderReplay, compiled for every level of the processor.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/order/replay.hpp"

namespace reducecheck::ordering {

/// A stretch of elements that one program sums.
template <class Encoding>
struct ReplayStretch {
  const ReplayProgram* program = nullptr;
  std::size_t offset = 0;  // from the begin of the inputs
  std::size_t count = 0;
  const Encoding* const* inputs = nullptr;
  Encoding* out = nullptr;
};

/// How operands and sums are treated beside the order.
struct ReplayManner {
  SumRounding rounding = SumRounding::each_addition;
  bool from_zero = false;
  MinusZero minus_zero = MinusZero::kept;
  bool past_caches = false;  // the result is larger than they are
};

/// Slots that a program of most_order_ranks ranks needs at most: one more than its logarithm.
inline constexpr int replay_slots = 12;

void replay_fp32(const ReplayStretch<std::uint32_t>& stretch, const ReplayManner& manner);
void replay_bf16(const ReplayStretch<std::uint16_t>& stretch, const ReplayManner& manner);
void replay_fp16(const ReplayStretch<std::uint16_t>& stretch, const ReplayManner& manner);
void replay_fp8_e4m3(const ReplayStretch<std::uint8_t>& stretch, const ReplayManner& manner);
void replay_fp8_e5m2(const ReplayStretch<std::uint8_t>& stretch, const ReplayManner& manner);

}  // namespace reducecheck::ordering
