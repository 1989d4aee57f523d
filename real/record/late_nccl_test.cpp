// SPDX-License-Identifier: Apache-2.0
#include "real/record/late_nccl_test.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace reducecheck::real {
namespace {

/// Where the handles of splits will be, in the order of the calls.
std::vector<ncclComm_t*>& late_places() {
  static std::vector<ncclComm_t*> places;
  return places;
}

}  // namespace

ncclComm_t late_handle(int n) {
  static std::array<std::max_align_t, 8> things;
  void* thing = &things.at(static_cast<std::size_t>(n));
  return static_cast<ncclComm_t>(thing);
}

}  // namespace reducecheck::real

extern "C" {

ncclResult_t pncclCommInitRankConfig(ncclComm_t* comm, int, ncclUniqueId, int, ncclConfig_t*) {
  *comm = reducecheck::real::late_handle(0);
  return ncclInProgress;
}

ncclResult_t pncclCommSplit(ncclComm_t, int, int, ncclComm_t* newcomm, ncclConfig_t*) {
  *newcomm = nullptr;
  reducecheck::real::late_places().push_back(newcomm);
  return ncclInProgress;
}

/// The last one comes first.
ncclResult_t pncclCommGetAsyncError(ncclComm_t, ncclResult_t* asyncError) {
  auto& places = reducecheck::real::late_places();
  *asyncError = places.empty() ? ncclSuccess : ncclInProgress;
  if (places.empty()) return ncclSuccess;
  *places.back() = reducecheck::real::late_handle(static_cast<int>(places.size()));
  places.pop_back();
  return ncclSuccess;
}

ncclResult_t pncclCommCuDevice(const ncclComm_t, int* device) {
  *device = 0;
  return ncclSuccess;
}

ncclResult_t pncclAllReduce(const void*, void*, size_t, ncclDataType_t, ncclRedOp_t, ncclComm_t,
                            cudaStream_t) {
  return ncclSuccess;
}

ncclResult_t pncclCommDestroy(ncclComm_t) {
  return ncclSuccess;
}

}  // extern "C"
