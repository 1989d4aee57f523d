// SPDX-License-Identifier: Apache-2.0
// The files of this folder are compiled twice, for a GPU and for the host. Which context bodies see
// is decided here and nowhere else.
#pragma once

#ifdef __CUDACC__
#include "kernels/cuda/launch.cuh"
namespace reducecheck::kernels {
using device::Context;
using device::Grid;
using device::Launch;
}  // namespace reducecheck::kernels
#else
#include "kernels/host/launch.hpp"
namespace reducecheck::kernels {
using host::Context;
using host::Grid;
using host::Launch;
}  // namespace reducecheck::kernels
#endif

#include <algorithm>
#include <string>

#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {

template <class T>
using View = Context::View<T>;

inline constexpr std::uint32_t block_threads = 256;

/// Threads for n elements, or for n packs of them; a thread takes several where there are many.
inline Grid grid_of(std::size_t n) {
  const std::size_t blocks = (n + block_threads - 1) / block_threads;
  return {static_cast<std::uint32_t>(std::clamp<std::size_t>(blocks, 1, 8192)), block_threads, 0};
}

/// Calls action(E{}) with the type that `type` names.
template <class Action>
void with_element(Element type, const Action& action) {
  switch (type) {
    case Element::u64: return action(U64{});
    case Element::fp32: return action(Fp32{});
    case Element::bf16: return action(Bf16{});
    case Element::fp16: return action(Fp16{});
  }
}

/// The same of the floating types. Throws LaunchError of u64.
template <class Action>
void with_floating(Element type, const char* kernel, const Action& action) {
  switch (type) {
    case Element::u64:
      throw LaunchError("kernel `" + std::string(kernel) +
                        "`: not of u64, where nothing can be divided; possible: fp32 bf16 fp16");
    case Element::fp32: return action(Fp32{});
    case Element::bf16: return action(Bf16{});
    case Element::fp16: return action(Fp16{});
  }
}

}  // namespace reducecheck::kernels
