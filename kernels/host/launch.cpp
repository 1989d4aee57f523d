// SPDX-License-Identifier: Apache-2.0
#include "kernels/host/launch.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace reducecheck::kernels {
namespace host {
namespace {

std::mutex launches_mutex;
Schedule launches_schedule;             // guarded by launches_mutex
std::map<void*, std::string> failures;  // by stream; guarded by launches_mutex

Schedule current_schedule() {
  const std::scoped_lock lock(launches_mutex);
  return launches_schedule;
}

void note_failure(void* stream, const std::string& sentence) {
  const std::scoped_lock lock(launches_mutex);
  failures.try_emplace(stream, sentence);
}

/// A launch that waits for its turn on a stream.
struct Enqueued {
  void* stream;
  Executor executor;
  std::shared_ptr<Memory> memory;
  std::function<void(Context&)> body;
};

void run_enqueued(void* data) {
  const std::unique_ptr<Enqueued> launch(static_cast<Enqueued*>(data));
  try {
    launch->executor.run(*launch->memory, launch->body);
  } catch (const std::exception& error) {
    note_failure(launch->stream, error.what());
  }
}

}  // namespace

void set_schedule(const Schedule& schedule) {
  const std::scoped_lock lock(launches_mutex);
  launches_schedule = schedule;
}

void Launch::run_body(const Grid& grid, std::function<void(Context&)> body) {
  Executor executor(kernel_, grid, current_schedule());
  if (queue_.enqueue == nullptr) return executor.run(*memory_, body);
  auto launch = std::make_unique<Enqueued>(
      Enqueued{queue_.stream, std::move(executor), memory_, std::move(body)});
  const int status = queue_.enqueue(queue_.stream, run_enqueued, launch.get());
  if (status != 0) {
    throw LaunchError("kernel `" + kernel_ + "`: its stream refuses it with status " +
                      std::to_string(status));
  }
  // The callback owns it now, and may have ended already.
  static_cast<void>(launch.release());
}

}  // namespace host

std::optional<std::string> take_failure(Queue queue) {
  const std::scoped_lock lock(host::launches_mutex);
  const auto found = host::failures.find(queue.stream);
  if (found == host::failures.end()) return std::nullopt;
  std::string sentence = std::move(found->second);
  host::failures.erase(found);
  return sentence;
}

}  // namespace reducecheck::kernels
