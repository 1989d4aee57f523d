// SPDX-License-Identifier: Apache-2.0
// Elementwise kernels leave what the oracle says, in every type, rung and schedule.
#include "kernels/bodies_test.hpp"
#include "kernels/body/numbers.hpp"

namespace reducecheck::kernels {
namespace {

constexpr std::size_t elements_each = 1003;  // several blocks, and no whole number of packs

class Elementwise : public testing::TestWithParam<TestType> {
 protected:
  const TestType& type() const { return GetParam(); }
  Draw draw_{7};
  Encodings a_ = draw_.wild(type(), elements_each);
  Encodings b_ = draw_.tame(type(), elements_each);
};

INSTANTIATE_TEST_SUITE_P(Types, Elementwise, testing::ValuesIn(test_types()),
                         [](const auto& type) { return type.param.name; });

using Operation = std::uint64_t (*)(const oracle::Format&, std::uint64_t, std::uint64_t);

Encodings by_element(const TestType& type, Operation operation, const Encodings& a,
                     const Encodings& b) {
  Encodings out;
  for (std::size_t i = 0; i < a.size(); ++i) {
    out.push_back(operation(type.format, a[i], b[b.size() == 1 ? 0 : i]));
  }
  return out;
}

TEST_P(Elementwise, AddRoundsOnceOnEveryRung) {
  const Encodings expected = by_element(type(), oracle::add, a_, b_);
  for (const std::size_t skew : {0U, 1U}) {
    const Buffer a(type(), a_, skew);
    const Buffer b(type(), b_);
    for (const Rung rung : {Rung::plain, Rung::fast}) {
      expect_left(type(), expected, [&](void* out) {
        add({}, type().element, out, a.data(), b.data(), elements_each, rung);
      });
    }
  }
}

TEST_P(Elementwise, AddInPlaceIsNoRace) {
  const Buffer b(type(), b_);
  under_schedules([&] {
    Buffer a(type(), a_);
    add({}, type().element, a.data(), a.data(), b.data(), elements_each);
    EXPECT_EQ(difference(type(), a.read(), by_element(type(), oracle::add, a_, b_)), "");
  });
}

TEST_P(Elementwise, ProductsRoundOnce) {
  const Buffer a(type(), a_);
  const Buffer b(type(), b_);
  expect_left(type(), by_element(type(), oracle::multiply, a_, b_), [&](void* out) {
    multiply({}, type().element, out, a.data(), b.data(), elements_each);
  });
  expect_left(type(), by_element(type(), oracle::multiply, a_, {b_[3]}),
              [&](void* out) { scale({}, type().element, out, a.data(), b_[3], elements_each); });
}

TEST_P(Elementwise, QuotientsRoundOnceAndIntegersAreRefused) {
  const Buffer a(type(), a_);
  Buffer refused(type(), elements_each);
  if (type().format.integer()) {
    EXPECT_THROW(divide({}, type().element, refused.data(), a.data(), 3, elements_each),
                 LaunchError);
    return;
  }
  expect_left(type(), by_element(type(), oracle::divide, a_, {b_[3]}),
              [&](void* out) { divide({}, type().element, out, a.data(), b_[3], elements_each); });
}

TEST_P(Elementwise, EachRowHasItsFactor) {
  const std::size_t columns = 17;
  const std::size_t rows = elements_each / columns;
  Encodings expected;
  for (std::size_t i = 0; i < rows * columns; ++i) {
    expected.push_back(oracle::multiply(type().format, a_[i], b_[i / columns]));
  }
  const Buffer a(type(), a_);
  const Buffer b(type(), b_);
  expect_left(type(), expected, [&](void* out) {
    scale_rows({}, type().element, out, a.data(), b.data(), rows, columns);
  });
}

TEST_P(Elementwise, SwiGluIsTheRoundedActivationTimesUp) {
  const Buffer gate(type(), a_);
  const Buffer up(type(), b_);
  under_schedules([&] {
    Buffer out(type(), elements_each);
    swiglu({}, type().element, out.data(), gate.data(), up.data(), elements_each);
    const Encodings got = out.read();
    for (std::size_t i = 0; i < elements_each; ++i) {
      const oracle::Enclosure act = oracle::activation(type().format, a_[i]);
      const std::uint64_t low = oracle::multiply(type().format, act.low, b_[i]);
      const std::uint64_t high = oracle::multiply(type().format, act.high, b_[i]);
      const bool nan = type().format.is_nan(low) && type().format.is_nan(got[i]);
      EXPECT_TRUE(nan || got[i] == low || got[i] == high) << i << " " << std::hex << a_[i];
    }
  });
}

TEST_P(Elementwise, FillIsTheCounterHash) {
  const std::size_t columns = 59;
  const std::size_t rows = elements_each / columns;
  const std::vector<std::uint64_t> numbers = {
      5, 1, std::uint64_t{7} << 32 | 9, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
  ASSERT_EQ(numbers.size(), rows);
  for (const bool listed : {false, true}) {
    const Contents contents{0x1234567890abcdefU, 11, 3, 4, listed ? numbers.data() : nullptr};
    Encodings expected;
    for (std::size_t i = 0; i < rows * columns; ++i) {
      const std::uint64_t row = listed ? numbers[i / columns] : 11 + i / columns;
      expected.push_back(
          oracle::content(type().format, contents.key, row, 3 + i % columns, contents.shift));
    }
    expect_left(type(), expected,
                [&](void* out) { fill({}, type().element, out, contents, rows, columns); });
  }
}

TEST_P(Elementwise, ComparisonCountsAndFindsTheFirst) {
  const Buffer a(type(), a_);
  Encodings changed = a_;
  for (const std::size_t i : {700U, 123U, 1002U}) {
    changed[i] = type().format.is_nan(a_[i]) ? 1 : a_[i] ^ 1;
  }
  // Another NaN is no difference, -0 is one.
  std::size_t zeros = 0;
  for (std::size_t i = 200; i < 400 && !type().format.integer(); ++i) {
    if (type().format.is_nan(changed[i])) changed[i] = type().format.sign() - 1;
    if (a_[i] != 0) continue;
    changed[i] = type().format.sign();
    ++zeros;
  }
  const Buffer b(type(), changed);
  under_schedules([&] {
    Comparison same;
    Comparison other;
    compare({}, type().element, &same, a.data(), a.data(), elements_each);
    compare({}, type().element, &other, a.data(), b.data(), elements_each);
    EXPECT_EQ(same.mismatches, 0U);
    EXPECT_EQ(same.first, ~std::uint64_t{0});
    EXPECT_EQ(other.mismatches, 3 + zeros);
    EXPECT_EQ(other.first, 123U);
  });
}

template <class E>
void expect_conversions(const oracle::Format& format) {
  for (std::uint32_t x = 0; x < 0x10000U; ++x) {
    const auto wide = E::narrow(E::widen(static_cast<std::uint16_t>(x)));
    const bool nan = format.is_nan(x);
    EXPECT_EQ(E::is_nan(static_cast<std::uint16_t>(x)), nan);
    if (!nan) {
      EXPECT_EQ(wide, x);
      EXPECT_EQ(Fp32::narrow(E::widen(static_cast<std::uint16_t>(x))),
                oracle::convert(format, oracle::binary32, x));
    }
    // Just below, at and just above each tie of either format.
    for (const std::uint32_t low :
         {0x0U, 0x1U, 0xfffU, 0x1000U, 0x1001U, 0x3000U, 0x7fffU, 0x8000U, 0x8001U, 0xffffU}) {
      const std::uint32_t bits = x << 16 | low;
      const std::uint64_t expected = oracle::convert(oracle::binary32, format, bits);
      const std::uint64_t actual = E::narrow(Fp32::widen(bits));
      ASSERT_TRUE(actual == expected || (format.is_nan(actual) && format.is_nan(expected)))
          << std::hex << bits << ": " << actual << ", not " << expected;
    }
  }
}

TEST(Conversions, RoundToNearestEvenInEveryBinadeAndAtEveryTie) {
  expect_conversions<Bf16>(oracle::brain16);
  expect_conversions<Fp16>(oracle::binary16);
}

}  // namespace
}  // namespace reducecheck::kernels
