// SPDX-License-Identifier: Apache-2.0
// Numbers and signatures of the CUDA runtime.
#include "real/standin/header_facts_test.hpp"

#include <cuda_runtime_api.h>

#include <typeinfo>

// Compiled twice, with the stand-in's header and with the library's own; REDUCECHECK_FACTS, given
// by the build, names which.
namespace reducecheck::standin::REDUCECHECK_FACTS {

namespace {

const HeaderFacts all_facts = {
    {"cudaSuccess", std::to_string(cudaSuccess)},
    {"cudaErrorInvalidValue", std::to_string(cudaErrorInvalidValue)},
    {"cudaErrorMemoryAllocation", std::to_string(cudaErrorMemoryAllocation)},
    {"cudaErrorInitializationError", std::to_string(cudaErrorInitializationError)},
    {"cudaErrorInvalidDevicePointer", std::to_string(cudaErrorInvalidDevicePointer)},
    {"cudaErrorInvalidMemcpyDirection", std::to_string(cudaErrorInvalidMemcpyDirection)},
    {"cudaErrorInsufficientDriver", std::to_string(cudaErrorInsufficientDriver)},
    {"cudaErrorNoDevice", std::to_string(cudaErrorNoDevice)},
    {"cudaErrorInvalidDevice", std::to_string(cudaErrorInvalidDevice)},
    {"cudaErrorInvalidResourceHandle", std::to_string(cudaErrorInvalidResourceHandle)},
    {"cudaErrorNotReady", std::to_string(cudaErrorNotReady)},
    {"cudaErrorIllegalAddress", std::to_string(cudaErrorIllegalAddress)},
    {"cudaErrorLaunchFailure", std::to_string(cudaErrorLaunchFailure)},
    {"cudaErrorNotPermitted", std::to_string(cudaErrorNotPermitted)},
    {"cudaErrorNotSupported", std::to_string(cudaErrorNotSupported)},
    {"cudaErrorUnknown", std::to_string(cudaErrorUnknown)},
    {"cudaMemcpyHostToHost", std::to_string(cudaMemcpyHostToHost)},
    {"cudaMemcpyHostToDevice", std::to_string(cudaMemcpyHostToDevice)},
    {"cudaMemcpyDeviceToHost", std::to_string(cudaMemcpyDeviceToHost)},
    {"cudaMemcpyDeviceToDevice", std::to_string(cudaMemcpyDeviceToDevice)},
    {"cudaMemcpyDefault", std::to_string(cudaMemcpyDefault)},
    {"cudaDevAttrMaxThreadsPerBlock", std::to_string(cudaDevAttrMaxThreadsPerBlock)},
    {"cudaDevAttrWarpSize", std::to_string(cudaDevAttrWarpSize)},
    {"cudaDevAttrMultiProcessorCount", std::to_string(cudaDevAttrMultiProcessorCount)},
    {"cudaDevAttrComputeCapabilityMajor", std::to_string(cudaDevAttrComputeCapabilityMajor)},
    {"cudaDevAttrComputeCapabilityMinor", std::to_string(cudaDevAttrComputeCapabilityMinor)},
    {"sizeof(cudaError_t)", std::to_string(sizeof(cudaError_t))},
    {"sizeof(cudaStream_t)", std::to_string(sizeof(cudaStream_t))},
    {"cudaStreamDefault", std::to_string(cudaStreamDefault)},
    {"cudaStreamNonBlocking", std::to_string(cudaStreamNonBlocking)},
    {"cudaEventDefault", std::to_string(cudaEventDefault)},
    {"cudaEventBlockingSync", std::to_string(cudaEventBlockingSync)},
    {"cudaEventDisableTiming", std::to_string(cudaEventDisableTiming)},
    {"cudaGetDeviceCount", typeid(&cudaGetDeviceCount).name()},
    {"cudaSetDevice", typeid(&cudaSetDevice).name()},
    {"cudaGetDevice", typeid(&cudaGetDevice).name()},
    {"cudaDeviceSynchronize", typeid(&cudaDeviceSynchronize).name()},
    {"cudaDeviceGetAttribute", typeid(&cudaDeviceGetAttribute).name()},
    {"cudaDeviceGetPCIBusId", typeid(&cudaDeviceGetPCIBusId).name()},
    {"cudaRuntimeGetVersion", typeid(&cudaRuntimeGetVersion).name()},
    {"cudaDriverGetVersion", typeid(&cudaDriverGetVersion).name()},
    {"cudaMalloc", typeid(&cudaMalloc).name()},
    {"cudaFree", typeid(&cudaFree).name()},
    {"cudaMallocHost", typeid(&cudaMallocHost).name()},
    {"cudaFreeHost", typeid(&cudaFreeHost).name()},
    {"cudaMemGetInfo", typeid(&cudaMemGetInfo).name()},
    {"cudaMemcpy", typeid(&cudaMemcpy).name()},
    {"cudaMemcpyAsync", typeid(&cudaMemcpyAsync).name()},
    {"cudaMemset", typeid(&cudaMemset).name()},
    {"cudaMemsetAsync", typeid(&cudaMemsetAsync).name()},
    {"cudaStreamCreate", typeid(&cudaStreamCreate).name()},
    {"cudaStreamCreateWithFlags", typeid(&cudaStreamCreateWithFlags).name()},
    {"cudaStreamDestroy", typeid(&cudaStreamDestroy).name()},
    {"cudaStreamSynchronize", typeid(&cudaStreamSynchronize).name()},
    {"cudaStreamQuery", typeid(&cudaStreamQuery).name()},
    {"cudaStreamWaitEvent", typeid(&cudaStreamWaitEvent).name()},
    {"cudaEventCreate", typeid(&cudaEventCreate).name()},
    {"cudaEventCreateWithFlags", typeid(&cudaEventCreateWithFlags).name()},
    {"cudaEventRecord", typeid(&cudaEventRecord).name()},
    {"cudaEventQuery", typeid(&cudaEventQuery).name()},
    {"cudaEventSynchronize", typeid(&cudaEventSynchronize).name()},
    {"cudaEventDestroy", typeid(&cudaEventDestroy).name()},
    {"cudaLaunchHostFunc", typeid(&cudaLaunchHostFunc).name()},
    {"cudaGetErrorString", typeid(&cudaGetErrorString).name()},
    {"cudaGetErrorName", typeid(&cudaGetErrorName).name()},
    {"cudaGetLastError", typeid(&cudaGetLastError).name()},
    {"cudaPeekAtLastError", typeid(&cudaPeekAtLastError).name()},
};

}  // namespace

HeaderFacts cuda_facts() {
  return all_facts;
}

}  // namespace reducecheck::standin::REDUCECHECK_FACTS
