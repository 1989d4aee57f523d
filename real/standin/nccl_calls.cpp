// SPDX-License-Identifier: Apache-2.0
// Collectives, transfers, groups and reductions that a program makes.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "real/standin/nccl_state.hpp"
#include "real/standin/numbers.hpp"

namespace reducecheck::standin {
namespace {

/// A call as the program makes it.
struct RawCall {
  PacketKind kind;
  const void* send = nullptr;
  void* receive = nullptr;
  std::size_t count = 0;
  int type = 0;
  int reduction = 0;
  int root = 0;
  ncclComm_t communicator = nullptr;
  cudaStream_t stream = nullptr;
};

bool one_way(PacketKind kind) {
  return kind == PacketKind::send || kind == PacketKind::receive;
}

/// Checks a call and makes it a part of a stream; under the engine's lock.
class Issue {
 public:
  Issue(const RawCall& raw, std::shared_ptr<ncclComm> communicator)
      : raw_(raw), name_(kind_name(raw.kind)), communicator_(std::move(communicator)) {}

  ncclResult_t run() {
    ncclComm& own = *communicator_;
    if (own.state != ncclSuccess) {
      return refused(own.state, own.error.empty() ? "the communicator is not made yet" : own.error);
    }
    if (own.finalised) return refused(ncclInvalidUsage, "the communicator is finalised");
    stream_ = Engine::the().stream(raw_.stream);
    if (stream_ == nullptr || stream_->device != own.device) {
      return refused(ncclInvalidArgument, "no stream of the communicator's device");
    }
    if (const char* what = arguments(); what != nullptr) return refused(ncclInvalidArgument, what);
    plant();
    if (call_.fault == FaultKind::drop) return ncclSuccess;
    measure();
    if (const std::string what = buffers(); !what.empty()) {
      return refused(ncclInvalidArgument, what);
    }
    issue();
    if (call_.fault == FaultKind::twice) issue();
    return ncclSuccess;
  }

 private:
  ncclResult_t refused(ncclResult_t code, const std::string& text) {
    nccl_log().failed(name_, communicator_->device, code);
    return nccl_result(code, is_error(communicator_->state) ? text : name_ + ": " + text);
  }

  [[nodiscard]] const char* arguments() {
    if (!is_type(raw_.type)) return "the type is none of NCCL's";
    const auto made = static_cast<std::size_t>(std::max(0, raw_.reduction - ncclNumOps));
    const bool own = raw_.reduction >= ncclNumOps;
    const auto& reductions = communicator_->reductions;
    if (raw_.reduction < 0 || (own && made >= reductions.size()))
      return "there is no such reduction";
    if (own && (reductions[made].destroyed || reductions[made].type != raw_.type)) {
      return "the reduction was destroyed, or made for another type";
    }
    if (raw_.root < 0 || raw_.root >= communicator_->size) return "the root or peer is no rank";
    return raw_.count > (std::size_t{1} << 32) ? "too many elements" : nullptr;
  }

  /// Whether this call of this rank is the one that goes wrong on purpose.
  void plant() {
    if (raw_.count == 0) return;
    const PlantedFault& fault = settings().fault;
    Member& member = *communicator_->member;
    const bool hit = fault.rank == member.rank && fault.call == member.calls++;
    if (!hit) return;
    call_.fault = fault.kind;
    if (fault.kind == FaultKind::count) raw_.count = std::min(raw_.count, fault.value);
  }

  /// How many bytes go where.
  void measure() {
    const auto type = static_cast<ncclDataType_t>(raw_.type);
    const auto ranks = static_cast<std::size_t>(communicator_->size);
    const std::size_t bytes = raw_.count * type_bytes(type);
    const bool root = communicator_->rank == raw_.root;
    call_.from = static_cast<const std::byte*>(raw_.send);
    call_.to = static_cast<std::byte*>(raw_.receive);
    call_.from_bytes = call_.to_bytes = bytes;
    block_ = bytes * static_cast<std::size_t>(communicator_->rank);
    switch (raw_.kind) {
      case PacketKind::reduce_scatter: call_.from_bytes = bytes * ranks; break;
      case PacketKind::all_gather: call_.to_bytes = bytes * ranks; break;
      case PacketKind::broadcast: call_.from_bytes = root ? bytes : 0; break;
      case PacketKind::reduce: call_.to_bytes = root ? bytes : 0; break;
      case PacketKind::send: call_.to_bytes = 0; break;
      case PacketKind::receive: call_.from_bytes = 0; break;
      default: break;
    }
  }

  [[nodiscard]] bool in_place() const {
    if (raw_.kind == PacketKind::reduce_scatter) return call_.to == call_.from + block_;
    if (raw_.kind == PacketKind::all_gather) return call_.from == call_.to + block_;
    return call_.to == call_.from;
  }

  [[nodiscard]] std::string buffers() const {
    const DeviceMemory& memory = Engine::the().memory;
    std::string what = memory.objection(call_.from, call_.from_bytes, communicator_->device);
    if (!what.empty()) return "sendbuff: " + what;
    what = memory.objection(call_.to, call_.to_bytes, communicator_->device);
    if (!what.empty()) return "recvbuff: " + what;
    const bool apart = call_.to + call_.to_bytes <= call_.from ||
                       call_.from + call_.from_bytes <= call_.to || one_way(raw_.kind) ||
                       call_.from_bytes == 0 || call_.to_bytes == 0;
    return apart || in_place() ? "" : "the buffers overlap without being in place";
  }

  void issue() {
    std::uint64_t& sequence =
        one_way(raw_.kind) ? communicator_->transfers : communicator_->collectives;
    nccl_log().transfer(communicator_->device, {.operation = name_,
                                                .communicator = communicator_.get(),
                                                .sequence = sequence,
                                                .count = raw_.count,
                                                .type = raw_.type,
                                                .reduction = raw_.reduction,
                                                .root = raw_.root,
                                                .stream = raw_.stream,
                                                .in_place = in_place()});
    // NCCL leaves away collectives of nothing; other ranks may do as well.
    if (raw_.count == 0 && !one_way(raw_.kind)) return;
    call_.head = {.kind = raw_.kind, .group = communicator_->group, .rank = communicator_->rank};
    call_.head.sequence = sequence++;
    call_.head.count = raw_.count;
    call_.head.type = raw_.type;
    call_.head.reduction = std::min<int>(raw_.reduction, ncclNumOps);
    call_.head.root = raw_.root;
    if (raw_.reduction >= ncclNumOps) {
      const MadeReduction& made =
          communicator_->reductions[static_cast<std::size_t>(raw_.reduction - ncclNumOps)];
      call_.head.scalar = made.scalar;
      call_.device_scalar = made.device_scalar;
    }
    if (open_group().depth > 0) {
      open_group().calls.push_back({communicator_, stream_, call_});
    } else {
      enqueue_steps({{communicator_, stream_, call_}});
    }
  }

  RawCall raw_;
  std::string name_;
  std::shared_ptr<ncclComm> communicator_;
  std::shared_ptr<CUstream_st> stream_;
  IssuedCall call_;
  std::size_t block_ = 0;  // where this rank's part of a whole buffer begins
};

ncclResult_t issue_call(const RawCall& raw) {
  const auto held = Engine::the().lock();
  std::shared_ptr<ncclComm> communicator = communicator_of(raw.communicator);
  if (communicator == nullptr) {
    return nccl_result(ncclInvalidArgument,
                       kind_name(raw.kind) + ": the communicator is null or was destroyed");
  }
  return Issue(raw, std::move(communicator)).run();
}

}  // namespace
}  // namespace reducecheck::standin

using namespace reducecheck::standin;

extern "C" {

ncclResult_t ncclAllReduce(const void* sendbuff, void* recvbuff, size_t count,
                           ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                           cudaStream_t stream) {
  return issue_call(
      {PacketKind::all_reduce, sendbuff, recvbuff, count, datatype, op, 0, comm, stream});
}

ncclResult_t ncclReduceScatter(const void* sendbuff, void* recvbuff, size_t recvcount,
                               ncclDataType_t datatype, ncclRedOp_t op, ncclComm_t comm,
                               cudaStream_t stream) {
  return issue_call(
      {PacketKind::reduce_scatter, sendbuff, recvbuff, recvcount, datatype, op, 0, comm, stream});
}

ncclResult_t ncclReduce(const void* sendbuff, void* recvbuff, size_t count, ncclDataType_t datatype,
                        ncclRedOp_t op, int root, ncclComm_t comm, cudaStream_t stream) {
  return issue_call(
      {PacketKind::reduce, sendbuff, recvbuff, count, datatype, op, root, comm, stream});
}

ncclResult_t ncclAllGather(const void* sendbuff, void* recvbuff, size_t sendcount,
                           ncclDataType_t datatype, ncclComm_t comm, cudaStream_t stream) {
  return issue_call(
      {PacketKind::all_gather, sendbuff, recvbuff, sendcount, datatype, 0, 0, comm, stream});
}

ncclResult_t ncclBroadcast(const void* sendbuff, void* recvbuff, size_t count,
                           ncclDataType_t datatype, int root, ncclComm_t comm,
                           cudaStream_t stream) {
  return issue_call(
      {PacketKind::broadcast, sendbuff, recvbuff, count, datatype, 0, root, comm, stream});
}

ncclResult_t ncclSend(const void* sendbuff, size_t count, ncclDataType_t datatype, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
  return issue_call({PacketKind::send, sendbuff, nullptr, count, datatype, 0, peer, comm, stream});
}

ncclResult_t ncclRecv(void* recvbuff, size_t count, ncclDataType_t datatype, int peer,
                      ncclComm_t comm, cudaStream_t stream) {
  return issue_call(
      {PacketKind::receive, nullptr, recvbuff, count, datatype, 0, peer, comm, stream});
}

ncclResult_t ncclGroupStart(void) {
  nccl_log().plain("GroupStart", Engine::current_device());
  OpenGroup& group = open_group();
  if (group.depth++ == 0) group.error = ncclSuccess;
  return ncclSuccess;
}

ncclResult_t ncclGroupEnd(void) {
  nccl_log().plain("GroupEnd", Engine::current_device());
  OpenGroup& group = open_group();
  if (group.depth == 0) {
    return nccl_result(ncclInvalidUsage, "GroupEnd: without ncclGroupStart");
  }
  if (--group.depth > 0) return ncclSuccess;
  ncclResult_t result = group.error;
  std::vector<GroupedCall> calls = std::exchange(group.calls, {});
  std::vector<JoiningCommunicator> joining = std::exchange(group.joining, {});
  for (JoiningCommunicator& each : joining) {
    if (!each.made->blocking) {
      if (result == ncclSuccess) result = ncclInProgress;
      continue;
    }
    const ncclResult_t made = finish_joining(each);
    if (made != ncclSuccess) result = made;
  }
  if (is_error(result)) return result;
  const auto held = Engine::the().lock();
  enqueue_steps(std::move(calls));
  return result;
}

ncclResult_t ncclRedOpCreatePreMulSum(ncclRedOp_t* op, void* scalar, ncclDataType_t datatype,
                                      ncclScalarResidence_t residence, ncclComm_t comm) {
  const auto held = Engine::the().lock();
  const std::shared_ptr<ncclComm> communicator = communicator_of(comm);
  if (communicator == nullptr || op == nullptr || scalar == nullptr || !is_type(datatype)) {
    return nccl_result(ncclInvalidArgument, "RedOpCreatePreMulSum: an argument is not valid");
  }
  MadeReduction made{.type = datatype};
  if (residence == ncclScalarDevice) {
    const std::string what = Engine::the().memory.objection(scalar, type_bytes(datatype), -1);
    if (!what.empty()) return nccl_result(ncclInvalidArgument, "RedOpCreatePreMulSum: " + what);
    made.device_scalar = scalar;
  } else {
    std::memcpy(made.scalar.data(), scalar, type_bytes(datatype));
  }
  *op = static_cast<ncclRedOp_t>(ncclNumOps + communicator->reductions.size());
  communicator->reductions.push_back(made);
  return ncclSuccess;
}

ncclResult_t ncclRedOpDestroy(ncclRedOp_t op, ncclComm_t comm) {
  const auto held = Engine::the().lock();
  const std::shared_ptr<ncclComm> communicator = communicator_of(comm);
  const auto made = static_cast<std::size_t>(op) - ncclNumOps;
  if (communicator == nullptr || op < ncclNumOps || made >= communicator->reductions.size() ||
      communicator->reductions[made].destroyed) {
    return nccl_result(ncclInvalidArgument, "RedOpDestroy: there is no such reduction");
  }
  communicator->reductions[made].destroyed = true;
  return ncclSuccess;
}

}  // extern "C"
