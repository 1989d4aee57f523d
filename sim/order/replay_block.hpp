// SPDX-License-Identifier: Apache-2.0
// Internal to replay_kernels.cpp: a block of a replay, and how its operands are read.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/order/lanes.hpp"
#include "sim/order/replay_kernels.hpp"

namespace reducecheck::ordering {

template <class Encoding>
constexpr auto minus_zero_of = static_cast<Encoding>(1U << (8 * sizeof(Encoding) - 1));

/// Whether element `position` is the last of a 32-bit word of the buffer that reads 0x80000000.
template <class Encoding>
inline bool ends_minus_zero_word(const Encoding* element, std::size_t position) {
  constexpr std::size_t in_word = 4 / sizeof(Encoding);
  if (*element != minus_zero_of<Encoding> || position % in_word != in_word - 1) return false;
  for (std::size_t i = 1; i < in_word; ++i) {
    if (*(element - i) != 0) return false;
  }
  return true;
}

template <Format F, SumRounding R>
[[gnu::always_inline]] inline float added(float sum, float value) {
  const float exact = sum + value;
  return R == SumRounding::once ? exact : lane_round<F>(exact);
}

/// A block of elements at a time, small enough for the nearest cache.
constexpr std::size_t block_elements = 1024;

/// Ranks whose operands are read side by side: a processor fetches about eight streams ahead. Where
/// a rounding takes many instructions, memory is not what is waited for.
template <Format F>
constexpr std::size_t most_together = traits(F).bias == 127 ? 8 : 4;

/// Numbers of bf16 are read two at a time, as the halves of a word: widening is then one shift or
/// one mask, where single ones would have to be unpacked first. Sums of the first of each pair come
/// before all of the second.
template <Format F>
constexpr bool in_pairs = F == Format::bf16&& std::endian::native == std::endian::little;
constexpr std::size_t second_of_pair = block_elements / 2;

template <Format F>
struct ReplayBlock {
  std::size_t at = 0;
  std::size_t count = 0;
  float sums[replay_slots][block_elements];
  EncodingOf<F> encoded[block_elements];
  EncodingOf<F> mended[most_together<F>][block_elements];  // operands without some -0
};

/// The operand without the -0 that are lost, and a whole number of pairs. Few need it, so this is
/// compiled once, and not into every loop; static, because sim/bench compiles it for another
/// processor too.
template <Format F>
[[gnu::noinline]] static const EncodingOf<F>* mend(const EncodingOf<F>* from, MinusZero minus_zero,
                                                   ReplayBlock<F>& block, std::size_t place) {
  EncodingOf<F>* const to = block.mended[place];
  for (std::size_t j = 0; j < block.count; ++j) {
    const bool lost = minus_zero == MinusZero::lost ? from[j] == minus_zero_of<EncodingOf<F>>
                      : minus_zero == MinusZero::lost_in_words
                          ? ends_minus_zero_word(from + j, block.at + j)
                          : false;
    to[j] = lost ? EncodingOf<F>{0} : from[j];
  }
  if (block.count % 2 == 1) to[block.count] = 0;
  return to;
}

/// What a rank holds of the block.
template <Format F>
[[gnu::always_inline]] inline const EncodingOf<F>* operand(
    const ReplayStretch<EncodingOf<F>>& stretch, MinusZero minus_zero, int rank,
    ReplayBlock<F>& block, std::size_t place) {
  const EncodingOf<F>* const from = stretch.inputs[rank] + block.at;
  const bool whole = !in_pairs<F> || block.count % 2 == 0;
  if (whole && minus_zero == MinusZero::kept) return from;
  return mend<F>(from, minus_zero, block, place);
}

/// The pair of numbers of bf16 that begins at `from`, widened.
struct WidePair {
  float first;
  float second;
};
[[gnu::always_inline]] inline WidePair wide_pair(const void* from) {
  std::uint32_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return {std::bit_cast<float>(word << 16), std::bit_cast<float>(word & 0xffff0000U)};
}

/// So many elements of an operand are one line of a cache.
template <Format F>
constexpr std::size_t in_line = 64 / sizeof(EncodingOf<F>);

/// Asks for what is read next. Processors do that by themselves for one stream, and too late for
/// several; beyond what an operand has, nothing happens.
template <std::size_t K, Format F>
[[gnu::always_inline]] inline void fetch_ahead(const EncodingOf<F>* const (&from)[K],
                                               std::size_t at) {
  constexpr std::size_t ahead = 256;
  for (std::size_t k = 0; k < K; ++k) {
    __builtin_prefetch(reinterpret_cast<const char*>(from[k] + at) + ahead);
  }
}

}  // namespace reducecheck::ordering
