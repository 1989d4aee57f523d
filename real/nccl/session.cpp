// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/session.hpp"

#include <fmt/format.h>

#include "real/calls/backend_error.hpp"
#include "real/calls/call_header.hpp"
#include "real/calls/deadline_alarm.hpp"
#include "real/nccl/check.hpp"

namespace reducecheck::real {

NcclSession::NcclSession(const RankPlace& place, const NcclJobOptions& options)
    : place_(place), options_(options), log_(place.rank) {
  // First of all, because it is a fork: of a process that has neither threads nor a device.
  if (place.hosts_control && place.control.path.empty()) {
    process_ = std::make_unique<ControlProcess>(place, options.deadline_milliseconds);
  }
  control_ = std::make_unique<ControlClient>(place, options.job, options.deadline_milliseconds);
}

void NcclSession::join() {
  if (!options_.algorithm.empty()) pin_nccl(options_.algorithm);
  const DeviceCount found = count_devices();
  if (found.devices == 0) {
    no_device_ = found.reason;
    const Call call{.operation = "no device",
                    .reduction = "",
                    .type = "",
                    .members = whole_world(place_.world).front(),
                    .text = no_device_,
                    .at = {}};
    control_->agree(header_of(call, 0), call.members);
    control_->leave();
    return;
  }
  check_cuda(cudaSetDevice(place_.local_rank % found.devices), "cudaSetDevice");
  const bool shared = place_.local_world > found.devices;
  if (shared && place_.local_world < place_.world) {
    throw BackendError(
        fmt::format("{} ranks share {} GPUs of a machine, and the job has several: "
                    "ranks can share a GPU on one machine only",
                    place_.local_world, found.devices));
  }
  if (shared) share_device(place_.rank);
  if (!options_.algorithm.empty()) pinned_ = pinned_order(options_.algorithm, shared);
  scratch_ = std::make_unique<DeviceScratch>();
  communicators_ = std::make_unique<Communicators>(*control_, log_);
  communicators_->join();
  work_ = device_work(*communicators_);
}

void NcclSession::end() {
  control_->end();
  const auto bounded = [&](const char* what, auto give_back) {
    const DeadlineAlarm alarm(
        log_, options_.deadline_milliseconds,
        fmt::format("rank {}: the device does not give back its {}", place_.rank, what));
    give_back();
  };
  bounded("memory", [&] { work_.reset(); });
  communicators_.reset();  // with an alarm of its own
  bounded("stream", [&] { scratch_.reset(); });
}

void NcclSession::give_up(const std::string& text, bool mismatch) noexcept {
  abandon_device();
  if (control_ && !control_->told()) control_->say(text, mismatch);
  if (communicators_) communicators_->abort();
}

}  // namespace reducecheck::real
