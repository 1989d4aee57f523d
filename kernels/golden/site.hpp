// SPDX-License-Identifier: Apache-2.0
// Where the kernels of a build run: a GPU or the executor on the host. One of site_cuda.cpp and
// site_host.cpp is linked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/launch.hpp"

namespace reducecheck::kernels::golden {

/// What runs the kernels, for people, or an empty name where there is no device.
std::string site_name();

/// The queue of a repetition: not the same one each time, or the same under another schedule.
Queue queue_of(std::uint64_t repetition);

/// Waits for the queue. Throws: LaunchError with the sentence of a kernel that failed.
void finish(Queue queue);

/// Copies within the device, on the queue.
void copy_there(Queue queue, void* to, const void* from, std::size_t bytes);

/// Memory of the device, freed at the end.
class SiteMemory {
 public:
  /// Throws: LaunchError where there is not so much.
  explicit SiteMemory(std::size_t bytes);
  ~SiteMemory();
  SiteMemory(SiteMemory&& other) noexcept;
  SiteMemory& operator=(SiteMemory&&) = delete;
  SiteMemory(const SiteMemory&) = delete;
  SiteMemory& operator=(const SiteMemory&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  void write(const void* from, std::size_t bytes) const;
  void read(void* to, std::size_t bytes) const;

 private:
  void* data_ = nullptr;
};

}  // namespace reducecheck::kernels::golden
