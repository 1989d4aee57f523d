// SPDX-License-Identifier: Apache-2.0
// Shared by the entry points of NCCL: what a thread has open, and which communicators there are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nccl.h>

#include "real/record/nccl_log_writer.hpp"
#include "real/standin/member.hpp"

namespace reducecheck::standin {

/// Remembers the text for ncclGetLastError and gives the code back.
ncclResult_t nccl_result(ncclResult_t code, const std::string& text = "");
std::string& last_nccl_text();

/// The log of this process. Never destroyed.
real::NcclLogWriter& nccl_log();

/// A new communicator that waits for its hub, or for the split that makes it.
struct JoiningCommunicator {
  std::shared_ptr<ncclComm> made;
  ncclComm_t* handle = nullptr;
  std::shared_ptr<ncclComm> parent;  // of a split
  std::shared_ptr<Awaited> answer;   // of a split
};

/// A call that waits for the end of its group.
struct GroupedCall {
  std::shared_ptr<ncclComm> communicator;
  std::shared_ptr<CUstream_st> stream;
  IssuedCall call;
};

/// What a thread has between ncclGroupStart and ncclGroupEnd.
struct OpenGroup {
  OpenGroup() = default;
  ~OpenGroup();
  OpenGroup(const OpenGroup&) = delete;
  OpenGroup& operator=(const OpenGroup&) = delete;

  int depth = 0;
  ncclResult_t error = ncclSuccess;
  std::vector<GroupedCall> calls;
  std::vector<JoiningCommunicator> joining;
};
OpenGroup& open_group();

/// The communicator of a handle, or nullptr; under the engine's lock.
std::shared_ptr<ncclComm> communicator_of(ncclComm_t handle);
/// The same, without the lock and with a text for ncclGetLastError where there is none.
std::shared_ptr<ncclComm> known_communicator(ncclComm_t handle, const std::string& operation);
void keep_communicator(const std::shared_ptr<ncclComm>& communicator);
void forget_communicator(ncclComm_t handle);

/// Waits until it is made or failed; then its handle is set, or it is forgotten.
ncclResult_t finish_joining(JoiningCommunicator& joining);

/// The calls as steps of their streams, one for each communicator; under the engine's lock.
void enqueue_steps(std::vector<GroupedCall> calls);

}  // namespace reducecheck::standin
