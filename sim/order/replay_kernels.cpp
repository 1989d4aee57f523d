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

/// Sums of elements that follow each other: of the first and the second number of each pair where
/// they are read so, otherwise all of them as firsts.
struct Sums {
  float* firsts;
  float* seconds;
};

/// The sums of a block from its element `at` on.
template <Format F>
REDUCECHECK_INLINE Sums sums_at(float* sum, std::size_t at) {
  if constexpr (in_pairs<F>) return {sum + at / 2, sum + second_of_pair + at / 2};
  return {sum + at, nullptr};
}

/// Adds numbers [at, at + N) of the operands to `before`, or to `zero` with `Begins`, in pairs
/// where they are read so. The sums are in memory of our own, which is no operand.
template <std::size_t N, std::size_t K, bool Begins, Format F, SumRounding R>
REDUCECHECK_INLINE void add_line(const EncodingOf<F>* const (&from)[K], std::size_t at, float zero,
                                 Sums before, Sums after) {
  if constexpr (in_pairs<F>) {
#pragma GCC ivdep
    for (std::size_t j = 0; j < N / 2; ++j) {
      WidePair value =
          Begins ? wide_pair(from[0] + at + 2 * j) : WidePair{before.firsts[j], before.seconds[j]};
      if (Begins) value = {value.first + zero, value.second + zero};
      for (std::size_t k = Begins ? 1 : 0; k < K; ++k) {
        const WidePair next = wide_pair(from[k] + at + 2 * j);
        value = {added<F, R>(value.first, next.first), added<F, R>(value.second, next.second)};
      }
      after.firsts[j] = value.first;
      after.seconds[j] = value.second;
    }
  } else {
#pragma GCC ivdep
    for (std::size_t j = 0; j < N; ++j) {
      float value = Begins ? lane_widen<F>(from[0][at + j]) + zero : before.firsts[j];
      for (std::size_t k = Begins ? 1 : 0; k < K; ++k) {
        value = added<F, R>(value, lane_widen<F>(from[k][at + j]));
      }
      after.firsts[j] = value;
    }
  }
}

/// The encodings of `count` sums, which of pairs are whole ones.
template <Format F, SumRounding R>
REDUCECHECK_INLINE void encode(Sums sums, std::size_t count, EncodingOf<F>* to) {
  const auto rounded = [](float x) __attribute__((always_inline)) {
    return R == SumRounding::once ? lane_round<F>(x) : x;
  };
  if constexpr (in_pairs<F>) {
    for (std::size_t j = 0; j < (count + 1) / 2; ++j) {
      const auto first = std::bit_cast<std::uint32_t>(rounded(sums.firsts[j]));
      const auto second = std::bit_cast<std::uint32_t>(rounded(sums.seconds[j]));
      const std::uint32_t word = (first >> 16) | second;
      std::memcpy(to + 2 * j, &word, sizeof word);
    }
  } else {
    for (std::size_t j = 0; j < count; ++j) to[j] = lane_encode<F>(rounded(sums.firsts[j]));
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

/// The sums of a block from its element `at` on become results.
template <Format F, SumRounding R>
REDUCECHECK_INLINE void finish(const ReplayStretch<EncodingOf<F>>& stretch,
                               const ReplayManner& manner, ReplayBlock<F>& block, float* sum,
                               std::size_t at) {
  const std::size_t count = block.count - at;
  encode<F, R>(sums_at<F>(sum, at), count, block.encoded);
  put(stretch.out + block.at + at, block.encoded, count * sizeof(EncodingOf<F>),
      manner.past_caches);
}

/// Adds the operands of K ranks, one after the other, to the sums of a slot; with `Begins` to zero.
/// With `Ends` the sums become results line by line, without being written and read once more.
template <std::size_t K, bool Begins, bool Ends, Format F, SumRounding R>
REDUCECHECK_INLINE void add_ranks(const ReplayStretch<EncodingOf<F>>& stretch,
                                  const ReplayManner& manner, const int* ranks, float zero,
                                  ReplayBlock<F>& block, float* sum) {
  const EncodingOf<F>* from[K];
  for (std::size_t k = 0; k < K; ++k) {
    from[k] = operand<F>(stretch, manner.minus_zero, ranks[k], block, k);
  }
  constexpr std::size_t line = in_line<F>;
  constexpr std::size_t least = in_pairs<F> ? 2 : 1;
  std::size_t at = 0;
  for (; at + line <= block.count; at += line) {
    fetch_ahead<K, F>(from, at);
    const Sums sums = sums_at<F>(sum, at);
    if constexpr (Ends) {
      float ended[line];
      EncodingOf<F> encoded[line];
      const Sums results{ended, ended + line / 2};
      add_line<line, K, Begins, F, R>(from, at, zero, sums, results);
      encode<F, R>(results, line, encoded);
      put(stretch.out + block.at + at, encoded, sizeof encoded, manner.past_caches);
    } else {
      add_line<line, K, Begins, F, R>(from, at, zero, sums, sums);
    }
  }
  const std::size_t rest = at;
  for (; at < block.count; at += least) {
    const Sums sums = sums_at<F>(sum, at);
    add_line<least, K, Begins, F, R>(from, at, zero, sums, sums);
  }
  if (Ends && rest < block.count) finish<F, R>(stretch, manner, block, sum, rest);
}

/// The operands of one step, in turn. `zero` is what a sum begins with. Whether the sums became
/// results, which those of the last step may.
template <Format F, SumRounding R>
REDUCECHECK_INLINE bool add_step(const ReplayStretch<EncodingOf<F>>& stretch,
                                 const ReplayManner& manner, const ReplayStep& step, float zero,
                                 ReplayBlock<F>& block, float* sum) {
  constexpr std::ptrdiff_t most = most_together<F>;
  constexpr bool at_once = most > 4;  // where arithmetic takes longer, nothing is gained
  const bool last = at_once && step.other < 0 && &step == &stretch.program->steps.back();
  const int* rank = stretch.program->operands.data() + step.first;
  const int* const end = rank + step.count;
  if (step.begins && last && end - rank == most) {
    add_ranks<most, true, at_once, F, R>(stretch, manner, rank, zero, block, sum);
    return true;
  }
  if (step.begins && end - rank >= most) {
    add_ranks<most, true, false, F, R>(stretch, manner, rank, zero, block, sum);
    rank += most;
  } else if (step.begins) {
    add_ranks<1, true, false, F, R>(stretch, manner, rank++, zero, block, sum);
  }
  for (; end - rank >= most; rank += most) {
    if (last && end - rank == most) {
      add_ranks<most, false, at_once, F, R>(stretch, manner, rank, zero, block, sum);
      return true;
    }
    add_ranks<most, false, false, F, R>(stretch, manner, rank, zero, block, sum);
  }
  if constexpr (most > 4) {
    if (end - rank >= 3) {
      add_ranks<3, false, false, F, R>(stretch, manner, rank, zero, block, sum);
      rank += 3;
    }
  }
  while (rank != end) add_ranks<1, false, false, F, R>(stretch, manner, rank++, zero, block, sum);
  return false;
}

/// The sums of a block, as results.
template <Format F, SumRounding R>
REDUCECHECK_INLINE void add_block(const ReplayStretch<EncodingOf<F>>& stretch,
                                  const ReplayManner& manner, ReplayBlock<F>& block) {
  float first = manner.from_zero ? 0.0F : -0.0F;  // x + -0 is x
  int slot = 0;
  for (const ReplayStep& step : stretch.program->steps) {
    slot = step.slot;
    float* const sum = block.sums[slot];
    if (add_step<F, R>(stretch, manner, step, first, block, sum)) return;
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
  finish<F, R>(stretch, manner, block, block.sums[slot], 0);
}

template <Format F, SumRounding R>
REDUCECHECK_INLINE void replay_rounded(const ReplayStretch<EncodingOf<F>>& stretch,
                                       const ReplayManner& manner) {
  ReplayBlock<F> block;
  const std::size_t end = stretch.offset + stretch.count;
  for (block.at = stretch.offset; block.at < end; block.at += block.count) {
    block.count = std::min(block_elements, end - block.at);
    add_block<F, R>(stretch, manner, block);
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
