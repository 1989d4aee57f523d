// SPDX-License-Identifier: Apache-2.0
#include "sim/order/replay_kernels.hpp"

#include <algorithm>

#include "sim/order/lanes.hpp"

// As in sim/domain/contract.cpp: one binary, a version of each loop for every level, the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define REDUCECHECK_CLONES \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define REDUCECHECK_CLONES
#endif

#define REDUCECHECK_INLINE [[gnu::always_inline]] inline

namespace reducecheck::ordering {
namespace {

template <class Encoding>
constexpr auto minus_zero_of = static_cast<Encoding>(1U << (8 * sizeof(Encoding) - 1));

/// Whether element `position` is the last of a 32-bit word of the buffer that reads 0x80000000.
template <class Encoding>
REDUCECHECK_INLINE bool ends_minus_zero_word(const Encoding* element, std::size_t position) {
  constexpr std::size_t in_word = 4 / sizeof(Encoding);
  if (*element != minus_zero_of<Encoding> || position % in_word != in_word - 1) return false;
  for (std::size_t i = 1; i < in_word; ++i) {
    if (*(element - i) != 0) return false;
  }
  return true;
}

template <Format F, SumRounding R>
REDUCECHECK_INLINE float added(float sum, float value) {
  const float exact = sum + value;
  return R == SumRounding::once ? exact : lane_round<F>(exact);
}

/// A block of elements at a time, small enough for the nearest cache.
constexpr std::size_t block_elements = 512;
constexpr std::size_t most_together = 4;

template <Format F>
struct Block {
  std::size_t at = 0;
  std::size_t count = 0;
  float sums[replay_slots][block_elements];
  EncodingOf<F> mended[most_together][block_elements];  // operands without some -0
};

/// What a rank holds of the block.
template <Format F>
REDUCECHECK_INLINE const EncodingOf<F>* operand(const ReplayStretch<EncodingOf<F>>& stretch,
                                                MinusZero minus_zero, int rank, Block<F>& block,
                                                std::size_t place) {
  const EncodingOf<F>* const from = stretch.inputs[rank] + block.at;
  if (minus_zero == MinusZero::kept) return from;
  EncodingOf<F>* const to = block.mended[place];
  if (minus_zero == MinusZero::lost) {
    for (std::size_t j = 0; j < block.count; ++j) {
      to[j] = from[j] == minus_zero_of<EncodingOf<F>> ? EncodingOf<F>{0} : from[j];
    }
  } else {
    for (std::size_t j = 0; j < block.count; ++j) {
      to[j] = ends_minus_zero_word(from + j, block.at + j) ? EncodingOf<F>{0} : from[j];
    }
  }
  return to;
}

/// Adds the operands of K ranks, one after the other, to the sums of a slot.
template <std::size_t K, Format F, SumRounding R>
REDUCECHECK_INLINE void add_ranks(const ReplayStretch<EncodingOf<F>>& stretch, MinusZero minus_zero,
                                  const int* ranks, Block<F>& block, float* sum) {
  const EncodingOf<F>* from[K];
  for (std::size_t k = 0; k < K; ++k) from[k] = operand<F>(stretch, minus_zero, ranks[k], block, k);
  for (std::size_t j = 0; j < block.count; ++j) {
    float value = sum[j];
    for (std::size_t k = 0; k < K; ++k) value = added<F, R>(value, lane_widen<F>(from[k][j]));
    sum[j] = value;
  }
}

/// Returns the slot that holds the sums.
template <Format F, SumRounding R>
REDUCECHECK_INLINE int add_block(const ReplayStretch<EncodingOf<F>>& stretch,
                                 const ReplayManner& manner, Block<F>& block) {
  float first = manner.from_zero ? 0.0F : -0.0F;  // x + -0 is x
  int slot = 0;
  for (const ReplayStep& step : stretch.program->steps) {
    const int* rank = stretch.program->operands.data() + step.first;
    const int* const end = rank + step.count;
    slot = step.slot;
    float* const sum = block.sums[slot];
    if (step.begins) {
      const EncodingOf<F>* const from = operand<F>(stretch, manner.minus_zero, *rank++, block, 0);
      for (std::size_t j = 0; j < block.count; ++j) sum[j] = lane_widen<F>(from[j]) + first;
      first = -0.0F;  // which operand meets +0 does not matter: only a sum of all -0 shows it
    }
    for (; static_cast<std::size_t>(end - rank) >= most_together; rank += most_together) {
      add_ranks<most_together, F, R>(stretch, manner.minus_zero, rank, block, sum);
    }
    for (; rank != end; ++rank) add_ranks<1, F, R>(stretch, manner.minus_zero, rank, block, sum);
    if (step.other >= 0) {
      const float* const other = block.sums[step.other];
      for (std::size_t j = 0; j < block.count; ++j) sum[j] = added<F, R>(sum[j], other[j]);
    }
  }
  return slot;
}

template <Format F, SumRounding R>
REDUCECHECK_INLINE void replay_rounded(const ReplayStretch<EncodingOf<F>>& stretch,
                                       const ReplayManner& manner) {
  Block<F> block;
  const std::size_t end = stretch.offset + stretch.count;
  for (block.at = stretch.offset; block.at < end; block.at += block.count) {
    block.count = std::min(block_elements, end - block.at);
    const float* const sum = block.sums[add_block<F, R>(stretch, manner, block)];
    EncodingOf<F>* const to = stretch.out + block.at;
    for (std::size_t j = 0; j < block.count; ++j) {
      to[j] = lane_encode<F>(R == SumRounding::once ? lane_round<F>(sum[j]) : sum[j]);
    }
  }
}

template <Format F>
REDUCECHECK_INLINE void replay(const ReplayStretch<EncodingOf<F>>& stretch,
                               const ReplayManner& manner) {
  if (manner.rounding == SumRounding::once) {
    replay_rounded<F, SumRounding::once>(stretch, manner);
  } else {
    replay_rounded<F, SumRounding::each_addition>(stretch, manner);
  }
}

}  // namespace

REDUCECHECK_CLONES
void replay_fp32(const ReplayStretch<std::uint32_t>& stretch, const ReplayManner& manner) {
  replay_rounded<Format::fp32, SumRounding::each_addition>(stretch, manner);
}

REDUCECHECK_CLONES
void replay_bf16(const ReplayStretch<std::uint16_t>& stretch, const ReplayManner& manner) {
  replay<Format::bf16>(stretch, manner);
}

REDUCECHECK_CLONES
void replay_fp16(const ReplayStretch<std::uint16_t>& stretch, const ReplayManner& manner) {
  replay<Format::fp16>(stretch, manner);
}

REDUCECHECK_CLONES
void replay_fp8_e4m3(const ReplayStretch<std::uint8_t>& stretch, const ReplayManner& manner) {
  replay<Format::fp8_e4m3>(stretch, manner);
}

REDUCECHECK_CLONES
void replay_fp8_e5m2(const ReplayStretch<std::uint8_t>& stretch, const ReplayManner& manner) {
  replay<Format::fp8_e5m2>(stretch, manner);
}

}  // namespace reducecheck::ordering
