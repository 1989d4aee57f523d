// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cuda_runtime_api.h>
#include <nccl.h>

#include <string>

namespace reducecheck::real {

/// Throws BackendError unless `code` is cudaSuccess. `call` is the function that gave it.
void check_cuda(cudaError_t code, const char* call);

/// Throws BackendError unless the call succeeded or has begun. `comm` may be null.
void check_nccl(ncclResult_t code, const char* call, ncclComm_t comm);

}  // namespace reducecheck::real
