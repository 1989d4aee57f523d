// SPDX-License-Identifier: Apache-2.0
// A stack of its own for a thread of a kernel, so that it can wait at a barrier in the middle.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>

namespace reducecheck::kernels::host {

/// Runs `work` whenever it is resumed and idle, on its own stack, with an unmapped page below it.
/// `work` may suspend itself in the middle and goes on there when the fiber is resumed again. No
/// exception may leave `work`.
class Fiber {
 public:
  Fiber();  // throws std::bad_alloc
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Goes on with what the fiber has begun, or begins `work`; returns when it ends or suspends.
  void resume(const std::function<void()>& work);

  /// From within `work`: back to resume().
  void suspend();

  /// Whether `work` is not in the middle.
  [[nodiscard]] bool idle() const { return idle_; }

 private:
  static void entry(unsigned high, unsigned low);
  void loop();
  void arrived();

  ucontext_t own_{};
  ucontext_t caller_{};
  std::byte* mapped_ = nullptr;
  const std::function<void()>* work_ = nullptr;
  bool idle_ = true;
  // For the sanitizers, which must be told of stacks.
  void* own_fake_stack_ = nullptr;
  void* caller_fake_stack_ = nullptr;
  const void* caller_stack_ = nullptr;
  std::size_t caller_stack_bytes_ = 0;
  void* own_thread_ = nullptr;
  void* caller_thread_ = nullptr;
};

}  // namespace reducecheck::kernels::host
