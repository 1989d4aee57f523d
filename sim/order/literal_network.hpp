// SPDX-License-Identifier: Apache-2.0
// For tests: ranks as processes that send each other messages, and sums that remember how they came
// about. What runs here knows the steps of an implementation and nothing of its closed form.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <map>
#include <utility>
#include <vector>

#include "sim/order/sum_order.hpp"

namespace reducecheck::literal {

/// Sums as expressions: two are the same number if they add the same things in the same order, up
/// to the sides of one addition. Each has its value too, added one by one.
class Sums {
 public:
  Sums(Format format, SumRounding rounding) : format_(format), rounding_(rounding) {}

  /// The operand of `rank` at `element`.
  int operand(int rank, std::size_t element, std::uint32_t encoding) {
    return find({-1 - rank, static_cast<std::int64_t>(element)},
                {encoding, widen(format_, encoding)});
  }

  /// +0 in the accumulator.
  int zero() { return find({-1, -1}, {0, 0.0F}); }

  int add(int a, int b) {
    if (a > b) std::swap(a, b);
    const Value& x = values_[static_cast<std::size_t>(a)];
    const Value& y = values_[static_cast<std::size_t>(b)];
    Value sum{0, x.wide + y.wide};
    if (rounding_ == SumRounding::each_addition) {
      sum.encoding = add_in(format_, x.encoding, y.encoding);
      sum.wide = widen(format_, sum.encoding);
    } else {
      sum.encoding = round_to(format_, sum.wide);
    }
    return find({a, b}, sum);
  }

  [[nodiscard]] std::uint32_t encoding(int sum) const {
    return values_[static_cast<std::size_t>(sum)].encoding;
  }

 private:
  using Key = std::pair<std::int64_t, std::int64_t>;
  struct Value {
    std::uint32_t encoding = 0;
    float wide = 0;
  };

  int find(Key key, Value value) {
    const auto [at, is_new] = numbers_.try_emplace(key, static_cast<int>(values_.size()));
    if (is_new) values_.push_back(value);
    return at->second;
  }

  Format format_;
  SumRounding rounding_;
  std::map<Key, int> numbers_;
  std::vector<Value> values_;
};

/// Sums of a message, and of all elements of each rank.
using Message = std::vector<int>;
using Buffers = std::vector<Message>;

/// What a rank runs.
struct Process {
  struct promise_type {
    Process get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    static std::suspend_always initial_suspend() noexcept { return {}; }
    static std::suspend_always final_suspend() noexcept { return {}; }
    static void return_void() {}
    static void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

/// Messages between two processes arrive in the order in which they were sent.
class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network() {
    for (const Process& process : processes_) process.handle.destroy();
  }

  void start(Process process) { processes_.push_back(process); }

  void send(int from, int to, Message message) { wires_[{from, to}].push_back(std::move(message)); }

  /// `co_await receive(from, at)` is the next message from `from` to `at`.
  auto receive(int from, int at) {
    struct Waiting {
      std::deque<Message>& wire;
      [[nodiscard]] bool await_ready() const { return !wire.empty(); }
      void await_suspend(std::coroutine_handle<>) const {}
      [[nodiscard]] Message await_resume() const {
        Message message = std::move(wire.front());
        wire.pop_front();
        return message;
      }
    };
    awaited_ = &wires_[{from, at}];
    return Waiting{*awaited_};
  }

  /// Lets every process run to its end; false if some wait for messages that nobody sends, or a
  /// message is left over.
  bool run() {
    std::vector<std::deque<Message>*> waits(processes_.size(), nullptr);
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t i = 0; i < processes_.size(); ++i) {
        if (processes_[i].handle.done() || (waits[i] != nullptr && waits[i]->empty())) continue;
        processes_[i].handle.resume();
        waits[i] = awaited_;
        moved = true;
      }
    }
    for (const Process& process : processes_) {
      if (!process.handle.done()) return false;
    }
    for (const auto& [ends, wire] : wires_) {
      if (!wire.empty()) return false;
    }
    return true;
  }

 private:
  std::vector<Process> processes_;
  std::map<std::pair<int, int>, std::deque<Message>> wires_;
  std::deque<Message>* awaited_ = nullptr;
};

/// Runs `process(network, rank)` on each rank; false as Network::run.
template <class Make>
bool run_ranks(std::size_t ranks, Make process) {
  Network network;
  for (std::size_t rank = 0; rank < ranks; ++rank) network.start(process(network, rank));
  return network.run();
}

/// Elements [first, first + count) of a buffer.
inline Message slice(const Message& buffer, std::size_t first, std::size_t count) {
  const auto begin = buffer.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

inline void copy_into(Message& buffer, std::size_t first, const Message& message) {
  for (std::size_t i = 0; i < message.size(); ++i) buffer[first + i] = message[i];
}

inline void add_into(Sums& sums, Message& buffer, std::size_t first, const Message& message) {
  for (std::size_t i = 0; i < message.size(); ++i) {
    buffer[first + i] = sums.add(buffer[first + i], message[i]);
  }
}

}  // namespace reducecheck::literal
