// SPDX-License-Identifier: Apache-2.0
// What a body on a GPU may ask; the dialect is described in kernels/body/dialect.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/body/dialect.hpp"

namespace reducecheck::kernels::device {

/// All shared memory of a block, as the launch asked for it.
extern __shared__ __align__(16) unsigned char arena[];

/// A buffer as a body sees it; a view without a buffer is absent.
template <class T>
class View {
 public:
  using Value = std::remove_const_t<T>;

  View() = default;
  __host__ __device__ explicit View(T* data) : data_(data) {}

  __device__ bool absent() const { return data_ == nullptr; }
  __device__ Value load(std::size_t index) const { return data_[index]; }
  __device__ void store(std::size_t index, Value value) const { data_[index] = value; }

  template <std::size_t n>
  __device__ Pack<Value, n> load_pack(std::size_t index) const {
    return *reinterpret_cast<const Pack<Value, n>*>(data_ + index);
  }
  template <std::size_t n>
  __device__ void store_pack(std::size_t index, const Pack<Value, n>& pack) const {
    *reinterpret_cast<Pack<Value, n>*>(data_ + index) = pack;
  }

  __device__ T* at(std::size_t index) const { return data_ + index; }

 private:
  T* data_ = nullptr;
};

class Context {
 public:
  template <class T>
  using View = device::View<T>;

  __device__ std::uint32_t thread() const { return threadIdx.x; }
  __device__ std::uint32_t threads() const { return blockDim.x; }
  __device__ std::uint32_t block() const { return blockIdx.x; }
  __device__ std::uint32_t blocks() const { return gridDim.x; }

  __device__ void sync() const { __syncthreads(); }

  template <class T>
  __device__ View<T> shared(std::size_t count) {
    T* data = reinterpret_cast<T*>(arena + shared_used_);
    // The next begins where every type may.
    shared_used_ += (count * sizeof(T) + 15) / 16 * 16;
    return View<T>(data);
  }

  template <class T>
  __device__ T shuffle_xor(T value, std::uint32_t mask) const {
    return __shfl_xor_sync(0xffffffffU, value, static_cast<int>(mask));
  }

  // uint64_t is unsigned long here, for which CUDA's functions have no overload of their own.
  __device__ std::uint64_t atomic_add(const View<std::uint64_t>& view, std::size_t index,
                                      std::uint64_t value) const {
    return atomicAdd(reinterpret_cast<unsigned long long*>(view.at(index)), value);
  }
  __device__ std::uint64_t atomic_min(const View<std::uint64_t>& view, std::size_t index,
                                      std::uint64_t value) const {
    return atomicMin(reinterpret_cast<unsigned long long*>(view.at(index)), value);
  }
  __device__ std::int32_t atomic_add(const View<std::int32_t>& view, std::size_t index,
                                     std::int32_t value) const {
    return atomicAdd(view.at(index), value);
  }

  __device__ double square_root(double x) const { return __dsqrt_rn(x); }

 private:
  std::size_t shared_used_ = 0;
};

}  // namespace reducecheck::kernels::device
