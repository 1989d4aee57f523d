// SPDX-License-Identifier: Apache-2.0
#include <cuda_runtime_api.h>

#include <array>
#include <utility>

#include "kernels/golden/site.hpp"

namespace reducecheck::kernels::golden {
namespace {

void check_cuda(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw LaunchError(std::string(what) + ": " + cudaGetErrorString(status));
}

/// Two streams that do not wait for each other.
cudaStream_t stream(std::size_t which) {
  static std::array<cudaStream_t, 2> streams{};
  if (streams[which] == nullptr) {
    check_cuda(cudaStreamCreateWithFlags(&streams[which], cudaStreamNonBlocking),
               "cudaStreamCreateWithFlags");
  }
  return streams[which];
}

}  // namespace

std::string site_name() {
  int devices = 0;
  cudaDeviceProp facts{};
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return "";
  if (cudaGetDeviceProperties(&facts, 0) != cudaSuccess) return "";
  return facts.name;
}

Queue queue_of(std::uint64_t repetition) {
  return {.stream = stream(repetition % 2)};
}

void finish(Queue queue) {
  check_cuda(cudaStreamSynchronize(static_cast<cudaStream_t>(queue.stream)),
             "cudaStreamSynchronize");
}

void copy_there(Queue queue, void* to, const void* from, std::size_t bytes) {
  check_cuda(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice,
                             static_cast<cudaStream_t>(queue.stream)),
             "cudaMemcpyAsync");
}

SiteMemory::SiteMemory(std::size_t bytes) {
  check_cuda(cudaMalloc(&data_, bytes + 1), "cudaMalloc");
}
SiteMemory::~SiteMemory() {
  cudaFree(data_);
}
SiteMemory::SiteMemory(SiteMemory&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}

void SiteMemory::write(const void* from, std::size_t bytes) const {
  check_cuda(cudaMemcpy(data_, from, bytes, cudaMemcpyHostToDevice), "cudaMemcpy");
  // From pageable memory the call may return before the bytes are there, as other streams see it.
  check_cuda(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
}

void SiteMemory::read(void* to, std::size_t bytes) const {
  check_cuda(cudaMemcpy(to, data_, bytes, cudaMemcpyDeviceToHost), "cudaMemcpy");
}

}  // namespace reducecheck::kernels::golden
