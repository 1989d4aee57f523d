// SPDX-License-Identifier: Apache-2.0
#include "real/standin/engine.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "real/standin/settings.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::standin {
namespace {

using Clock = std::chrono::steady_clock;

class FunctionWork final : public Work {
 public:
  explicit FunctionWork(std::function<void()> function) : function_(std::move(function)) {}
  void begin() override { function_(); }

 private:
  std::function<void()> function_;
};

/// Takes what is over off the front; whether there was something.
bool retire(CUstream_st& stream) {
  bool retired = false;
  while (!stream.queue.empty() && stream.queue.front().begun && stream.queue.front().work->over()) {
    stream.queue.pop_front();
    ++stream.done;
    retired = true;
  }
  return retired;
}

bool may_begin(const CUstream_st& stream) {
  if (stream.queue.empty() || stream.queue.front().begun) return false;
  const CUstream_st::Entry& front = stream.queue.front();
  return std::ranges::all_of(front.after, &StreamPoint::reached) && front.work->ready();
}

}  // namespace

std::unique_ptr<Work> work_of(std::function<void()> function) {
  return std::make_unique<FunctionWork>(std::move(function));
}

bool StreamPoint::reached() const {
  return stream == nullptr || stream->done >= position;
}

bool& inside_host_function() {
  thread_local bool inside = false;
  return inside;
}

void report(const std::string& text) {
  std::fprintf(stderr, "stand-in: %s\n", text.c_str());
}

Engine& Engine::the() {
  // Never destroyed: its thread outlives main.
  static auto* engine = new Engine;
  return *engine;
}

int& Engine::current_device() {
  thread_local int device = 0;
  return device;
}

Engine::Device& Engine::device(int number) {
  const auto [found, is_new] = devices_.try_emplace(number);
  Device& device = found->second;
  if (is_new) {
    device.default_stream = std::make_shared<CUstream_st>();
    device.default_stream->device = number;
    device.streams.push_back(device.default_stream);
    device.state = mix(settings().seed ^ mix(static_cast<std::uint64_t>(number)));
  }
  return device;
}

void Engine::use(int number) {
  device(number).user = std::this_thread::get_id();
}

std::shared_ptr<CUstream_st> Engine::stream(cudaStream_t handle) {
  if (handle == nullptr) return device(current_device()).default_stream;
  for (const auto& [number, device] : devices_) {
    for (const auto& stream : device.streams) {
      if (stream.get() == handle && !stream->destroyed) return stream;
    }
  }
  return nullptr;
}

cudaStream_t Engine::create_stream(bool blocking) {
  auto stream = std::make_shared<CUstream_st>();
  stream->device = current_device();
  stream->blocking = blocking;
  device(stream->device).streams.push_back(stream);
  return stream.get();
}

StreamPoint Engine::end_of(const std::shared_ptr<CUstream_st>& stream) {
  return {stream, stream->issued};
}

std::vector<StreamPoint> Engine::ends_of_device(int number) {
  std::vector<StreamPoint> all;
  for (const auto& stream : device(number).streams) all.push_back(end_of(stream));
  return all;
}

void Engine::enqueue(const std::shared_ptr<CUstream_st>& stream, std::unique_ptr<Work> work) {
  Device& owner = device(stream->device);
  use(stream->device);
  CUstream_st::Entry entry{std::move(work), {}, false};
  const auto after = [&](const std::shared_ptr<CUstream_st>& other) {
    StreamPoint point = end_of(other);
    if (!point.reached()) entry.after.push_back(std::move(point));
  };
  if (stream == owner.default_stream) {
    for (const auto& other : owner.streams) {
      if (other != stream && other->blocking) after(other);
    }
  } else if (stream->blocking) {
    after(owner.default_stream);
  }
  stream->queue.push_back(std::move(entry));
  ++stream->issued;
}

void Engine::wait_for(const std::shared_ptr<CUstream_st>& stream, StreamPoint point) {
  if (point.reached()) return;
  enqueue(stream, work_of([] {}));
  stream->queue.back().after.push_back(std::move(point));
}

void Engine::add_source(const std::shared_ptr<NewsSource>& source) {
  sources_.push_back(source);
  use(source->device);
  if (std::exchange(pumping_, true)) return;
  std::thread([this] { pump(); }).detach();
}

bool Engine::step(int number) {
  Device& owner = device(number);
  owner.driven = Clock::now();
  bool moved = false;
  for (const auto& weak : sources_) {
    const std::shared_ptr<NewsSource> source = weak.lock();
    if (source != nullptr && source->device == number && source->look()) moved = true;
  }
  std::erase_if(owner.streams, [](const auto& s) { return s->destroyed && s->queue.empty(); });
  std::vector<std::shared_ptr<CUstream_st>> able;
  for (const auto& stream : owner.streams) {
    if (retire(*stream)) moved = true;
    if (may_begin(*stream)) able.push_back(stream);
  }
  if (able.empty()) return moved;
  owner.state = mix(owner.state);
  CUstream_st& drawn = *able[owner.state % able.size()];
  drawn.queue.front().begun = true;
  drawn.queue.front().work->begin();
  retire(drawn);
  return true;
}

bool Engine::step_mine() {
  bool moved = false;
  for (const auto& [number, device] : devices_) {
    if (device.user == std::this_thread::get_id() && step(number)) moved = true;
  }
  return moved;
}

void Engine::drift() {
  Device& own = device(current_device());
  own.state = mix(own.state);
  for (std::uint64_t steps = own.state % 4; steps > 0; --steps) step_mine();
}

void Engine::wait_for_news() {
  std::vector<pollfd> files;
  {
    const auto held = lock();
    std::erase_if(sources_, [](const auto& source) { return source.expired(); });
    for (const auto& weak : sources_) {
      const std::shared_ptr<NewsSource> source = weak.lock();
      // Another thread may have dropped the last of its owners since.
      if (source == nullptr || device(source->device).user != std::this_thread::get_id()) continue;
      const auto events = static_cast<short>(source->unsent() ? POLLIN | POLLOUT : POLLIN);
      files.push_back({source->file(), events, 0});
    }
  }
  ::poll(files.data(), files.size(), 2);
}

Driven Engine::drive(const std::function<bool()>& reached, const std::function<bool()>& broken) {
  const auto patience = std::chrono::milliseconds(settings().deadline_milliseconds) * 7 / 4;
  Clock::time_point moved = Clock::now();
  for (;;) {
    bool moves = false;
    {
      const auto held = lock();
      use(current_device());
      if (reached()) return Driven::reached;
      if (broken()) return Driven::broken;
      moves = step_mine();
    }
    if (moves) {
      moved = Clock::now();
    } else if (Clock::now() - moved > patience) {
      return Driven::stuck;
    } else {
      wait_for_news();
    }
  }
}

bool Engine::is_broken(const CUstream_st& stream) {
  const CUstream_st* at = &stream;
  // Through what it waits for; a bound, because streams may wait in a circle.
  for (int i = 0; i < 100 && !at->queue.empty(); ++i) {
    const CUstream_st::Entry& front = at->queue.front();
    if (front.work->broken()) return true;
    const auto blocking = std::ranges::find_if_not(front.after, &StreamPoint::reached);
    if (blocking == front.after.end()) return false;
    at = blocking->stream.get();
  }
  return false;
}

void Engine::pump() {
  // A host that is busy elsewhere does not hold up its device, nor the ranks that wait for it.
  constexpr std::chrono::milliseconds idle(20);
  for (;;) {
    std::this_thread::sleep_for(idle / 2);
    const auto held = lock();
    for (auto& [number, device] : devices_) {
      if (Clock::now() - device.driven < idle) continue;
      for (int i = 0; i < 8 && step(number); ++i) {
      }
    }
  }
}

}  // namespace reducecheck::standin
