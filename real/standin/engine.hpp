// SPDX-License-Identifier: Apache-2.0
// Streams: queues of work that somebody who waits drains, in an order that the seed draws. Nothing
// runs when it is enqueued, so that what should have waited for it and did not is seen.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <cuda_runtime_api.h>

#include "real/standin/memory.hpp"

namespace reducecheck::standin {

/// A piece of work of a stream.
class Work {
 public:
  Work() = default;
  virtual ~Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  virtual bool ready() { return true; }    // may it begin
  virtual void begin() = 0;                // once
  virtual bool over() { return true; }     // after it began
  virtual bool broken() { return false; }  // will it never be over
};

/// A function is a piece of work that is over at once.
std::unique_ptr<Work> work_of(std::function<void()> function);

/// A place in a stream: reached when the work up to there is over.
struct StreamPoint {
  std::shared_ptr<CUstream_st> stream;
  std::uint64_t position = 0;

  [[nodiscard]] bool reached() const;
};

/// Something that brings news from outside of the process, for one device.
class NewsSource {
 public:
  NewsSource() = default;
  virtual ~NewsSource() = default;
  NewsSource(const NewsSource&) = delete;
  NewsSource& operator=(const NewsSource&) = delete;

  virtual bool look() = 0;               // takes what is there; whether there was something
  [[nodiscard]] virtual int file() = 0;  // to wait for, or -1
  [[nodiscard]] virtual bool unsent() = 0;
  int device = 0;
};

enum class Driven : std::uint8_t { reached, broken, stuck };

/// The devices of this process. Every function but drive and the constructor wants the lock.
class Engine {
 public:
  static Engine& the();

  std::unique_lock<std::recursive_mutex> lock() { return std::unique_lock(mutex_); }

  /// The device that this thread has chosen.
  static int& current_device();

  /// The stream of a handle; null is the default stream of the current device. Nothing for a handle
  /// of no stream.
  std::shared_ptr<CUstream_st> stream(cudaStream_t handle);
  cudaStream_t create_stream(bool blocking);

  /// Behind what is in the stream; streams that heed the default stream and the default stream also
  /// wait for each other.
  void enqueue(const std::shared_ptr<CUstream_st>& stream, std::unique_ptr<Work> work);
  void wait_for(const std::shared_ptr<CUstream_st>& stream, StreamPoint point);
  static StreamPoint end_of(const std::shared_ptr<CUstream_st>& stream);
  std::vector<StreamPoint> ends_of_device(int device);

  void add_source(const std::shared_ptr<NewsSource>& source);

  /// A few steps, or none, as a device moves while the host does something else.
  void drift();

  /// Lets the devices that this thread uses work until `reached`, asked under the lock. `broken`
  /// when that will never be; `stuck` when nothing moved for two deadlines. Without the lock.
  Driven drive(const std::function<bool()>& reached, const std::function<bool()>& broken);

  /// Whether the stream cannot go on because a communicator failed.
  static bool is_broken(const CUstream_st& stream);

  DeviceMemory memory;

 private:
  struct Device {
    std::shared_ptr<CUstream_st> default_stream;
    std::vector<std::shared_ptr<CUstream_st>> streams;  // the default one is the first
    std::thread::id user;
    std::chrono::steady_clock::time_point driven;
    std::uint64_t state = 0;  // of the draws
  };

  Device& device(int number);
  bool step(int number);
  bool step_mine();
  void use(int number);
  void pump();
  void wait_for_news();

  std::recursive_mutex mutex_;
  std::map<int, Device> devices_;
  std::vector<std::weak_ptr<NewsSource>> sources_;
  bool pumping_ = false;
};

/// Whether this thread runs a host function of a stream, which may call nothing of CUDA.
bool& inside_host_function();

/// Tells a mistake of the program on standard error.
void report(const std::string& text);

}  // namespace reducecheck::standin

/// CUDA's name for a stream.
struct CUstream_st {
  struct Entry {
    std::unique_ptr<reducecheck::standin::Work> work;
    std::vector<reducecheck::standin::StreamPoint> after;
    bool begun = false;
  };

  int device = 0;
  bool blocking = true;    // heeds the default stream
  bool destroyed = false;  // goes when what is in it is over
  std::deque<Entry> queue;
  std::uint64_t issued = 0;
  std::uint64_t done = 0;
};
