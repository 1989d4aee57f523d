// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <string>

#include "kernels/bodies_test.hpp"

namespace reducecheck::kernels {

const std::vector<TestType>& test_types() {
  static const std::vector<TestType> types = {{Element::u64, oracle::mod64, "U64"},
                                              {Element::fp32, oracle::binary32, "Fp32"},
                                              {Element::bf16, oracle::brain16, "Bf16"},
                                              {Element::fp16, oracle::binary16, "Fp16"}};
  return types;
}

const std::vector<TestType>& floating_test_types() {
  static const std::vector<TestType> types(test_types().begin() + 1, test_types().end());
  return types;
}

std::uint64_t Draw::bits() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

Encodings Draw::tame(const TestType& type, std::size_t n) {
  if (type.format.integer()) return wild(type, n);
  Encodings values;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t drawn = bits();
    const std::uint64_t exponent = static_cast<std::uint64_t>(type.format.bias()) - 3 + below(5);
    const std::uint64_t fraction = drawn & ((std::uint64_t{1} << type.format.fraction_bits) - 1);
    const std::uint64_t sign = drawn >> 63 != 0 ? type.format.sign() : 0;
    values.push_back(sign | exponent << type.format.fraction_bits | fraction);
  }
  return values;
}

Encodings Draw::wild(const TestType& type, std::size_t n) {
  Encodings values;
  if (type.format.integer()) {
    for (std::size_t i = 0; i < n; ++i) values.push_back(below(16) == 0 ? 0 : bits());
    return values;
  }
  const std::uint64_t all = 2 * type.format.sign() - 1;
  const std::uint64_t special[] = {0,
                                   type.format.sign(),
                                   type.format.infinity(),
                                   type.format.infinity() | type.format.sign(),
                                   type.format.infinity() + 1,
                                   1};
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(below(8) == 0 ? special[below(std::size(special))] : bits() & all);
  }
  return values;
}

std::vector<std::int32_t> Draw::ids(std::size_t n, std::int32_t from, std::int32_t to) {
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < n; ++i) {
    values.push_back(from + static_cast<std::int32_t>(below(static_cast<std::size_t>(to - from))));
  }
  return values;
}

Buffer::Buffer(const TestType& type, std::size_t n, std::size_t skew)
    : width_(bytes_of(type.element)),
      n_(n),
      skew_(skew),
      words_(((n + skew) * width_ + 7) / 8, 0xa5a5a5a5a5a5a5a5U) {}

Buffer::Buffer(const TestType& type, const Encodings& values, std::size_t skew)
    : Buffer(type, values.size(), skew) {
  for (std::size_t i = 0; i < n_; ++i) {
    // Little-endian: the low bytes come first.
    std::memcpy(bytes() + (skew_ + i) * width_, &values[i], width_);
  }
}

Encodings Buffer::read() {
  Encodings values(n_);
  for (std::size_t i = 0; i < n_; ++i) {
    std::memcpy(&values[i], bytes() + (skew_ + i) * width_, width_);
  }
  return values;
}

std::uint64_t schedules() {
  const char* wanted = std::getenv("REDUCECHECK_SCHEDULES");
  return wanted == nullptr ? 8 : std::stoull(wanted);
}

void under_schedules(const std::function<void()>& action) {
  for (std::uint64_t seed = 0; seed < schedules(); ++seed) {
    SCOPED_TRACE("schedule " + std::to_string(seed) +
                 "; again: REDUCECHECK_SCHEDULES=" + std::to_string(seed + 1));
    host::set_schedule({.seed = seed});
    action();
    if (testing::Test::HasFailure()) break;
  }
  host::set_schedule({});
}

std::string difference(const TestType& type, const Encodings& actual, const Encodings& expected) {
  if (actual.size() != expected.size()) return "other sizes";
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const bool both_nan = type.format.is_nan(actual[i]) && type.format.is_nan(expected[i]);
    if (actual[i] == expected[i] || both_nan) continue;
    char text[120];
    std::snprintf(text, sizeof text, "%s element %zu of %zu is %llx, not %llx", type.name.c_str(),
                  i, actual.size(), static_cast<unsigned long long>(actual[i]),
                  static_cast<unsigned long long>(expected[i]));
    return text;
  }
  return "";
}

void expect_left(const TestType& type, const Encodings& expected,
                 const std::function<void(void*)>& launch) {
  under_schedules([&] {
    Buffer out(type, expected.size());
    launch(out.data());
    EXPECT_EQ(difference(type, out.read(), expected), "");
  });
}

}  // namespace reducecheck::kernels
