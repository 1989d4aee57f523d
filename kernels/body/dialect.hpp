// SPDX-License-Identifier: Apache-2.0
// The dialect of kernel bodies. A body is an aggregate of views and sizes with
//
//   __device__ void operator()(Ctx& ctx) const
//
// which every thread of the grid runs. All that a GPU adds to C++ comes through `ctx`:
//
//   ctx.thread() ctx.threads()    place in the block, threads of a block (a multiple of 32)
//   ctx.block() ctx.blocks()      place in the grid
//   ctx.sync()                    barrier of the block: all threads, the same line
//   ctx.shared<T>(count)          memory of the block, the same requests by all threads
//   ctx.shuffle_xor(x, mask)      x of the lane whose number differs in `mask`: all 32 lanes
//   ctx.atomic_add(view, i, x), ctx.atomic_min(view, i, x)   integers only: order-free
//   ctx.square_root(x)            of a double, rounded once
//
// Memory is seen through Ctx::View<T>: load(i), store(i, x), and load_pack<n>(i), store_pack(i, p)
// for n neighbours from an i that is a multiple of n, of aligned views. There is nothing else: no
// PTX, no partial masks, no atomic floats, no waiting for another block.
//
// Every function that a body calls is marked __device__, which the build defines as nothing for a
// host compiler. Functions of the standard library are not, constexpr ones either: nvcc would take
// those with --expt-relaxed-constexpr, but with it a call of a host function in a constexpr body is
// compiled to nothing, without a word.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reducecheck::kernels {

/// Neighbours that one instruction moves.
template <class T, std::size_t n>
struct alignas(n * sizeof(T)) Pack {
  T lane[n];
};

/// Elements in 16 bytes.
template <class T>
inline constexpr std::size_t pack_size = 16 / sizeof(T);

/// The thread's number in the grid, and the threads of the grid.
template <class Ctx>
__device__ std::size_t grid_index(const Ctx& ctx) {
  return std::size_t{ctx.block()} * ctx.threads() + ctx.thread();
}
template <class Ctx>
__device__ std::size_t grid_size(const Ctx& ctx) {
  return std::size_t{ctx.blocks()} * ctx.threads();
}

/// Where element i of a matrix is. One division for both: of 64 bits, it is a subroutine on a GPU.
struct Place {
  std::size_t row;
  std::size_t column;
};
__device__ inline Place place_of(std::size_t i, std::size_t columns) {
  const std::size_t row = i / columns;
  return {row, i - row * columns};
}

}  // namespace reducecheck::kernels
