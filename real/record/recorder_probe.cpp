// SPDX-License-Identifier: Apache-2.0
// For the recorder's test: calls NCCL as a program does. The status tells what CommInitRank gave,
// which without a GPU is an error.
#include <cuda_runtime_api.h>
#include <nccl.h>

#include <cstdio>

int main() {
  int version = 0;
  ncclUniqueId id;
  if (ncclGetVersion(&version) != ncclSuccess || ncclGetUniqueId(&id) != ncclSuccess) return 99;
  std::printf("%d\n", version);
  ncclComm_t comm = nullptr;
  const ncclResult_t made = ncclCommInitRank(&comm, 1, id, 0);
  if (made == ncclSuccess) ncclCommDestroy(comm);
  return made;
}
