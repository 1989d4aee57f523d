// SPDX-License-Identifier: Apache-2.0
#include "real/standin/nccl_state.hpp"

#include <algorithm>
#include <map>

namespace reducecheck::standin {
namespace {

using Communicators = std::map<ncclComm_t, std::shared_ptr<ncclComm>>;

Communicators& communicators() {
  static auto* all = new Communicators;
  return *all;
}

}  // namespace

std::string& last_nccl_text() {
  thread_local std::string text;
  return text;
}

ncclResult_t nccl_result(ncclResult_t code, const std::string& text) {
  if (!text.empty()) last_nccl_text() = text;
  if (code != ncclSuccess && code != ncclInProgress && open_group().depth > 0) {
    open_group().error = code;
  }
  return code;
}

real::NcclLogWriter& nccl_log() {
  static auto* log = new real::NcclLogWriter;
  return *log;
}

OpenGroup::~OpenGroup() {
  if (depth == 0) return;
  report("ncclGroupStart without ncclGroupEnd: " + std::to_string(calls.size()) +
         " calls were not made");
}

OpenGroup& open_group() {
  thread_local OpenGroup group;
  return group;
}

std::shared_ptr<ncclComm> communicator_of(ncclComm_t handle) {
  const auto found = communicators().find(handle);
  return found == communicators().end() ? nullptr : found->second;
}

std::shared_ptr<ncclComm> known_communicator(ncclComm_t handle, const std::string& operation) {
  const auto held = Engine::the().lock();
  std::shared_ptr<ncclComm> communicator = communicator_of(handle);
  if (communicator == nullptr) {
    nccl_result(ncclInvalidArgument, operation + ": the communicator is null or was destroyed");
  }
  return communicator;
}

void keep_communicator(const std::shared_ptr<ncclComm>& communicator) {
  communicators()[communicator.get()] = communicator;
  communicator->member->attach(communicator.get());
}

void forget_communicator(ncclComm_t handle) {
  const std::shared_ptr<ncclComm> communicator = communicator_of(handle);
  if (communicator == nullptr) return;
  communicator->member->detach(handle);
  communicators().erase(handle);
}

ncclResult_t finish_joining(JoiningCommunicator& joining) {
  ncclComm& made = *joining.made;
  const bool splits = joining.parent != nullptr;
  const Driven driven = Engine::the().drive(
      [&] { return splits ? joining.answer->over : made.state != ncclInProgress; },
      [&] { return splits && is_error(joining.parent->state); });
  const auto held = Engine::the().lock();
  if (driven == Driven::stuck) {
    made.state = ncclRemoteError;
    made.error = "CommInit: process " + std::to_string(made.member->hub_process) +
                 ", which made the unique id, does not answer";
  } else if (driven == Driven::broken) {
    made.state = joining.parent->state;
    made.error = joining.parent->error;
  } else if (splits) {
    const PacketHead& head = joining.answer->head;
    made.group = static_cast<std::uint32_t>(head.root);
    made.rank = head.rank;
    made.size = static_cast<int>(head.count);
    made.state = ncclSuccess;
  }
  const bool none = splits && made.state == ncclSuccess && made.size == 0;
  if (joining.handle != nullptr) *joining.handle = &made;
  if (!is_error(made.state) && !none) return ncclSuccess;
  if (joining.handle != nullptr) *joining.handle = nullptr;
  const ncclResult_t state = made.state;
  const std::string text = made.error;
  forget_communicator(&made);
  return nccl_result(state, text);
}

void enqueue_steps(std::vector<GroupedCall> calls) {
  Engine& engine = Engine::the();
  while (!calls.empty()) {
    const std::shared_ptr<ncclComm> communicator = calls.front().communicator;
    const std::shared_ptr<CUstream_st> stream = calls.front().stream;
    std::vector<IssuedCall> step;
    std::vector<std::shared_ptr<CUstream_st>> others;
    for (const GroupedCall& each : calls) {
      if (each.communicator != communicator) continue;
      step.push_back(each.call);
      if (each.stream != stream && std::ranges::count(others, each.stream) == 0) {
        others.push_back(each.stream);
      }
    }
    std::erase_if(calls, [&](const auto& each) { return each.communicator == communicator; });
    // A step of several streams begins when all are there, and all go on behind it.
    for (const auto& other : others) engine.wait_for(stream, Engine::end_of(other));
    engine.enqueue(stream, step_of(communicator, std::move(step)));
    for (const auto& other : others) engine.wait_for(other, Engine::end_of(stream));
  }
}

}  // namespace reducecheck::standin
