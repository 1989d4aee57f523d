// SPDX-License-Identifier: Apache-2.0
#include "real/standin/member.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <thread>

#include "real/standin/numbers.hpp"

namespace reducecheck::standin {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What a planted fault does to a call that begins.
void suffer(const IssuedCall& call, std::vector<std::byte>& body) {
  const std::uint64_t value = settings().fault.value;
  switch (call.fault) {
    case FaultKind::kill: ::kill(::getpid(), SIGKILL); return;
    case FaultKind::stop: ::kill(::getpid(), SIGSTOP); return;
    case FaultKind::delay: std::this_thread::sleep_for(std::chrono::milliseconds(value)); return;
    case FaultKind::corrupt:
      if (!body.empty()) body[value / 8 % body.size()] ^= std::byte{1} << (value % 8);
      return;
    default: return;
  }
}

class CallStep final : public Work {
 public:
  CallStep(std::shared_ptr<ncclComm> communicator, std::vector<IssuedCall> calls)
      : communicator_(std::move(communicator)),
        calls_(std::move(calls)),
        number_(communicator_->steps++) {}

  bool ready() override {
    if (communicator_->aborted) return true;
    return communicator_->state == ncclSuccess && communicator_->steps_done == number_;
  }

  void begin() override {
    if (communicator_->aborted) return;
    for (const IssuedCall& call : calls_) ask(call);
  }

  bool over() override {
    const bool all = std::ranges::all_of(awaited_, [](const auto& each) { return each->over; });
    if (!all && !communicator_->aborted) return false;
    communicator_->steps_done = std::max(communicator_->steps_done, number_ + 1);
    return true;
  }

  bool broken() override { return !communicator_->aborted && is_error(communicator_->state); }

 private:
  void ask(const IssuedCall& call) {
    const DeviceMemory& memory = Engine::the().memory;
    std::string objection = memory.objection(call.from, call.from_bytes, -1);
    if (objection.empty()) objection = memory.objection(call.to, call.to_bytes, -1);
    if (!objection.empty()) {
      // The buffer was freed since. The others find that the call is missing.
      report(told(call.head) + ": " + objection);
      awaited_.push_back(std::make_shared<Awaited>());
      return;
    }
    std::vector<std::byte> body(call.from, call.from + call.from_bytes);
    const bool apart =
        call.to + call.to_bytes <= call.from || call.from + call.from_bytes <= call.to;
    // What is read before the result is there is then seen.
    if (apart && call.to_bytes > 0) std::memset(call.to, 0xff, call.to_bytes);
    PacketHead head = call.head;
    if (call.device_scalar != nullptr) {
      const auto type = static_cast<ncclDataType_t>(head.type);
      std::memcpy(head.scalar.data(), call.device_scalar, type_bytes(type));
    }
    suffer(call, body);
    awaited_.push_back(communicator_->member->ask(head, body, call.to, call.to_bytes));
  }

  std::shared_ptr<ncclComm> communicator_;
  std::vector<IssuedCall> calls_;
  std::uint64_t number_;
  std::vector<std::shared_ptr<Awaited>> awaited_;
};

}  // namespace

bool is_error(ncclResult_t state) {
  return state != ncclSuccess && state != ncclInProgress;
}

std::unique_ptr<Work> step_of(std::shared_ptr<ncclComm> communicator,
                              std::vector<IssuedCall> calls) {
  return std::make_unique<CallStep>(std::move(communicator), std::move(calls));
}

Member::Member(const std::string& hub_name, pid_t process, int ranks, int own_rank, int own_device)
    : hub(hub_name), hub_process(process), rank(own_rank) {
  device = own_device;
  const int file = connect_locally(hub);
  if (file < 0) return;
  stream_ = std::make_unique<PacketStream>(file);
  stream_->put(
      {.kind = PacketKind::hello, .rank = rank, .count = static_cast<std::uint64_t>(ranks)}, {});
}

void Member::attach(ncclComm* communicator) {
  communicators_.push_back(communicator);
  if (stream_ == nullptr) {
    fail_all(ncclSystemError, "CommInit: process " + std::to_string(hub_process) +
                                  ", which made the unique id, does not answer");
  }
}

void Member::detach(ncclComm* communicator) {
  std::erase(communicators_, communicator);
}

std::shared_ptr<Awaited> Member::ask(PacketHead head, std::span<const std::byte> body,
                                     std::byte* to, std::size_t bytes) {
  auto awaited = std::make_shared<Awaited>();
  awaited->to = to;
  awaited->bytes = bytes;
  awaited->since = SteadyClock::now();
  head.token = tokens_++;
  awaited_[head.token] = awaited;
  stream_->put(head, body);
  return awaited;
}

void Member::tell(PacketKind kind, std::uint32_t group) {
  if (stream_ != nullptr) stream_->put({.kind = kind, .group = group}, {});
}

bool Member::look() {
  if (stream_ == nullptr) return false;
  bool news = false;
  stream_->flush();
  while (const std::optional<Packet> packet = stream_->take()) {
    handle(*packet);
    news = true;
  }
  look_at_the_hub();
  return news;
}

void Member::handle(const Packet& packet) {
  const PacketHead& head = packet.head;
  const std::string text(reinterpret_cast<const char*>(packet.body.data()), packet.body.size());
  if (head.kind == PacketKind::welcome) {
    welcomed = true;
    processes_.resize(packet.body.size() / sizeof(std::int32_t));
    std::memcpy(processes_.data(), packet.body.data(), processes_.size() * sizeof(std::int32_t));
    for (ncclComm* each : communicators_) {
      if (each->state == ncclInProgress) each->state = ncclSuccess;
    }
  } else if (head.kind == PacketKind::failure) {
    for (ncclComm* each : communicators_) {
      const bool concerned = !welcomed || each->group == head.group;
      if (!concerned || !each->error.empty()) continue;
      each->state = static_cast<ncclResult_t>(head.extra);
      each->error = text;
    }
  } else if (head.kind == PacketKind::result) {
    const auto found = awaited_.find(head.token);
    if (found == awaited_.end()) return;
    const std::shared_ptr<Awaited> awaited = found->second;
    awaited_.erase(found);
    awaited->over = true;
    awaited->head = head;
    const std::size_t bytes = std::min(awaited->bytes, packet.body.size());
    // Nobody else knows of a call that was given up.
    if (awaited.use_count() > 1 && bytes > 0 &&
        Engine::the().memory.objection(awaited->to, bytes, -1).empty()) {
      std::memcpy(awaited->to, packet.body.data(), bytes);
    }
  }
}

void Member::fail_all(int code, const std::string& text) {
  for (ncclComm* each : communicators_) {
    if (!each->error.empty()) continue;
    each->state = static_cast<ncclResult_t>(code);
    each->error = text;
  }
}

void Member::look_at_the_hub() {
  const auto holder = std::ranges::find(processes_, hub_process);
  std::string who = "process " + std::to_string(hub_process) + ", which made the unique id,";
  if (holder != processes_.end()) {
    who = "rank " + std::to_string(holder - processes_.begin()) + " (" + who + ")";
  }
  if (stream_->closed()) {
    if (hub_process == ::getpid()) return;
    return fail_all(ncclRemoteError, who + " died");
  }
  // A hub that runs tells who is late; one that is stopped does not.
  const auto patience = std::chrono::milliseconds(settings().deadline_milliseconds) * 5 / 4;
  const auto since = awaited_.empty() ? began_ : awaited_.begin()->second->since;
  if (welcomed && awaited_.empty()) return;
  if (SteadyClock::now() - since < patience || !is_stopped(hub_process)) return;
  fail_all(ncclRemoteError, who + " is stopped");
}

}  // namespace reducecheck::standin
