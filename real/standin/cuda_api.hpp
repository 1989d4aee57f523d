// SPDX-License-Identifier: Apache-2.0
// Shared by the entry points of CUDA.
#pragma once

#include <memory>
#include <string>

#include <cuda_runtime_api.h>

#include "real/standin/engine.hpp"

namespace reducecheck::standin {

/// Remembers the code for cudaGetLastError and gives it back; a text is reported.
cudaError_t cuda_result(cudaError_t code, const std::string& text = "");

/// cudaSuccess, or the error that whoever calls CUDA from a host function gets.
cudaError_t may_call(const char* function);

/// Waits for the place; `function` is for reports.
cudaError_t wait_for_point(const StreamPoint& point, const char* function);

bool is_device_number(int device);

/// The last code of this thread.
cudaError_t& last_cuda_error();

}  // namespace reducecheck::standin

/// CUDA's name for an event.
struct CUevent_st {
  reducecheck::standin::StreamPoint point;
};
