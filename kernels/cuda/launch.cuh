// SPDX-License-Identifier: Apache-2.0
// One launch on a GPU. The only place with the launch syntax.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <type_traits>
#include <utility>

#include "kernels/cuda/context.cuh"
#include "kernels/launch.hpp"
#include "kernels/launch/checks.hpp"

namespace reducecheck::kernels::device {

/// A grid of one dimension.
struct Grid {
  std::uint32_t blocks = 1;
  std::uint32_t threads = 32;
  std::size_t shared_bytes = 0;
};

template <class Body>
__global__ void __launch_bounds__(256) run_body(const __grid_constant__ Body body) {
  Context context;
  body(context);
}

class Launch {
 public:
  Launch(Queue queue, std::string kernel)
      : stream_(static_cast<cudaStream_t>(queue.stream)), kernel_(std::move(kernel)) {}

  /// A buffer of `count` elements. Throws LaunchError for one that cannot be.
  template <class T>
  View<T> out(const char* name, void* data, std::size_t count) const {
    check_buffer(kernel_, name, data, count, sizeof(T));
    return View<T>(static_cast<T*>(data));
  }
  template <class T>
  View<const T> in(const char* name, const void* data, std::size_t count) const {
    check_buffer(kernel_, name, data, count, sizeof(T));
    return View<const T>(static_cast<const T*>(data));
  }

  template <class Body>
  void run(const Grid& grid, const Body& body) const {
    run_body<<<grid.blocks, grid.threads, grid.shared_bytes, stream_>>>(body);
    const cudaError_t status = cudaGetLastError();
    if (status == cudaSuccess) return;
    throw LaunchError("kernel `" + kernel_ + "`: " + cudaGetErrorString(status));
  }

 private:
  cudaStream_t stream_;
  std::string kernel_;
};

}  // namespace reducecheck::kernels::device
