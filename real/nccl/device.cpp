// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>

#include "real/nccl/check.hpp"

namespace reducecheck::real {
namespace {

int attribute(cudaDeviceAttr which, int device) {
  int value = 0;
  check_cuda(cudaDeviceGetAttribute(&value, which, device), "cudaDeviceGetAttribute");
  return value;
}

std::atomic<bool>& abandoned() {
  static std::atomic<bool> is = false;
  return is;
}

/// Whether what is on the device may be given back: not on the way of an exception either.
bool may_wait() {
  return !abandoned() && std::uncaught_exceptions() == 0;
}

std::string version_told(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

}  // namespace

DeviceCount count_devices() {
  DeviceCount found;
  const cudaError_t code = cudaGetDeviceCount(&found.devices);
  if (code != cudaSuccess) {
    found.devices = 0;
    found.reason = cudaGetErrorString(code);
  } else if (found.devices == 0) {
    found.reason = "the driver lists no device";
  }
  return found;
}

std::vector<std::string> device_lines(int devices) {
  std::vector<std::string> lines;
  for (int d = 0; d < devices; ++d) {
    std::array<char, 32> bus{};
    check_cuda(cudaDeviceGetPCIBusId(bus.data(), bus.size(), d), "cudaDeviceGetPCIBusId");
    lines.push_back(fmt::format("{}  {}  compute capability {}.{}, {} multiprocessors", d,
                                bus.data(), attribute(cudaDevAttrComputeCapabilityMajor, d),
                                attribute(cudaDevAttrComputeCapabilityMinor, d),
                                attribute(cudaDevAttrMultiProcessorCount, d)));
  }
  return lines;
}

std::string cuda_versions() {
  int runtime = 0;
  int driver = 0;
  check_cuda(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  check_cuda(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  return fmt::format("CUDA runtime {}, {}", version_told(runtime),
                     driver == 0 ? "no driver" : "driver for " + version_told(driver));
}

void abandon_device() noexcept {
  abandoned() = true;
}

DeviceBuffer::~DeviceBuffer() {
  if (!may_wait()) return;
  for (void* block : blocks_) static_cast<void>(cudaFree(block));
}

void* DeviceBuffer::reserve(std::size_t bytes) {
  if (bytes <= bytes_ && !blocks_.empty()) return blocks_.back();
  // All that is kept is then no more than what is in use.
  const std::size_t wanted = std::max<std::size_t>({bytes, 2 * bytes_, 4096});
  void* block = nullptr;
  check_cuda(cudaMalloc(&block, wanted), "cudaMalloc");
  blocks_.push_back(block);
  bytes_ = wanted;
  return block;
}

Stream::Stream() {
  check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking),
             "cudaStreamCreateWithFlags");
}

Stream::~Stream() {
  if (may_wait()) static_cast<void>(cudaStreamDestroy(stream_));
}

bool Stream::idle() const {
  const cudaError_t code = cudaStreamQuery(stream_);
  if (code == cudaErrorNotReady) return false;
  check_cuda(code, "cudaStreamQuery");
  return true;
}

}  // namespace reducecheck::real
