// SPDX-License-Identifier: Apache-2.0
// Contractions and generated tiles against one plain loop, bit for bit, at sizes that leave
// remainders of every register width.
#include "sim/domain/contract.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <vector>

#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

using Sizes = std::vector<std::size_t>;

template <class T>
struct Operands {
  Contraction shape;
  std::vector<T> x;
  std::vector<T> w;
  std::vector<T> y;
};

std::vector<Contraction> odd_shapes() {
  std::vector<Contraction> shapes;
  for (const std::size_t rows : Sizes{0, 1, 3}) {
    for (const std::size_t inner : Sizes{0, 1, 7, 61, 62, 63, 125}) {
      for (const std::size_t columns : Sizes{1, 2, 3, 5, 8, 15, 17, 31, 63, 64, 65, 127, 131}) {
        shapes.push_back({rows, inner, columns, inner + 3, columns + 2});
      }
    }
  }
  return shapes;
}

template <class D>
Operands<typename D::Compute> operands(const Contraction& shape) {
  Operands<typename D::Compute> made{shape, {}, {}, {}};
  std::uint64_t next = 1;
  const auto fill = [&](auto& out, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      // The largest element, too: sums of them are where a reduction too few would show.
      const std::uint64_t bits = i % 5 == 0 ? ~std::uint64_t{0} : mix(next++);
      out.push_back(D::to_compute(D::content(bits, 0)));
    }
  };
  fill(made.x, shape.rows * shape.x_stride);
  fill(made.w, shape.inner * shape.columns);
  fill(made.y, shape.rows * shape.y_stride);
  return made;
}

template <class T, class Step>
std::vector<T> plain_loop(const Operands<T>& o, Step step) {
  std::vector<T> y = o.y;
  for (std::size_t t = 0; t < o.shape.rows; ++t) {
    for (std::size_t j = 0; j < o.shape.columns; ++j) {
      T& sum = y[t * o.shape.y_stride + j];
      for (std::size_t i = 0; i < o.shape.inner; ++i) {
        sum = step(sum, o.x[t * o.shape.x_stride + i], o.w[i * o.shape.columns + j]);
      }
    }
  }
  return y;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

TEST(Contract, PrimeIsThePlainLoop) {
  for (const Contraction& shape : odd_shapes()) {
    auto o = operands<Prime>(shape);
    const auto expected = plain_loop(o, [](std::uint64_t sum, std::uint64_t x, std::uint64_t w) {
      return Prime::add(sum, Prime::multiply(x, w));
    });
    contract_prime(shape, o.x.data(), o.w.data(), o.y.data());
    ASSERT_TRUE(same_bits(o.y, expected)) << shape.inner << " x " << shape.columns;
  }
}

TEST(Contract, Mod64IsThePlainLoop) {
  for (const Contraction& shape : odd_shapes()) {
    auto o = operands<Mod64>(shape);
    const auto expected = plain_loop(
        o, [](std::uint64_t sum, std::uint64_t x, std::uint64_t w) { return sum + x * w; });
    contract_mod64(shape, o.x.data(), o.w.data(), o.y.data());
    ASSERT_TRUE(same_bits(o.y, expected)) << shape.inner << " x " << shape.columns;
  }
}

TEST(Contract, FloatIsThePlainLoopInAscendingOrder) {
  for (const Contraction& shape : odd_shapes()) {
    auto o = operands<Float32>(shape);
    const auto expected = plain_loop(o, [](float sum, float x, float w) { return sum + x * w; });
    contract_float(shape, o.x.data(), o.w.data(), o.y.data());
    ASSERT_TRUE(same_bits(o.y, expected)) << shape.inner << " x " << shape.columns;
  }
}

template <class D, class Generate>
void expect_elements(Generate generate) {
  for (const std::size_t columns : Sizes{1, 3, 7, 16, 17, 65}) {
    const WeightTile tile{0x1234567890abcdefU, 5, 4, 11, columns, 3};
    std::vector<typename D::Compute> out(tile.rows * columns);
    generate(tile, out.data());
    std::vector<typename D::Compute> expected;
    for (std::size_t i = 0; i < tile.rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        const std::uint64_t bits = element(row_key(tile.key, tile.row + i), tile.column + j);
        expected.push_back(D::to_compute(D::content(bits, tile.shift)));
      }
    }
    EXPECT_TRUE(same_bits(out, expected)) << columns;
  }
}

TEST(Generate, EveryTileIsCutFromOneMatrix) {
  expect_elements<Prime>(generate_prime);
  expect_elements<Mod64>(generate_mod64);
  expect_elements<Float32>(generate_float);
  const auto expect_rounded = []<class D>() {
    expect_elements<D>(
        [](const WeightTile& tile, float* out) { generate_rounded(D::format, tile, out); });
  };
  for (std::size_t i = 0; i < std::size(format_traits); ++i) {
    with_domain(static_cast<Format>(i), expect_rounded);
  }
}

}  // namespace
}  // namespace reducecheck
