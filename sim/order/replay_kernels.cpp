// SPDX-License-Identifier: Apache-2.0
#include "sim/order/replay_kernels.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sim/order/lanes.hpp"
#include "sim/order/replay_block.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

// As in sim/domain/contract.cpp: one binary, a version of each loop for every level, the same bits.
// sim/bench compiles this once more, for one processor only.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_THREAD__) && !defined(REDUCECHECK_ONE_VERSION)
#define REDUCECHECK_CLONES \
  __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define REDUCECHECK_CLONES
#endif

#define REDUCECHECK_INLINE [[gnu::always_inline]] inline

namespace reducecheck::ordering {
namespace {

/// Adds numbers [at, at + N) of the operands, in pairs where they are read so. The sums are in a
/// block of our own, which is no operand.
template <std::size_t N, std::size_t K, bool Begins, Format F, SumRounding R>
REDUCECHECK_INLINE void add_line(const EncodingOf<F>* const (&from)[K], std::size_t at, float zero,
                                 float* sum) {
  if constexpr (in_pairs<F>) {
    float* const firsts = sum + at / 2;
    float* const seconds = firsts + second_of_pair;
#pragma GCC ivdep
    for (std::size_t j = 0; j < N / 2; ++j) {
      WidePair value = Begins ? wide_pair(from[0] + at + 2 * j) : WidePair{firsts[j], seconds[j]};
      if (Begins) value = {value.first + zero, value.second + zero};
      for (std::size_t k = Begins ? 1 : 0; k < K; ++k) {
        const WidePair next = wide_pair(from[k] + at + 2 * j);
        value = {added<F, R>(value.first, next.first), added<F, R>(value.second, next.second)};
      }
      firsts[j] = value.first;
      seconds[j] = value.second;
    }
  } else {
#pragma GCC ivdep
    for (std::size_t j = at; j < at + N; ++j) {
      float value = Begins ? lane_widen<F>(from[0][j]) + zero : sum[j];
      for (std::size_t k = Begins ? 1 : 0; k < K; ++k) {
        value = added<F, R>(value, lane_widen<F>(from[k][j]));
      }
      sum[j] = value;
    }
  }
}

/// Adds the operands of K ranks, one after the other, to the sums of a slot; with `Begins` to zero.
template <std::size_t K, bool Begins, Format F, SumRounding R>
REDUCECHECK_INLINE void add_ranks(const ReplayStretch<EncodingOf<F>>& stretch, MinusZero minus_zero,
                                  const int* ranks, float zero, ReplayBlock<F>& block, float* sum) {
  const EncodingOf<F>* from[K];
  for (std::size_t k = 0; k < K; ++k) from[k] = operand<F>(stretch, minus_zero, ranks[k], block, k);
  constexpr std::size_t line = in_line<F>;
  constexpr std::size_t least = in_pairs<F> ? 2 : 1;
  std::size_t at = 0;
  for (; at + line <= block.count; at += line) {
    fetch_ahead<K, F>(from, at);
    add_line<line, K, Begins, F, R>(from, at, zero, sum);
  }
  for (; at < block.count; at += least) add_line<least, K, Begins, F, R>(from, at, zero, sum);
}

/// The operands of one step, in turn. `zero` is what a sum begins with.
template <Format F, SumRounding R>
REDUCECHECK_INLINE void add_step(const ReplayStretch<EncodingOf<F>>& stretch, MinusZero minus_zero,
                                 const ReplayStep& step, float zero, ReplayBlock<F>& block,
                                 float* sum) {
  constexpr std::ptrdiff_t most = most_together<F>;
  const int* rank = stretch.program->operands.data() + step.first;
  const int* const end = rank + step.count;
  if (step.begins && end - rank >= most) {
    add_ranks<most, true, F, R>(stretch, minus_zero, rank, zero, block, sum);
    rank += most;
  } else if (step.begins) {
    add_ranks<1, true, F, R>(stretch, minus_zero, rank++, zero, block, sum);
  }
  for (; end - rank >= most; rank += most) {
    add_ranks<most, false, F, R>(stretch, minus_zero, rank, zero, block, sum);
  }
  if constexpr (most > 4) {
    if (end - rank >= 3) {
      add_ranks<3, false, F, R>(stretch, minus_zero, rank, zero, block, sum);
      rank += 3;
    }
  }
  while (rank != end) add_ranks<1, false, F, R>(stretch, minus_zero, rank++, zero, block, sum);
}

/// Returns the slot that holds the sums.
template <Format F, SumRounding R>
REDUCECHECK_INLINE int add_block(const ReplayStretch<EncodingOf<F>>& stretch,
                                 const ReplayManner& manner, ReplayBlock<F>& block) {
  float first = manner.from_zero ? 0.0F : -0.0F;  // x + -0 is x
  int slot = 0;
  for (const ReplayStep& step : stretch.program->steps) {
    slot = step.slot;
    float* const sum = block.sums[slot];
    add_step<F, R>(stretch, manner.minus_zero, step, first, block, sum);
    // Which operand meets +0 does not matter: only a sum of all -0 shows it.
    if (step.begins) first = -0.0F;
    if (step.other >= 0) {
      const float* const other = block.sums[step.other];
      const std::size_t first_ones = in_pairs<F> ? (block.count + 1) / 2 : block.count;
      for (std::size_t j = 0; j < first_ones; ++j) sum[j] = added<F, R>(sum[j], other[j]);
      if (!in_pairs<F>) continue;
      for (std::size_t j = second_of_pair; j < second_of_pair + first_ones; ++j) {
        sum[j] = added<F, R>(sum[j], other[j]);
      }
    }
  }
  return slot;
}

/// The sums of a block as encodings.
template <Format F, SumRounding R>
REDUCECHECK_INLINE void encode_block(ReplayBlock<F>& block, const float* sum) {
  const auto rounded = [](float x) __attribute__((always_inline)) {
    return R == SumRounding::once ? lane_round<F>(x) : x;
  };
  if constexpr (in_pairs<F>) {
    for (std::size_t j = 0; j < (block.count + 1) / 2; ++j) {
      const auto first = std::bit_cast<std::uint32_t>(rounded(sum[j]));
      const auto second = std::bit_cast<std::uint32_t>(rounded(sum[second_of_pair + j]));
      const std::uint32_t word = (first >> 16) | second;
      std::memcpy(block.encoded + 2 * j, &word, sizeof word);
    }
  } else {
    for (std::size_t j = 0; j < block.count; ++j) {
      block.encoded[j] = lane_encode<F>(rounded(sum[j]));
    }
  }
}

/// Copies, past the caches where it can: memory is then not read before it is written.
inline void put(void* to, const void* from, std::size_t bytes, bool past_caches) {
#ifdef __SSE2__
  const bool fits = reinterpret_cast<std::uintptr_t>(to) % 16 == 0 && bytes % 16 == 0;
  if (past_caches && fits) {
    auto* const words = static_cast<__m128i*>(to);
    const auto* const source = static_cast<const __m128i*>(from);
    for (std::size_t i = 0; i < bytes / 16; ++i) {
      _mm_stream_si128(words + i, _mm_loadu_si128(source + i));
    }
    return;
  }
#else
  static_cast<void>(past_caches);
#endif
  std::memcpy(to, from, bytes);
}

template <Format F, SumRounding R>
REDUCECHECK_INLINE void replay_rounded(const ReplayStretch<EncodingOf<F>>& stretch,
                                       const ReplayManner& manner) {
  ReplayBlock<F> block;
  const std::size_t end = stretch.offset + stretch.count;
  for (block.at = stretch.offset; block.at < end; block.at += block.count) {
    block.count = std::min(block_elements, end - block.at);
    encode_block<F, R>(block, block.sums[add_block<F, R>(stretch, manner, block)]);
    put(stretch.out + block.at, block.encoded, block.count * sizeof(EncodingOf<F>),
        manner.past_caches);
  }
#ifdef __SSE2__
  // Such stores are seen by other threads in any order until here.
  if (manner.past_caches) _mm_sfence();
#endif
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
