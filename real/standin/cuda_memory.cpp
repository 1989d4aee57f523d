// SPDX-License-Identifier: Apache-2.0
// Memory of devices: allocation, copies, fills.
#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "real/standin/cuda_api.hpp"

namespace reducecheck::standin {
namespace {

/// Which sides of a copy are device memory.
struct Direction {
  bool from_device = false;
  bool to_device = false;
};

Direction direction_of(const void* to, const void* from, cudaMemcpyKind kind) {
  const DeviceMemory& memory = Engine::the().memory;
  switch (kind) {
    case cudaMemcpyHostToHost: return {false, false};
    case cudaMemcpyHostToDevice: return {false, true};
    case cudaMemcpyDeviceToHost: return {true, false};
    case cudaMemcpyDeviceToDevice: return {true, true};
    case cudaMemcpyDefault: break;
  }
  return {memory.is_device(from), memory.is_device(to)};
}

/// Empty, or why one side of a copy or a fill is not what it should be.
std::string side_objection(const char* side, const void* pointer, std::size_t bytes,
                           bool on_device) {
  const DeviceMemory& memory = Engine::the().memory;
  std::string why;
  if (on_device || memory.was_freed(pointer)) {
    why = memory.objection(pointer, bytes, -1);
  } else if (memory.is_device(pointer)) {
    why = fmt::format("{} is device memory, not the host's", pointer);
  }
  return why.empty() ? "" : fmt::format("the {}: {}", side, why);
}

std::string copy_objection(const void* to, const void* from, std::size_t bytes,
                           const Direction& direction) {
  const std::string why = side_objection("destination", to, bytes, direction.to_device);
  return why.empty() ? side_objection("source", from, bytes, direction.from_device) : why;
}

/// Enqueues a copy whose host side is read now where the host may change it at once, as CUDA does
/// with memory that is not pinned. Whether the caller must wait, because such memory is written.
bool enqueue_copy(const std::shared_ptr<CUstream_st>& stream, void* to, const void* from,
                  std::size_t bytes, const Direction& direction) {
  Engine& engine = Engine::the();
  const auto* source = static_cast<const std::byte*>(from);
  if (!direction.from_device && !engine.memory.is_pinned(from)) {
    const std::vector<std::byte> staged(source, source + bytes);
    engine.enqueue(
        stream, work_of([=] {
          const std::string why = copy_objection(to, nullptr, bytes, {false, direction.to_device});
          if (!why.empty()) return report("a copy that was enqueued: " + why);
          std::memcpy(to, staged.data(), bytes);
        }));
    return !direction.to_device && !engine.memory.is_pinned(to);
  }
  engine.enqueue(stream, work_of([=] {
                   const std::string why = copy_objection(to, from, bytes, direction);
                   if (!why.empty()) return report("a copy that was enqueued: " + why);
                   std::memmove(to, from, bytes);
                 }));
  return !direction.to_device && !engine.memory.is_pinned(to);
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                 cudaStream_t handle, bool wait, const char* function) {
  if (const cudaError_t code = may_call(function); code != cudaSuccess) return code;
  Engine& engine = Engine::the();
  StreamPoint end;
  {
    const auto held = engine.lock();
    if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault) {
      return cuda_result(cudaErrorInvalidMemcpyDirection);
    }
    const auto stream = engine.stream(handle);
    if (stream == nullptr) return cuda_result(cudaErrorInvalidResourceHandle);
    if (bytes == 0) return cudaSuccess;
    const Direction direction = direction_of(to, from, kind);
    const std::string why = copy_objection(to, from, bytes, direction);
    if (!why.empty()) {
      return cuda_result(cudaErrorInvalidValue, fmt::format("{}: {}", function, why));
    }
    wait = enqueue_copy(stream, to, from, bytes, direction) || wait;
    end = Engine::end_of(stream);
  }
  return wait ? wait_for_point(end, function) : cudaSuccess;
}

cudaError_t fill(void* to, int value, std::size_t bytes, cudaStream_t handle, bool wait,
                 const char* function) {
  if (const cudaError_t code = may_call(function); code != cudaSuccess) return code;
  Engine& engine = Engine::the();
  StreamPoint end;
  {
    const auto held = engine.lock();
    const auto stream = engine.stream(handle);
    if (stream == nullptr) return cuda_result(cudaErrorInvalidResourceHandle);
    if (bytes == 0) return cudaSuccess;
    const std::string why = side_objection("destination", to, bytes, true);
    if (!why.empty()) {
      return cuda_result(cudaErrorInvalidValue, fmt::format("{}: {}", function, why));
    }
    engine.enqueue(stream, work_of([=] {
                     const std::string freed = side_objection("destination", to, bytes, true);
                     if (!freed.empty()) return report("a fill that was enqueued: " + freed);
                     std::memset(to, value, bytes);
                   }));
    end = Engine::end_of(stream);
  }
  return wait ? wait_for_point(end, function) : cudaSuccess;
}

cudaError_t release(void* pointer, bool pinned, const char* function) {
  if (pointer == nullptr) return cudaSuccess;
  // The device is done with everything before memory goes.
  const cudaError_t code = cudaDeviceSynchronize();
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const bool known = pinned == engine.memory.is_pinned(pointer);
  if (!known || !engine.memory.release(pointer)) {
    return cuda_result(cudaErrorInvalidValue,
                       fmt::format("{}: {} is not what an allocation gave, or it was freed before",
                                   function, pointer));
  }
  return code;
}

}  // namespace
}  // namespace reducecheck::standin

using namespace reducecheck::standin;

extern "C" {

cudaError_t cudaMalloc(void** devPtr, size_t size) {
  if (devPtr == nullptr) return cuda_result(cudaErrorInvalidValue);
  *devPtr = nullptr;
  if (!is_device_number(Engine::current_device())) return cuda_result(cudaErrorNoDevice);
  if (size == 0) return cudaSuccess;
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  *devPtr = engine.memory.allocate(size, Engine::current_device());
  return cuda_result(*devPtr == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

cudaError_t cudaFree(void* devPtr) {
  return release(devPtr, false, "cudaFree");
}

cudaError_t cudaMallocHost(void** ptr, size_t size) {
  if (ptr == nullptr) return cuda_result(cudaErrorInvalidValue);
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  *ptr = engine.memory.allocate_pinned(size);
  return cuda_result(*ptr == nullptr ? cudaErrorMemoryAllocation : cudaSuccess);
}

cudaError_t cudaFreeHost(void* ptr) {
  return release(ptr, true, "cudaFreeHost");
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  if (free == nullptr || total == nullptr) return cuda_result(cudaErrorInvalidValue);
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  *total = DeviceMemory::capacity;
  *free = *total - engine.memory.used(Engine::current_device());
  return cudaSuccess;
}

cudaError_t cudaMemcpy(void* dst, const void* src, size_t count, cudaMemcpyKind kind) {
  return copy(dst, src, count, kind, nullptr, true, "cudaMemcpy");
}

cudaError_t cudaMemcpyAsync(void* dst, const void* src, size_t count, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return copy(dst, src, count, kind, stream, false, "cudaMemcpyAsync");
}

cudaError_t cudaMemset(void* devPtr, int value, size_t count) {
  return fill(devPtr, value, count, nullptr, true, "cudaMemset");
}

cudaError_t cudaMemsetAsync(void* devPtr, int value, size_t count, cudaStream_t stream) {
  return fill(devPtr, value, count, stream, false, "cudaMemsetAsync");
}

}  // extern "C"
