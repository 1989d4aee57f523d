// SPDX-License-Identifier: Apache-2.0
// This process as one rank of a job over NCCL.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "real/nccl/device_work.hpp"
#include "real/nccl/library.hpp"
#include "real/nccl/nccl_transport.hpp"
#include "real/supervise/control_client.hpp"
#include "real/supervise/rank_job.hpp"

namespace reducecheck::real {

struct NcclJobOptions {
  std::uint64_t job = 0;  // a hash of what is run
  int deadline_milliseconds = 10'000;
  std::string algorithm;  // of nccl_algorithms(), or empty: the library's choice
};

class NcclSession {
 public:
  /// Joins the control channel of the job. Throws: CallFailure, BackendError.
  NcclSession(const RankPlace& place, const NcclJobOptions& options);

  /// Chooses a device and makes the communicator of all ranks. Where no rank has a device there is
  /// none, see no_device(). Collective. Throws: CallFailure, BackendError.
  void join();

  [[nodiscard]] int rank() const { return place_.rank; }
  [[nodiscard]] int size() const { return place_.world; }
  ControlClient& control() { return *control_; }

  /// What computes on the device, or null in a build without kernels.
  LocalWork* work() { return work_.get(); }

  /// A transport without groups.
  NcclTransport transport() { return {*control_, *communicators_, *scratch_}; }

  /// Why there is no device, or an empty sentence. With a sentence there are no communicators.
  [[nodiscard]] const std::string& no_device() const { return no_device_; }

  /// By what sums go, where an algorithm was asked for.
  [[nodiscard]] const std::optional<PinnedOrder>& pinned() const { return pinned_; }

  /// Everything is done: the last call of a rank that has not failed.
  void end();

  /// The rank gives up for `text`, and the job with it. Communicators are aborted, in bounded time.
  void give_up(const std::string& text, bool mismatch) noexcept;

  /// Whether somebody has told the user already why the job is over.
  [[nodiscard]] bool told() const { return control_ && control_->told(); }

 private:
  RankPlace place_;
  NcclJobOptions options_;
  std::unique_ptr<ControlProcess> process_;
  std::unique_ptr<ControlClient> control_;
  CallLog log_;
  std::optional<PinnedOrder> pinned_;
  std::unique_ptr<DeviceScratch> scratch_;
  std::unique_ptr<Communicators> communicators_;
  std::unique_ptr<LocalWork> work_;
  std::string no_device_;
};

}  // namespace reducecheck::real
