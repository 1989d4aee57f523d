// SPDX-License-Identifier: Apache-2.0
// `kernels_planted FAULT`: a kernel with one fault, for compute-sanitizer to find, or `none`.
#include <cuda_runtime_api.h>

#include <cstdio>
#include <string>

namespace {

enum class PlantedFault { none, out_of_bounds, race, uninitialised, divergent_barrier };

__global__ void planted_kernel(int* data, int n, PlantedFault fault) {
  __shared__ int shared[64];
  const int i = static_cast<int>(threadIdx.x);
  shared[i] = i;
  if (fault != PlantedFault::race) __syncthreads();
  const int neighbour = shared[(i + 33) % 64];
  if (fault == PlantedFault::divergent_barrier && i < 16) __syncthreads();
  __syncthreads();
  const int from = fault == PlantedFault::uninitialised ? data[i] : 0;
  data[fault == PlantedFault::out_of_bounds ? i + n : i] = neighbour + from;
}

}  // namespace

int main(int count, char** words) {
  const std::string names[] = {"none", "out_of_bounds", "race", "uninitialised",
                               "divergent_barrier"};
  int fault = 0;
  while (fault < 5 && (count != 2 || names[fault] != words[1])) ++fault;
  if (fault == 5) {
    std::fprintf(stderr,
                 "kernels_planted: error: expected one of none, out_of_bounds, race, "
                 "uninitialised, divergent_barrier\n");
    return 2;
  }
  constexpr int n = 64;
  int* data = nullptr;
  if (cudaMalloc(&data, n * sizeof(int)) != cudaSuccess) return 77;
  planted_kernel<<<1, n>>>(data, n, static_cast<PlantedFault>(fault));
  // What a fault does without a sanitizer is not the question here.
  static_cast<void>(cudaDeviceSynchronize());
  static_cast<void>(cudaFree(data));
  return 0;
}
