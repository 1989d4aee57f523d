// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/check.hpp"

#include <fmt/format.h>

#include "real/calls/backend_error.hpp"

namespace reducecheck::real {

void check_cuda(cudaError_t code, const char* call) {
  if (code == cudaSuccess) return;
  throw BackendError(fmt::format("{}: {}", call, cudaGetErrorString(code)));
}

void check_nccl(ncclResult_t code, const char* call, ncclComm_t comm) {
  if (code == ncclSuccess || code == ncclInProgress) return;
  const char* last = ncclGetLastError(comm);
  const std::string more = last == nullptr ? "" : last;
  throw BackendError(
      fmt::format("{}: {}{}{}", call, ncclGetErrorString(code), more.empty() ? "" : ": ", more));
}

}  // namespace reducecheck::real
