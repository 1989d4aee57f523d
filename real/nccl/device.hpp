// SPDX-License-Identifier: Apache-2.0
// A GPU's memory and streams, through the runtime's C interface. Nothing here waits for a stream.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <string>
#include <vector>

namespace reducecheck::real {

/// What the CUDA runtime finds on this machine.
struct DeviceCount {
  int devices = 0;
  std::string reason;  // why there is none
};
DeviceCount count_devices();

/// One line about each: `0  0000:1b:00.0  compute capability 9.0, 132 multiprocessors`.
std::vector<std::string> device_lines(int devices);

/// `CUDA runtime 13.0, driver for 13.0`, or `no driver`.
std::string cuda_versions();

/// From here on no memory or stream of this process is given back, because to do so is to wait for
/// the device, which may never be done. For a rank that gives up: its end gives back everything.
void abandon_device() noexcept;

/// Memory on the device. It only grows; what it had before is kept until the end, because to free
/// memory is to wait for the device.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  ~DeviceBuffer();
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  /// At least `bytes` of memory, whatever it holds.
  void* reserve(std::size_t bytes);
  [[nodiscard]] void* data() const { return blocks_.empty() ? nullptr : blocks_.back(); }

 private:
  std::vector<void*> blocks_;  // the last is in use
  std::size_t bytes_ = 0;      // of it
};

/// A stream that others do not wait for.
class Stream {
 public:
  Stream();
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] cudaStream_t get() const { return stream_; }

  /// Whether all that was put on it is done. Throws: BackendError.
  [[nodiscard]] bool idle() const;

 private:
  cudaStream_t stream_ = nullptr;
};

/// What collectives need on the device: made once, because each allocation waits for it.
struct DeviceScratch {
  Stream stream;
  DeviceBuffer in;
  DeviceBuffer out;
};

}  // namespace reducecheck::real
