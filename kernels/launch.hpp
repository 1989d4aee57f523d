// SPDX-License-Identifier: Apache-2.0
// Kernels of a mixture-of-experts layer and of reductions, as plain functions on device memory. Two
// libraries hold them, and a program links one: reducecheck::kernels_cuda runs them on a GPU,
// reducecheck::kernels_host runs the same bodies on the processor and watches them for races,
// divergent barriers, accesses out of bounds and reads of what nobody wrote.
//
// Matrices are row-major and dense, counts are in elements, and each function returns before its
// kernel has run. Both libraries leave the same bits, all NaN being one: every operation rounds
// once to nearest, ties to even, subnormals kept, and every sum has the order that is stated here.
// "Each rounded" means rounded to the element type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace reducecheck::kernels {

/// u64 is arithmetic modulo 2^64, which is exact in any order.
enum class Element : std::uint8_t { u64, fp32, bf16, fp16 };

constexpr std::size_t bytes_of(Element type) {
  return type == Element::u64 ? 8 : type == Element::fp32 ? 4 : 2;
}

/// A call that no kernel can serve: a null pointer, an element that is not aligned, a size beyond
/// the limits, a type without that operation, a stream that refuses.
struct LaunchError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a kernel did wrong while it ran on the host. With `enqueue` nobody can catch it: see
/// take_failure.
struct KernelFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The stream that kernels are put on, in order.
struct Queue {
  void* stream = nullptr;  // a cudaStream_t, or what `enqueue` takes for one

  /// For kernels on the host: calls callback(data) when its turn on the stream has come, and
  /// returns 0 unless it refuses, as cudaLaunchHostFunc does. Without it kernels run before the
  /// function returns. kernels_cuda has no use for it.
  int (*enqueue)(void* stream, void (*callback)(void* data), void* data) = nullptr;
};

/// The sentence of the first kernel on this stream that failed since the last call, and forgets it.
/// Wait for the stream first. Any thread may call it.
std::optional<std::string> take_failure(Queue queue);

/// `plain` is the shortest kernel that is right; `fast` leaves the same bits sooner.
enum class Rung : std::uint8_t { plain, fast };

/// How a sum keeps what it has so far: rounded to the type after each addition, or in fp32 with one
/// rounding to the type at the end. Of u64 and fp32 both are the same.
enum class Accumulation : std::uint8_t { each_addition, fp32 };

// Elementwise. `out` may be one of the operands.

/// out = a + b, each rounded.
void add(Queue queue, Element type, void* out, const void* a, const void* b, std::size_t n,
         Rung rung = Rung::fast);

/// out = a * b, each rounded.
void multiply(Queue queue, Element type, void* out, const void* a, const void* b, std::size_t n);

/// out = x * factor, each rounded; `factor` is an encoding of the type.
void scale(Queue queue, Element type, void* out, const void* x, std::uint64_t factor,
           std::size_t n);

/// out = x / divisor, each rounded; `divisor` is an encoding of the type. Not of u64.
void divide(Queue queue, Element type, void* out, const void* x, std::uint64_t divisor,
            std::size_t n);

/// out[r, j] = x[r, j] * factors[r], each rounded.
void scale_rows(Queue queue, Element type, void* out, const void* x, const void* factors,
                std::size_t rows, std::size_t columns);

/// out = act(gate) * up, both rounded, act(x) = x / (1 + exp(-x)) in binary64 by additions,
/// multiplications and one division of our own, within 2^-50 of the true value before it is
/// rounded. Of u64 act is a hash that keeps zero.
void swiglu(Queue queue, Element type, void* out, const void* gate, const void* up, std::size_t n);

/// What a tensor that nobody stores holds.
struct Contents {
  std::uint64_t key = 0;
  std::uint64_t first_row = 0;
  std::uint64_t first_column = 0;
  int shift = 0;  // in [0, 100]
  /// The row of the logical tensor that each row of the buffer is, instead of first_row onwards: an
  /// array of `rows` in device memory.
  const std::uint64_t* row_numbers = nullptr;
};

/// out[r, j] = h = mix(mix(key ^ row) + column * golden), mix being SplitMix64's; of a floating
/// type the top 24 bits of h as a two's complement integer, times 2^(-23 - shift), rounded.
void fill(Queue queue, Element type, void* out, const Contents& contents, std::size_t rows,
          std::size_t columns);

// Experts. A pair is a token and one of its choices: number token * choices + choice. Pairs in
// expert order: by expert, pairs of one expert in the order of their numbers.

/// Tables in device memory that say where each pair goes.
struct Permutation {
  std::int32_t* offsets = nullptr;  // [experts + 1]: where each expert's pairs begin, and their end
  std::int32_t* tokens = nullptr;   // [pairs]: the token of each place; -1 behind the last
  std::int32_t* places = nullptr;   // [pairs]: the place of each pair; -1 of no expert here
};

/// Fills the tables. ids[tokens, choices] in device memory; an id outside of [0, experts) is no
/// expert here. At most 1024 experts.
void permute(Queue queue, const Permutation& out, const std::int32_t* ids, std::size_t tokens,
             std::size_t choices, std::size_t experts);

/// out[r] = x[rows[r]], a row of zeros where rows[r] < 0. rows[r] < x_rows.
void gather_rows(Queue queue, Element type, void* out, const void* x, const std::int32_t* rows,
                 std::size_t out_rows, std::size_t x_rows, std::size_t columns,
                 Rung rung = Rung::fast);

/// out[r, j] = sum over i, ascending from zero, of x[r, i] * weight[i, j]: in fp32, each product
/// and each addition rounded to fp32, the sum rounded to the type. weight: [inner, columns].
void linear(Queue queue, Element type, void* out, const void* x, const void* weight,
            std::size_t rows, std::size_t inner, std::size_t columns, Rung rung = Rung::fast);

/// The same for rows [offsets[e], offsets[e + 1]) with weights[e], weights: [experts, inner,
/// columns]. offsets: [experts + 1] in device memory, ascending, from 0 to at most `rows`; rows
/// behind the last are left as they are.
void grouped_linear(Queue queue, Element type, void* out, const void* x, const void* weights,
                    const std::int32_t* offsets, std::size_t experts, std::size_t rows,
                    std::size_t inner, std::size_t columns, Rung rung = Rung::fast);

/// In which order a token adds what its experts returned.
enum class CombineOrder : std::uint8_t { by_place, by_choice };

/// out[t, j] = sum from zero over the choices c of t with places[t, c] >= 0 of
/// weights[t, c] * returned[places[t, c], j]. Each product is rounded to the type when each
/// addition is, else to fp32. by_place is ascending in expert order, by_choice ascending in c.
struct Combine {
  const void* returned = nullptr;  // [places, columns]
  const std::int32_t* places = nullptr;
  const void* weights = nullptr;
  std::size_t tokens = 0;
  std::size_t choices = 0;
  std::size_t columns = 0;
  CombineOrder order = CombineOrder::by_place;
  Accumulation accumulation = Accumulation::each_addition;
};
void combine(Queue queue, Element type, void* out, const Combine& combine);

// Rows.

/// out = h * f * weight with h = x + residual (x where there is no residual, and then no
/// residual_out) and f = 1 / sqrt(mean of squares of the row); residual_out = h. The sum of squares
/// runs over the columns ascending from zero in fp32, each product and addition rounded to fp32.
/// It, the mean, f, h, h * f and its product with the weight are each rounded to the type. weight:
/// [columns], or null. Not of u64.
struct Norm {
  void* residual_out = nullptr;
  const void* x = nullptr;
  const void* residual = nullptr;
  const void* weight = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
};
void rms_norm(Queue queue, Element type, void* out, const Norm& norm, Rung rung = Rung::fast);

// Reductions over buffers of several ranks that this device can read. What the other ranks write
// must be there when the kernel starts: order the streams by events or by a barrier of processes.

inline constexpr std::size_t most_peers = 16;

/// out = peers[0] + peers[1] + ..., a fold in the order of the ranks that starts at the first one's
/// value, so -0 stays. Every rank computes all of it.
void all_reduce_one_shot(Queue queue, Element type, void* out, std::span<const void* const> peers,
                         std::size_t n, Accumulation accumulation, Rung rung = Rung::fast);

/// The part of n elements that a rank owns in a two-shot all-reduce: as many packs of 16 bytes as
/// every other, and the rest to the last rank.
struct Share {
  std::size_t begin = 0;
  std::size_t size = 0;
};
Share two_shot_share(Element type, std::size_t n, std::size_t rank, std::size_t ranks);

/// out[i] = the sum over the ranks first, first + 1, ... modulo their number of peers[.][begin +
/// i]. The first shot of a two-shot all-reduce; out has share.size elements.
void reduce_share(Queue queue, Element type, void* out, std::span<const void* const> peers,
                  std::size_t n, Share share, std::size_t first, Accumulation accumulation);

/// out = the shares of all ranks, one behind the other: the second shot. shares[r] has
/// two_shot_share(type, n, r, ranks).size elements.
void gather_shares(Queue queue, Element type, void* out, std::span<const void* const> shares,
                   std::size_t n);

/// What one channel of a ring all-reduce of NCCL sums in which order. Chunk c of each loop is the
/// fold inputs[ring[c + 1]], inputs[ring[c + 2]], ..., inputs[ring[c]], indices modulo the ranks,
/// each rounded. A loop is ranks * chunk elements; the chunks of the last are
/// ceil(rest / ranks) rounded up to 16 bytes.
struct Ring {
  std::span<const std::int32_t> order;  // in host memory, a permutation; order[0] is rank 0
  std::size_t chunk = 0;                // elements of a chunk of a full loop, at least 1
};
void ring_fold(Queue queue, Element type, void* out, std::span<const void* const> inputs,
               std::size_t n, const Ring& ring);

/// Where two buffers differ.
struct Comparison {
  std::uint64_t mismatches = 0;
  std::uint64_t first = ~std::uint64_t{0};  // index of the first; all ones where there is none
};

/// *result, in device memory, says where the encodings of a and b differ. All NaN are equal; 0 and
/// -0 are not.
void compare(Queue queue, Element type, Comparison* result, const void* a, const void* b,
             std::size_t n);

}  // namespace reducecheck::kernels
