// SPDX-License-Identifier: Apache-2.0
// What a program may ask: the version, errors, and what a communicator is.
#include <memory>

#include "real/standin/nccl_state.hpp"

using namespace reducecheck::standin;

extern "C" {

ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t* asyncError) {
  const std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommGetAsyncError");
  if (communicator == nullptr || asyncError == nullptr) return ncclInvalidArgument;
  const auto held = Engine::the().lock();
  communicator->member->look();
  *asyncError = communicator->state;
  return ncclSuccess;
}

ncclResult_t ncclCommCount(const ncclComm_t comm, int* count) {
  const std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommCount");
  if (communicator == nullptr || count == nullptr) return ncclInvalidArgument;
  *count = communicator->size;
  return ncclSuccess;
}

ncclResult_t ncclCommCuDevice(const ncclComm_t comm, int* device) {
  const std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommCuDevice");
  if (communicator == nullptr || device == nullptr) return ncclInvalidArgument;
  *device = communicator->device;
  return ncclSuccess;
}

ncclResult_t ncclCommUserRank(const ncclComm_t comm, int* rank) {
  const std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommUserRank");
  if (communicator == nullptr || rank == nullptr) return ncclInvalidArgument;
  *rank = communicator->rank;
  return ncclSuccess;
}

ncclResult_t ncclGetVersion(int* version) {
  nccl_log().plain("GetVersion", Engine::current_device());
  if (version == nullptr) return nccl_result(ncclInvalidArgument, "GetVersion: null");
  *version = NCCL_VERSION_CODE;
  return ncclSuccess;
}

const char* ncclGetErrorString(ncclResult_t result) {
  switch (result) {
    case ncclSuccess: return "no error";
    case ncclUnhandledCudaError: return "a call of CUDA failed";
    case ncclSystemError: return "a call of the system failed";
    case ncclInternalError: return "an error of the library";
    case ncclInvalidArgument: return "an argument is not valid";
    case ncclInvalidUsage: return "the library is not used as it must be";
    case ncclRemoteError: return "another rank failed or did not come";
    case ncclInProgress: return "not over yet";
    case ncclNumResults: break;
  }
  return "unknown result";
}

const char* ncclGetLastError(ncclComm_t comm) {
  const auto held = Engine::the().lock();
  const std::shared_ptr<ncclComm> communicator = communicator_of(comm);
  const bool own = communicator != nullptr && !communicator->error.empty();
  return own ? communicator->error.c_str() : last_nccl_text().c_str();
}

}  // extern "C"
