// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime_api.h>

#include "kernels/launch.hpp"

namespace reducecheck::kernels {

std::optional<std::string> take_failure(Queue queue) {
  cudaError_t status = cudaStreamQuery(static_cast<cudaStream_t>(queue.stream));
  if (status == cudaErrorNotReady) status = cudaSuccess;
  // Also what was left by a launch; an error that a kernel made stays, as CUDA has it.
  const cudaError_t left = cudaGetLastError();
  if (status == cudaSuccess && left != cudaErrorNotReady) status = left;
  if (status == cudaSuccess) return std::nullopt;
  return std::string("CUDA: ") + cudaGetErrorString(status);
}

}  // namespace reducecheck::kernels
