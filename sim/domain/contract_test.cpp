// SPDX-License-Identifier: Apache-2.0
// Contractions and generated tiles against one plain loop, bit for bit, at sizes that leave
// remainders of every register width.
#include "sim/domain/contract.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "sim/domain/contract_wide.hpp"
#include "sim/domain/domain.hpp"

namespace reducecheck {
namespace {

using Sizes = std::vector<std::size_t>;

template <class T>
struct Operands {
  Contraction shape;
  std::size_t inner = 0;
  std::vector<T> x;
  std::vector<T> w;
  std::vector<T> y;
};

struct Shape {
  Contraction contraction;
  std::size_t inner = 0;
};

std::vector<Shape> odd_shapes() {
  std::vector<Shape> shapes;
  for (const std::size_t rows : Sizes{0, 1, 3}) {
    for (const std::size_t inner : Sizes{0, 1, 7, 61, 62, 63, 125}) {
      for (const std::size_t columns : Sizes{1, 2, 3, 5, 8, 15, 17, 31, 63, 64, 65, 127, 131}) {
        shapes.push_back({{rows, columns, inner + 3, columns + 2}, inner});
      }
    }
  }
  return shapes;
}

template <class D>
Operands<typename D::Compute> operands(const Shape& of) {
  const Contraction& shape = of.contraction;
  Operands<typename D::Compute> made{shape, of.inner, {}, {}, {}};
  std::uint64_t next = 1;
  const auto fill = [&](auto& out, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      // The largest element, too: sums of them are where a reduction too few would show.
      const std::uint64_t bits = i % 5 == 0 ? ~std::uint64_t{0} : mix(next++);
      out.push_back(D::to_compute(D::content(bits, 0)));
    }
  };
  fill(made.x, shape.rows * shape.x_stride);
  fill(made.w, of.inner * shape.columns);
  fill(made.y, shape.rows * shape.y_stride);
  return made;
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

template <class T>
bool same_bits(const std::vector<std::vector<T>>& a, const std::vector<std::vector<T>>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return same_bits(x, y); });
}

/// Runs of all rows of w, of a part, of one row, and of none, each with sums of its own.
template <class T>
struct Runs {
  std::vector<std::vector<T>> sums;
  std::vector<InnerRun<T>> runs;
};

template <class T>
Runs<T> runs_over(const Operands<T>& o, std::size_t size) {
  const std::size_t inner = o.inner;
  Runs<T> made;
  for (const auto& [first, last] : {std::pair{std::size_t{0}, inner},
                                    {inner / 3, inner - inner / 4},
                                    {inner / 2, std::min(inner, inner / 2 + 1)},
                                    {inner, inner}}) {
    made.sums.emplace_back(o.y);
    made.sums.back().resize(size, T{5});
    made.runs.push_back({first, last, nullptr});
  }
  for (std::size_t r = 0; r < made.runs.size(); ++r) made.runs[r].y = made.sums[r].data();
  return made;
}

/// What a contraction of the run alone makes of the sums, term by term.
template <class D, class T>
void add_terms(const Operands<T>& o, const InnerRun<T>& run, std::size_t t, std::size_t j, T& sum) {
  for (std::size_t i = run.first; i < run.last; ++i) {
    const T x = o.x[t * o.shape.x_stride + i];
    const T w = o.w[i * o.shape.columns + j];
    if constexpr (D::exact) {
      sum = D::add(sum, D::multiply(x, w));
    } else {
      sum += x * w;
    }
  }
}

template <class D, class Contract>
void expect_runs(Contract contract) {
  for (const Shape& of : odd_shapes()) {
    const auto o = operands<D>(of);
    const Contraction& shape = o.shape;
    auto actual = runs_over(o, o.y.size());
    auto expected = runs_over(o, o.y.size());
    contract(shape, o.x.data(), o.w.data(), std::span(std::as_const(actual.runs)));
    for (const auto& run : expected.runs) {
      for (std::size_t t = 0; t < shape.rows; ++t) {
        for (std::size_t j = 0; j < shape.columns; ++j) {
          add_terms<D>(o, run, t, j, run.y[t * shape.y_stride + j]);
        }
      }
    }
    ASSERT_TRUE(same_bits(actual.sums, expected.sums)) << o.inner << " x " << shape.columns;
  }
}

TEST(ContractRuns, EachIsThePlainLoopInAscendingOrder) {
  const auto portable = [](const auto& shape, const auto* x, const auto* w, auto runs) {
    portable::contract_runs(shape, x, w, runs);
  };
  const auto wide = [](const auto& shape, const auto* x, const auto* w, auto runs) {
    wide::contract_runs(shape, x, w, runs);
  };
  expect_runs<Mod64>(portable);
  expect_runs<Float32>(portable);
  expect_runs<Prime>(contract_runs_prime);
  expect_runs<Mod64>(contract_runs_mod64);
  expect_runs<Float32>(contract_runs_float);
  if (!wide::available()) return;
  expect_runs<Mod64>(wide);
  expect_runs<Float32>(wide);
}

/// Rows go to places in another order, with gaps, twice to one.
template <class D, class Contract>
void expect_placed(Contract contract) {
  using T = typename D::Compute;
  for (const Shape& of : odd_shapes()) {
    const auto o = operands<D>(of);
    const Contraction& shape = o.shape;
    std::vector<std::size_t> places;
    for (std::size_t t = 0; t < shape.rows; ++t) places.push_back((t + 1) % 2 * shape.y_stride);
    const std::vector<T> factors(o.w.begin(), o.w.begin() + (o.inner == 0 ? 0 : 1));
    const std::vector<T> weights(shape.rows, factors.empty() ? T{3} : factors[0]);
    for (const T* weight : {weights.data(), static_cast<const T*>(nullptr)}) {
      const std::size_t size = 2 * shape.y_stride;
      auto actual = runs_over(o, size);
      auto expected = runs_over(o, size);
      contract(shape, o.x.data(), o.w.data(), std::span(std::as_const(actual.runs)),
               std::span(std::as_const(places)), weight);
      for (const auto& run : expected.runs) {
        for (std::size_t t = 0; t < shape.rows; ++t) {
          for (std::size_t j = 0; j < shape.columns; ++j) {
            T sum{};
            add_terms<D>(o, run, t, j, sum);
            T& y = run.y[places[t] + j];
            y = weight == nullptr ? sum : y + weight[t] * sum;
          }
        }
      }
      ASSERT_TRUE(same_bits(actual.sums, expected.sums)) << o.inner << " x " << shape.columns;
    }
  }
}

TEST(ContractPlaced, AddsTheWeightedSumsOfEachRunToItsRows) {
  const auto portable = [](const auto& shape, const auto* x, const auto* w, auto runs, auto places,
                           const auto* weights) {
    portable::contract_placed(shape, x, w, runs, places, weights);
  };
  const auto wide = [](const auto& shape, const auto* x, const auto* w, auto runs, auto places,
                       const auto* weights) {
    wide::contract_placed(shape, x, w, runs, places, weights);
  };
  expect_placed<Mod64>(portable);
  expect_placed<Float32>(portable);
  if (!wide::available()) return;
  expect_placed<Mod64>(wide);
  expect_placed<Float32>(wide);
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
  expect_elements<Mod64>(portable::generate_mod64);
  expect_elements<Float32>(generate_float);
  expect_elements<Float32>(portable::generate_float);
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
