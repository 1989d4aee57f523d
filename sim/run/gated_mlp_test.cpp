// SPDX-License-Identifier: Apache-2.0
// Products with generated weights around the sizes of a tile, against one loop over single
// elements.
#include "sim/run/gated_mlp.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "sim/domain/hash.hpp"

namespace reducecheck {
namespace {

template <class D>
typename D::Compute single_weight(std::uint64_t key, std::size_t row, std::size_t column,
                                  int shift) {
  typename D::Compute one{};
  generate<D>({key, row, 1, column, 1, shift}, &one);
  return one;
}

template <class D>
std::vector<typename D::Scalar> some_numbers(std::size_t count) {
  std::vector<typename D::Scalar> x(count);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = D::from_compute(single_weight<D>(row_key(5, 5), 0, i, 0));
  }
  return x;
}

/// Row t of x times column j.
template <class D>
typename D::Scalar inner_product(const typename D::Scalar* x, std::size_t inner, std::uint64_t key,
                                 std::size_t row, std::size_t column, int shift) {
  typename D::Compute sum{};
  for (std::size_t i = 0; i < inner; ++i) {
    const auto w = single_weight<D>(key, row + i, column, shift);
    if constexpr (D::exact) {
      sum = D::add(sum, D::multiply(x[i], w));
    } else {
      sum += D::to_compute(x[i]) * w;
    }
  }
  return D::from_compute(sum);
}

template <class D>
class Products : public testing::Test {
 public:
  using Scalar = typename D::Scalar;
  using Values = std::vector<Scalar>;

  /// With one more element, which must stay as it is.
  Values guarded(std::size_t size) const { return Values(size + 1, guard); }

  void expect(const Values& y, const Values& expected) const {
    ASSERT_EQ(y.size(), expected.size() + 1);
    EXPECT_EQ(y.back(), guard) << "written behind the end";
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(y[i], expected[i]) << i;
  }

  void linear(std::size_t inner, std::size_t columns) {
    const Values x = some_numbers<D>(rows * inner);
    Values y = guarded(rows * columns);
    contractor.linear(rows, x.data(), {9, 4, inner, 6, columns, 2}, y.data());
    Values expected;
    for (std::size_t t = 0; t < rows; ++t) {
      for (std::size_t j = 0; j < columns; ++j) {
        expected.push_back(inner_product<D>(x.data() + t * inner, inner, 9, 4, 6 + j, 2));
      }
    }
    expect(y, expected);
  }

  void gated(std::size_t hidden, std::size_t begin, std::size_t inter) {
    const std::uint64_t keys[3] = {11, 12, 13};
    const std::size_t total = begin + inter + 3;
    const Values x = some_numbers<D>(rows * hidden);
    Values y = guarded(rows * hidden);
    contractor.gated(rows, x.data(), hidden, begin, inter, total, keys, y.data());
    Values expected;
    const int wide = fan_in_shift(static_cast<std::int64_t>(hidden));
    const int narrow = fan_in_shift(static_cast<std::int64_t>(total));
    for (std::size_t t = 0; t < rows; ++t) {
      Values features;
      for (std::size_t i = 0; i < inter; ++i) {
        const Scalar* in = x.data() + t * hidden;
        const Scalar gate = inner_product<D>(in, hidden, keys[0], 0, begin + i, wide);
        const Scalar up = inner_product<D>(in, hidden, keys[1], 0, begin + i, wide);
        features.push_back(D::multiply(D::function(Function::act, gate), up));
      }
      for (std::size_t j = 0; j < hidden; ++j) {
        expected.push_back(inner_product<D>(features.data(), inter, keys[2], begin, j, narrow));
      }
    }
    expect(y, expected);
  }

  static constexpr std::size_t rows = 3;
  static constexpr Scalar guard{77};
  Contractor<D> contractor;
};

using Domains = testing::Types<Prime, Mod64, Float32>;
TYPED_TEST_SUITE(Products, Domains);

TYPED_TEST(Products, OfAMatrixInsideATileAndAcrossTiles) {
  this->linear(5, 7);
  this->linear(62, 256);
  this->linear(63, 257);
  this->linear(130, 5);
  this->linear(4, 520);
}

TYPED_TEST(Products, OfAGatedMlpInsideATileAndAcrossTiles) {
  this->gated(6, 0, 5);
  this->gated(6, 3, 70);
  this->gated(300, 2, 8);
  this->gated(300, 0, 60);
  this->gated(257, 1, 63);
}

}  // namespace
}  // namespace reducecheck
