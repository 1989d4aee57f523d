// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/communicators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <span>
#include <thread>

#include "real/calls/call_failure.hpp"
#include "real/calls/deadline_alarm.hpp"
#include "real/nccl/check.hpp"

namespace reducecheck::real {
namespace {

/// Turns without a rest: a small collective is over in some microseconds.
constexpr int quick_turns = 200;

constexpr int abort_milliseconds = 1000;

/// A call of all ranks that moves no data.
CallHeader made_by_all(const char* function, const std::string& text, const Partition& all) {
  return header_of({.operation = function,
                    .reduction = "",
                    .type = "",
                    .members = all.front(),
                    .text = text,
                    .at = {}},
                   0);
}

ncclConfig_t unblocking() {
  ncclConfig_t config = NCCL_CONFIG_INITIALIZER;
  config.blocking = 0;
  return config;
}

}  // namespace

void Communicators::join() {
  const Partition all = whole_world(control_.size());
  begin(made_by_all("ncclCommInitRank", "", all), all.front());
  ncclUniqueId id{};
  if (control_.rank() == 0) {
    check_nccl(ncclGetUniqueId(&id), "ncclGetUniqueId", nullptr);
    const std::span<const ncclUniqueId> one(&id, 1);
    for (int r = 1; r < control_.size(); ++r) control_.send(r, std::as_bytes(one));
  } else {
    std::memcpy(&id, control_.receive(0, sizeof id).data(), sizeof id);
  }
  ncclConfig_t config = unblocking();
  check_nccl_of(ncclCommInitRankConfig(&world_, control_.size(), id, control_.rank(), &config),
                "ncclCommInitRankConfig", nullptr);
  settle(world_, "ncclCommInitRankConfig");
  end();
  groups_[all] = world_;
}

Communicators::~Communicators() {
  if (world_ == nullptr || std::uncaught_exceptions() > 0) return;
  const DeadlineAlarm alarm(
      log_, control_.deadline_milliseconds(),
      fmt::format("rank {}: ncclCommDestroy does not return", control_.rank()));
  for (const auto& [partition, comm] : groups_) {
    if (comm != world_) static_cast<void>(ncclCommDestroy(comm));
  }
  static_cast<void>(ncclCommDestroy(world_));
}

void Communicators::begin(const CallHeader& header, const std::vector<int>& members) {
  control_.agree(header, members);
  call_ = real::told(header);
}

void Communicators::begin_wait() {
  turns_ = 0;
  // The control process has the same deadline and knows more; this is for when it is silent.
  const int patience = control_.deadline_milliseconds() * 3 / 2;
  until_ = steady_milliseconds() + patience;
}

void Communicators::end() {
  call_.clear();
  control_.leave();
}

void Communicators::check_nccl_of(ncclResult_t code, const char* function, ncclComm_t comm) const {
  // What the others know of the failure may say more than this rank's library.
  if (code != ncclSuccess && code != ncclInProgress) control_.check();
  check_nccl(code, function, comm);
}

void Communicators::look(const char* function) {
  if (++turns_ < quick_turns) {
    std::this_thread::yield();
    return;
  }
  control_.check();
  if (steady_milliseconds() > until_) {
    const std::string text =
        fmt::format("rank {} does not come out of {}{}{}", control_.rank(), function,
                    call_.empty() ? "" : ", which all members began: ", call_);
    throw CallFailure(text, false);
  }
  std::this_thread::sleep_for(std::chrono::microseconds(50));
}

void Communicators::settle(ncclComm_t comm, const char* function) {
  begin_wait();
  ncclResult_t state = ncclInProgress;
  for (;;) {
    check_nccl(ncclCommGetAsyncError(comm, &state), "ncclCommGetAsyncError", comm);
    check_nccl_of(state, function, comm);
    if (state == ncclSuccess) return;
    look(function);
  }
}

void Communicators::idle(const Stream& stream, ncclComm_t comm, const char* function) {
  begin_wait();
  while (!stream.idle()) {
    ncclResult_t state = ncclSuccess;
    check_nccl(ncclCommGetAsyncError(comm, &state), "ncclCommGetAsyncError", comm);
    check_nccl_of(state, function, comm);
    look(function);
  }
}

ncclComm_t Communicators::of(const Partition& partition) {
  const auto found = groups_.find(partition);
  if (found != groups_.end()) return found->second;
  // NCCL writes the handle when it is there, which may be after this rank gave up.
  ncclComm_t& made = groups_[partition];
  split(partition, made);
  return made;
}

void Communicators::split(const Partition& partition, ncclComm_t& made) {
  const std::vector<int>& members = group_of(partition, control_.rank());
  const Partition all = whole_world(control_.size());
  begin(made_by_all("ncclCommSplit", fmt::format("{} groups", partition.size()), all), all.front());
  const auto place = std::ranges::find(members, control_.rank()) - members.begin();
  ncclConfig_t config = unblocking();
  check_nccl_of(ncclCommSplit(world_, *std::ranges::min_element(members), static_cast<int>(place),
                              &made, &config),
                "ncclCommSplit", world_);
  settle(world_, "ncclCommSplit");
  // That the parent is done does not say yet that the child is there.
  begin_wait();
  const std::atomic_ref<ncclComm_t> there(made);
  while (there.load() == nullptr) look("ncclCommSplit");
  settle(made, "ncclCommSplit");
  end();
}

void Communicators::abort() noexcept {
  if (world_ == nullptr) return;
  const DeadlineAlarm alarm(log_, abort_milliseconds,
                            fmt::format("rank {}: ncclCommAbort does not return", control_.rank()));
  for (const auto& [partition, comm] : groups_) {
    if (comm != world_ && comm != nullptr) static_cast<void>(ncclCommAbort(comm));
  }
  static_cast<void>(ncclCommAbort(world_));
  // The destructor must not end them again; a handle may still be written to where it is.
  world_ = nullptr;
}

}  // namespace reducecheck::real
