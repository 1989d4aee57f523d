// SPDX-License-Identifier: Apache-2.0
// What a body on the host may ask; the dialect is described in kernels/body/dialect.hpp.
#pragma once

#include <bit>
#include <cmath>

#include "kernels/host/executor.hpp"
#include "kernels/host/view.hpp"

namespace reducecheck::kernels::host {

class Context {
 public:
  template <class T>
  using View = host::View<T>;

  explicit Context(Executor& executor) : executor_(executor) {}

  [[nodiscard]] std::uint32_t thread() const { return executor_.running_; }
  [[nodiscard]] std::uint32_t threads() const { return executor_.grid_.threads; }
  [[nodiscard]] std::uint32_t block() const {
    return static_cast<std::uint32_t>(executor_.watch_.now.block);
  }
  [[nodiscard]] std::uint32_t blocks() const { return executor_.grid_.blocks; }

  void sync(const std::source_location& at = std::source_location::current()) {
    executor_.wait(Executor::Wait::barrier, at);
  }

  template <class T>
  View<T> shared(std::size_t count) {
    const SharedRequest& request = executor_.request(count, sizeof(T));
    return {reinterpret_cast<T*>(request.data), request.region.get()};
  }

  template <class T>
  T shuffle_xor(T value, std::uint32_t mask,
                const std::source_location& at = std::source_location::current()) {
    static_assert(sizeof(T) <= sizeof(std::uint64_t));
    Executor::Thread& own = executor_.current();
    std::memcpy(&own.sent, &value, sizeof value);
    own.mask = mask;
    executor_.wait(Executor::Wait::shuffle, at);
    std::memcpy(&value, &own.received, sizeof value);
    return value;
  }

  template <class T>
  T atomic_add(const View<T>& view, std::size_t index, T value) {
    return view.update(index, [&](T before) { return before + value; });
  }
  template <class T>
  T atomic_min(const View<T>& view, std::size_t index, T value) {
    return view.update(index, [&](T before) { return value < before ? value : before; });
  }

  [[nodiscard]] double square_root(double x) const { return std::sqrt(x); }

 private:
  Executor& executor_;
};

}  // namespace reducecheck::kernels::host
