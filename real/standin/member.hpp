// SPDX-License-Identifier: Apache-2.0
// A rank's side: its link to the hub, its communicators, and its calls as work of streams.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nccl.h>

#include "real/standin/engine.hpp"
#include "real/standin/settings.hpp"
#include "real/standin/wire.hpp"

namespace reducecheck::standin {

/// A result that a rank waits for.
struct Awaited {
  std::byte* to = nullptr;
  std::size_t bytes = 0;
  bool over = false;
  PacketHead head;  // of the result
  std::chrono::steady_clock::time_point since;
};

/// The link of one rank to the hub of its first communicator. Everything wants the engine's lock.
class Member final : public NewsSource {
 public:
  /// Connects to the hub and says hello; failed() if there is none.
  Member(const std::string& hub, pid_t hub_process, int ranks, int rank, int device);

  bool look() override;
  int file() override { return stream_ && !stream_->closed() ? stream_->file() : -1; }
  bool unsent() override { return stream_ && stream_->unsent(); }

  /// Sends the call; what comes back is for `to`.
  std::shared_ptr<Awaited> ask(PacketHead head, std::span<const std::byte> body, std::byte* to,
                               std::size_t bytes);
  void tell(PacketKind kind, std::uint32_t group);

  void attach(ncclComm* communicator);
  void detach(ncclComm* communicator);

  const std::string hub;
  const pid_t hub_process;
  const int rank;
  bool welcomed = false;
  std::uint64_t calls = 0;  // for planted faults

 private:
  void handle(const Packet& packet);
  void fail_all(int code, const std::string& text);
  void look_at_the_hub();

  std::unique_ptr<PacketStream> stream_;
  std::map<std::uint64_t, std::shared_ptr<Awaited>> awaited_;
  std::uint64_t tokens_ = 0;
  std::vector<ncclComm*> communicators_;
  std::vector<std::int32_t> processes_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/// A reduction that the program made.
struct MadeReduction {
  ncclDataType_t type = ncclFloat32;
  const void* device_scalar = nullptr;  // read when the call runs
  std::array<std::byte, 8> scalar{};
  bool destroyed = false;
};

/// A call with checked arguments.
struct IssuedCall {
  PacketHead head;
  const std::byte* from = nullptr;
  std::size_t from_bytes = 0;
  std::byte* to = nullptr;
  std::size_t to_bytes = 0;
  const void* device_scalar = nullptr;
  FaultKind fault = FaultKind::none;
};

/// Whether a communicator in this state is of no more use.
bool is_error(ncclResult_t state);

/// Calls of one communicator that run as one step of a stream, after the steps before.
std::unique_ptr<Work> step_of(std::shared_ptr<ncclComm> communicator,
                              std::vector<IssuedCall> calls);

}  // namespace reducecheck::standin

/// NCCL's name for a communicator.
struct ncclComm {
  std::shared_ptr<reducecheck::standin::Member> member;
  std::uint32_t group = 0;
  int rank = 0;
  int size = 1;
  int device = 0;
  bool blocking = true;
  ncclResult_t state = ncclInProgress;
  std::string error;
  bool aborted = false;
  bool finalised = false;
  std::uint64_t collectives = 0;
  std::uint64_t transfers = 0;
  std::uint64_t steps = 0;  // issued
  std::uint64_t steps_done = 0;
  std::vector<reducecheck::standin::MadeReduction> reductions;
};
