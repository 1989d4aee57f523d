// SPDX-License-Identifier: Apache-2.0
// Devices and errors.
#include "real/standin/cuda_api.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <utility>

#include "real/standin/settings.hpp"

namespace reducecheck::standin {

cudaError_t& last_cuda_error() {
  thread_local cudaError_t last = cudaSuccess;
  return last;
}

cudaError_t cuda_result(cudaError_t code, const std::string& text) {
  if (code != cudaSuccess && code != cudaErrorNotReady) last_cuda_error() = code;
  if (!text.empty()) report(text);
  return code;
}

cudaError_t may_call(const char* function) {
  if (!inside_host_function()) return cudaSuccess;
  return cuda_result(cudaErrorNotPermitted,
                     fmt::format("{} is called by a host function of a stream", function));
}

bool is_device_number(int device) {
  return device >= 0 && device < settings().devices;
}

namespace {

struct ErrorText {
  cudaError_t code;
  const char* name;
  const char* text;
};

constexpr std::array<ErrorText, 16> error_texts = {{
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "an argument is not valid"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "no memory is left"},
    {cudaErrorInitializationError, "cudaErrorInitializationError", "the runtime cannot begin"},
    {cudaErrorInvalidDevicePointer, "cudaErrorInvalidDevicePointer",
     "a pointer is not into device memory"},
    {cudaErrorInvalidMemcpyDirection, "cudaErrorInvalidMemcpyDirection",
     "a copy has no such direction"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "the driver is older than the runtime"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "there is no device"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "there is no device of that number"},
    {cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle",
     "there is no stream or event of that handle"},
    {cudaErrorNotReady, "cudaErrorNotReady", "work is not over yet"},
    {cudaErrorIllegalAddress, "cudaErrorIllegalAddress", "an address is not device memory"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "work of a stream failed"},
    {cudaErrorNotPermitted, "cudaErrorNotPermitted", "the call is not permitted here"},
    {cudaErrorNotSupported, "cudaErrorNotSupported", "the stand-in does not have this"},
    {cudaErrorUnknown, "cudaErrorUnknown", "unknown error"},
}};

const ErrorText& error_text(cudaError_t code) {
  for (const ErrorText& each : error_texts) {
    if (each.code == code) return each;
  }
  return error_texts.back();
}

}  // namespace
}  // namespace reducecheck::standin

using namespace reducecheck::standin;

extern "C" {

cudaError_t cudaGetDeviceCount(int* count) {
  if (count == nullptr) return cuda_result(cudaErrorInvalidValue);
  *count = settings().devices;
  return cuda_result(*count == 0 ? cudaErrorNoDevice : cudaSuccess);
}

cudaError_t cudaSetDevice(int device) {
  if (!is_device_number(device)) return cuda_result(cudaErrorInvalidDevice);
  Engine::current_device() = device;
  return cudaSuccess;
}

cudaError_t cudaGetDevice(int* device) {
  if (device == nullptr) return cuda_result(cudaErrorInvalidValue);
  *device = Engine::current_device();
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attr, int device) {
  if (value == nullptr) return cuda_result(cudaErrorInvalidValue);
  if (!is_device_number(device)) return cuda_result(cudaErrorInvalidDevice);
  switch (attr) {
    case cudaDevAttrMaxThreadsPerBlock: *value = 1024; return cudaSuccess;
    case cudaDevAttrWarpSize: *value = 32; return cudaSuccess;
    case cudaDevAttrMultiProcessorCount: *value = 1; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor: *value = 9; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor: *value = 0; return cudaSuccess;
  }
  return cuda_result(cudaErrorNotSupported);
}

cudaError_t cudaDeviceGetPCIBusId(char* pciBusId, int len, int device) {
  if (!is_device_number(device)) return cuda_result(cudaErrorInvalidDevice);
  const std::string text = fmt::format("0000:{:02X}:00.0", device);
  const auto size = static_cast<std::size_t>(len);
  if (pciBusId == nullptr || len < 13 || size <= text.size()) {
    return cuda_result(cudaErrorInvalidValue);
  }
  std::memcpy(pciBusId, text.c_str(), text.size() + 1);
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* runtimeVersion) {
  if (runtimeVersion == nullptr) return cuda_result(cudaErrorInvalidValue);
  *runtimeVersion = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int* driverVersion) {
  return cudaRuntimeGetVersion(driverVersion);
}

const char* cudaGetErrorString(cudaError_t error) {
  return error_text(error).text;
}

const char* cudaGetErrorName(cudaError_t error) {
  return error_text(error).name;
}

cudaError_t cudaGetLastError(void) {
  return std::exchange(last_cuda_error(), cudaSuccess);
}

cudaError_t cudaPeekAtLastError(void) {
  return last_cuda_error();
}

}  // extern "C"
