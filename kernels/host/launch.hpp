// SPDX-License-Identifier: Apache-2.0
// One launch on the host: its buffers under their names, then its body, at once or on a stream.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kernels/host/context.hpp"
#include "kernels/launch.hpp"
#include "kernels/launch/checks.hpp"

namespace reducecheck::kernels::host {

class Launch {
 public:
  Launch(Queue queue, std::string kernel)
      : queue_(queue), kernel_(std::move(kernel)), memory_(std::make_shared<Memory>()) {}

  /// A buffer of `count` elements; `out` is written. Throws LaunchError for one that cannot be.
  template <class T>
  View<T> out(const char* name, void* data, std::size_t count) {
    check_buffer(kernel_, name, data, count, sizeof(T));
    return {static_cast<T*>(data), memory_->add(name, data, count, sizeof(T), true)};
  }
  template <class T>
  View<const T> in(const char* name, const void* data, std::size_t count) {
    check_buffer(kernel_, name, data, count, sizeof(T));
    return {static_cast<const T*>(data), memory_->add(name, data, count, sizeof(T), false)};
  }

  template <class Body>
  void run(const Grid& grid, const Body& body) {
    run_body(grid, [body](Context& context) { body(context); });
  }

 private:
  void run_body(const Grid& grid, std::function<void(Context&)> body);

  Queue queue_;
  std::string kernel_;
  std::shared_ptr<Memory> memory_;
};

}  // namespace reducecheck::kernels::host
