// SPDX-License-Identifier: Apache-2.0
// Buffers of encodings, and what a kernel leaves in one under several schedules.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "kernels/host/launch.hpp"
#include "kernels/launch.hpp"
#include "kernels/oracle/oracle.hpp"

namespace reducecheck::kernels {

using oracle::Encodings;

/// An element type, as the kernels and as the oracle know it.
struct TestType {
  Element element;
  oracle::Format format;
  std::string name;
};
const std::vector<TestType>& test_types();
const std::vector<TestType>& floating_test_types();

/// Numbers that mean the same on every machine.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits();
  std::size_t below(std::size_t bound) { return bits() % bound; }

  /// Encodings of numbers of about 1; of integers any.
  Encodings tame(const TestType& type, std::size_t n);

  /// Any encodings: infinities, NaN, both zeros, numbers too large and too small to add.
  Encodings wild(const TestType& type, std::size_t n);

  std::vector<std::int32_t> ids(std::size_t n, std::int32_t from, std::int32_t to);

 private:
  std::uint64_t state_;
};

/// Memory for n elements, aligned to 16 bytes but for `skew` elements.
class Buffer {
 public:
  Buffer(const TestType& type, std::size_t n, std::size_t skew = 0);
  Buffer(const TestType& type, const Encodings& values, std::size_t skew = 0);

  void* data() { return bytes() + skew_ * width_; }
  [[nodiscard]] const void* data() const {
    return reinterpret_cast<const std::byte*>(words_.data()) + skew_ * width_;
  }
  Encodings read();

 private:
  std::byte* bytes() { return reinterpret_cast<std::byte*>(words_.data()); }

  std::size_t width_;
  std::size_t n_;
  std::size_t skew_;
  std::vector<std::uint64_t> words_;
};

/// How many schedules a kernel is run under: 8, or what the environment's REDUCECHECK_SCHEDULES is.
std::uint64_t schedules();

/// Calls `action` under each schedule; seed 0 is the order of numbers.
void under_schedules(const std::function<void()>& action);

/// What is wrong with `actual`, or nothing: NaN are one, all else is compared as bits.
std::string difference(const TestType& type, const Encodings& actual, const Encodings& expected);

/// Expects that `launch`, given a buffer that holds rubbish, leaves `expected` in it under each
/// schedule.
void expect_left(const TestType& type, const Encodings& expected,
                 const std::function<void(void*)>& launch);

}  // namespace reducecheck::kernels
