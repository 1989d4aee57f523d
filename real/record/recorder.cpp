// SPDX-License-Identifier: Apache-2.0
// A shared library to load before NCCL (LD_PRELOAD): its nccl* functions write each call to a log
// and hand it on to NCCL's pnccl* functions.
#include <cuda_runtime_api.h>
#include <nccl.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "real/record/nccl_log_writer.hpp"

namespace reducecheck::real {
namespace {

/// Never destroyed: a program may call until the end.
NcclLogWriter& recorder_log() {
  static auto* log = new NcclLogWriter;
  return *log;
}

int recorded_device() {
  int device = 0;
  return cudaGetDevice(&device) == cudaSuccess ? device : 0;
}

/// How many calls each communicator has seen.
struct SeenCalls {
  std::mutex mutex;
  std::map<ncclComm_t, std::uint64_t> collectives;
  std::map<ncclComm_t, std::uint64_t> transfers;
};

SeenCalls& seen_calls() {
  static auto* seen = new SeenCalls;
  return *seen;
}

/// The number of the next call; collectives of nothing have none of their own.
std::uint64_t next_sequence(ncclComm_t comm, bool one_way, std::size_t count) {
  SeenCalls& seen = seen_calls();
  const std::lock_guard lock(seen.mutex);
  std::uint64_t& next = (one_way ? seen.transfers : seen.collectives)[comm];
  return one_way || count > 0 ? next++ : next;
}

int device_of(ncclComm_t comm) {
  int device = 0;
  return pncclCommCuDevice(comm, &device) == ncclSuccess ? device : recorded_device();
}

/// Gives the result back; a failure is logged.
ncclResult_t told_result(const char* operation, int device, ncclResult_t result) {
  if (result != ncclSuccess && result != ncclInProgress) {
    recorder_log().failed(operation, device, result);
  }
  return result;
}

void record(LoggedTransfer call, ncclComm_t comm, bool one_way) {
  if (!recorder_log().enabled()) return;
  call.communicator = comm;
  call.sequence = next_sequence(comm, one_way, call.count);
  recorder_log().transfer(device_of(comm), call);
}

/// Where the part of this rank begins.
const void* part_of(const void* buffer, std::size_t count, ncclDataType_t type, ncclComm_t comm) {
  static constexpr std::size_t bytes[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1};
  int rank = 0;
  if (pncclCommUserRank(comm, &rank) != ncclSuccess || type < 0 || type > ncclFloat8e5m2) {
    return nullptr;
  }
  return static_cast<const char*>(buffer) + static_cast<std::size_t>(rank) * count * bytes[type];
}

/// What comes of a call that makes communicator `number` and writes its handle to `place`: at once,
/// or when NCCL has come so far, behind the end of a group or behind ncclInProgress.
ncclResult_t recorded_making(const char* operation, int device, int number, ncclComm_t* place,
                             ncclResult_t result) {
  const bool begun = result == ncclSuccess || result == ncclInProgress;
  if (begun && number >= 0) recorder_log().made_later(device, number, place);
  return told_result(operation, device, result);
}

ncclResult_t recorded_end(const char* operation, ncclComm_t comm,
                          ncclResult_t (*forward)(ncclComm_t)) {
  const int device = device_of(comm);
  recorder_log().communicator(operation, device, comm);
  {
    SeenCalls& seen = seen_calls();
    const std::lock_guard lock(seen.mutex);
    // The next communicator may have the same address.
    if (forward != pncclCommFinalize) {
      seen.collectives.erase(comm);
      seen.transfers.erase(comm);
    }
  }
  return told_result(operation, device, forward(comm));
}

}  // namespace
}  // namespace reducecheck::real

using namespace reducecheck::real;

extern "C" {

ncclResult_t ncclGetVersion(int* version) {
  recorder_log().plain("GetVersion", recorded_device());
  return pncclGetVersion(version);
}

ncclResult_t ncclGetUniqueId(ncclUniqueId* uniqueId) {
  recorder_log().plain("GetUniqueId", recorded_device());
  return pncclGetUniqueId(uniqueId);
}

ncclResult_t ncclCommInitRank(ncclComm_t* comm, int nranks, ncclUniqueId commId, int rank) {
  const int device = recorded_device();
  const int made = recorder_log().init(device, nranks, rank);
  return recorded_making("CommInit", device, made, comm,
                         pncclCommInitRank(comm, nranks, commId, rank));
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int nranks, ncclUniqueId commId, int rank,
                                    ncclConfig_t* config) {
  const int device = recorded_device();
  const int made = recorder_log().init(device, nranks, rank);
  return recorded_making("CommInit", device, made, comm,
                         pncclCommInitRankConfig(comm, nranks, commId, rank, config));
}

ncclResult_t ncclCommInitAll(ncclComm_t* comm, int ndev, const int* devlist) {
  std::vector<int> made;
  for (int i = 0; i < ndev; ++i) {
    made.push_back(recorder_log().init(devlist == nullptr ? i : devlist[i], ndev, i));
  }
  const ncclResult_t result = pncclCommInitAll(comm, ndev, devlist);
  for (int i = 0; i < ndev && result == ncclSuccess; ++i) {
    recorder_log().made(devlist == nullptr ? i : devlist[i], made[static_cast<std::size_t>(i)],
                        comm[i]);
  }
  return told_result("CommInit", recorded_device(), result);
}

ncclResult_t ncclCommSplit(ncclComm_t comm, int color, int key, ncclComm_t* newcomm,
                           ncclConfig_t* config) {
  const int device = device_of(comm);
  const int made = recorder_log().split(device, comm, color, key, color >= 0);
  next_sequence(comm, false, 1);  // all members make it, as they make a collective
  return recorded_making("CommSplit", device, made, newcomm,
                         pncclCommSplit(comm, color, key, newcomm, config));
}

/// Who waits for a communicator asks this, and its handle is where NCCL was told to write it.
ncclResult_t ncclCommGetAsyncError(ncclComm_t comm, ncclResult_t* asyncError) {
  const ncclResult_t result = pncclCommGetAsyncError(comm, asyncError);
  recorder_log().look(device_of(comm));
  return result;
}

ncclResult_t ncclCommFinalize(ncclComm_t comm) {
  return recorded_end("CommFinalize", comm, pncclCommFinalize);
}

ncclResult_t ncclCommDestroy(ncclComm_t comm) {
  return recorded_end("CommDestroy", comm, pncclCommDestroy);
}

ncclResult_t ncclCommAbort(ncclComm_t comm) {
  return recorded_end("CommAbort", comm, pncclCommAbort);
}

ncclResult_t ncclGroupStart(void) {
  recorder_log().plain("GroupStart", recorded_device());
  return pncclGroupStart();
}

ncclResult_t ncclGroupEnd(void) {
  recorder_log().plain("GroupEnd", recorded_device());
  const ncclResult_t result = pncclGroupEnd();
  recorder_log().look(recorded_device());
  return result;
}

ncclResult_t ncclAllReduce(const void* sendbuff, void* recvbuff, size_t count,
                           ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                           cudaStream_t stream) {
  record({.operation = "AllReduce",
          .count = count,
          .type = datatype,
          .reduction = op,
          .stream = stream,
          .in_place = sendbuff == recvbuff},
         comm, false);
  return told_result("AllReduce", device_of(comm),
                     pncclAllReduce(sendbuff, recvbuff, count, datatype, op, comm, stream));
}

ncclResult_t ncclReduceScatter(const void* sendbuff, void* recvbuff, size_t recvcount,
                               ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                               cudaStream_t stream) {
  record({.operation = "ReduceScatter",
          .count = recvcount,
          .type = datatype,
          .reduction = op,
          .stream = stream,
          .in_place = part_of(sendbuff, recvcount, datatype, comm) == recvbuff},
         comm, false);
  return told_result("ReduceScatter", device_of(comm),
                     pncclReduceScatter(sendbuff, recvbuff, recvcount, datatype, op, comm, stream));
}

ncclResult_t ncclReduce(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t datatype,
                        ncclRedOp_t op, int root, ncclComm_t comm, cudaStream_t stream) {
  record({.operation = "Reduce",
          .count = count,
          .type = datatype,
          .reduction = op,
          .root = root,
          .stream = stream,
          .in_place = sendbuff == recvbuff},
         comm, false);
  return told_result("Reduce", device_of(comm),
                     pncclReduce(sendbuff, recvbuff, count, datatype, op, root, comm, stream));
}

ncclResult_t ncclAllGather(const void* sendbuff, void* recvbuff, size_t sendcount,
                           ncclDataType_t datatype, ncclComm_t comm, cudaStream_t stream) {
  record({.operation = "AllGather",
          .count = sendcount,
          .type = datatype,
          .stream = stream,
          .in_place = part_of(recvbuff, sendcount, datatype, comm) == sendbuff},
         comm, false);
  return told_result("AllGather", device_of(comm),
                     pncclAllGather(sendbuff, recvbuff, sendcount, datatype, comm, stream));
}

ncclResult_t ncclBroadcast(const void* sendbuff, void* recvbuff, size_t count,
                           ncclDataType_t datatype, int root, ncclComm_t comm,
                           cudaStream_t stream) {
  record({.operation = "Broadcast",
          .count = count,
          .type = datatype,
          .root = root,
          .stream = stream,
          .in_place = sendbuff == recvbuff},
         comm, false);
  return told_result("Broadcast", device_of(comm),
                     pncclBroadcast(sendbuff, recvbuff, count, datatype, root, comm, stream));
}

ncclResult_t ncclSend(const void* sendbuff, size_t count, ncclDataType_t datatype, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
  record({.operation = "Send", .count = count, .type = datatype, .root = peer, .stream = stream},
         comm, true);
  return told_result("Send", device_of(comm),
                     pncclSend(sendbuff, count, datatype, peer, comm, stream));
}

ncclResult_t ncclRecv(void* recvbuff, size_t count, ncclDataType_t datatype, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
  record({.operation = "Recv", .count = count, .type = datatype, .root = peer, .stream = stream},
         comm, true);
  return told_result("Recv", device_of(comm),
                     pncclRecv(recvbuff, count, datatype, peer, comm, stream));
}

}  // extern "C"
