// SPDX-License-Identifier: Apache-2.0
#include "sim/domain/contract_wide.hpp"

#include <algorithm>
#include <cstdlib>

namespace reducecheck::wide {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

namespace {

template <class T>
struct Register {
  static constexpr std::size_t lanes = 64 / sizeof(T);
  using Lanes [[gnu::vector_size(64)]] = T;
  using InMemory [[gnu::vector_size(64), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
};

/// sum[r][v] += x[r * x_stride + i] * w[i * columns + v * lanes ...] over i < inner, ascending.
template <std::size_t Rows, std::size_t Vectors, class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void add_products(
    std::size_t inner, std::size_t columns, const T* x, std::size_t x_stride, const T* w,
    typename Register<T>::Lanes (&sum)[Rows][Vectors]) {
  using R = Register<T>;
  for (std::size_t i = 0; i < inner; ++i) {
    const T* row = w + i * columns;
    for (std::size_t v = 0; v < Vectors; ++v) {
      const typename R::Lanes weights =
          *reinterpret_cast<const typename R::InMemory*>(row + v * R::lanes);
      for (std::size_t r = 0; r < Rows; ++r) sum[r][v] += x[r * x_stride + i] * weights;
    }
  }
}

/// y += x * w for `Rows` rows and `Vectors` registers of columns.
template <std::size_t Rows, std::size_t Vectors, class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void contract_block(
    const Contraction& shape, std::size_t inner, const T* x, const T* w, T* y) {
  using R = Register<T>;
  typename R::Lanes sum[Rows][Vectors];
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      sum[r][v] =
          *reinterpret_cast<const typename R::InMemory*>(y + r * shape.y_stride + v * R::lanes);
    }
  }
  add_products<Rows, Vectors>(inner, shape.columns, x, shape.x_stride, w, sum);
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      *reinterpret_cast<typename R::InMemory*>(y + r * shape.y_stride + v * R::lanes) = sum[r][v];
    }
  }
}

template <std::size_t Vectors, class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void contract_columns(
    const Contraction& shape, std::size_t inner, const T* x, const T* w, T* y) {
  std::size_t t = 0;
  for (; t + 2 <= shape.rows; t += 2) {
    contract_block<2, Vectors>(shape, inner, x + t * shape.x_stride, w, y + t * shape.y_stride);
  }
  if (t < shape.rows) {
    contract_block<1, Vectors>(shape, inner, x + t * shape.x_stride, w, y + t * shape.y_stride);
  }
}

template <class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void contract_each(
    const Contraction& shape, const T* x, const T* w, std::span<const InnerRun<T>> runs) {
  constexpr std::size_t lanes = Register<T>::lanes;
  for (const InnerRun<T>& run : runs) {
    const std::size_t inner = run.last - run.first;
    const T* scales = x + run.first;
    const T* rows = w + run.first * shape.columns;
    std::size_t j = 0;
    for (; j + 4 * lanes <= shape.columns; j += 4 * lanes) {
      contract_columns<4>(shape, inner, scales, rows + j, run.y + j);
    }
    for (; j + lanes <= shape.columns; j += lanes) {
      contract_columns<1>(shape, inner, scales, rows + j, run.y + j);
    }
    for (; j < shape.columns; ++j) {
      for (std::size_t t = 0; t < shape.rows; ++t) {
        T sum = run.y[t * shape.y_stride + j];
        for (std::size_t i = 0; i < inner; ++i) {
          sum += scales[t * shape.x_stride + i] * rows[i * shape.columns + j];
        }
        run.y[t * shape.y_stride + j] = sum;
      }
    }
  }
}

/// `Vectors` registers of one row, from zero, to where they belong.
template <std::size_t Vectors, class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void place_block(
    std::size_t inner, std::size_t columns, const T* x, const T* w, const T* weight, T* y) {
  using R = Register<T>;
  typename R::Lanes sum[1][Vectors] = {};
  add_products<1, Vectors>(inner, columns, x, 0, w, sum);
  for (std::size_t v = 0; v < Vectors; ++v) {
    auto* out = reinterpret_cast<typename R::InMemory*>(y + v * R::lanes);
    if (weight == nullptr) {
      *out = sum[0][v];
    } else {
      *out = *out + *weight * sum[0][v];
    }
  }
}

template <class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void place_each(
    const Contraction& shape, const T* x, const T* w, std::span<const InnerRun<T>> runs,
    std::span<const std::size_t> places, const T* weights) {
  constexpr std::size_t lanes = Register<T>::lanes;
  const std::size_t columns = shape.columns;
  for (const InnerRun<T>& run : runs) {
    const std::size_t inner = run.last - run.first;
    const T* rows = w + run.first * columns;
    for (std::size_t t = 0; t < places.size(); ++t) {
      const T* scales = x + t * shape.x_stride + run.first;
      const T* weight = weights == nullptr ? nullptr : weights + t;
      T* y = run.y + places[t];
      std::size_t j = 0;
      for (; j + 2 * lanes <= columns; j += 2 * lanes) {
        place_block<2>(inner, columns, scales, rows + j, weight, y + j);
      }
      if (j + lanes <= columns) {
        place_block<1>(inner, columns, scales, rows + j, weight, y + j);
        j += lanes;
      }
      for (; j < columns; ++j) {
        T sum{};
        for (std::size_t i = 0; i < inner; ++i) sum += scales[i] * rows[i * columns + j];
        y[j] = weight == nullptr ? sum : y[j] + *weight * sum;
      }
    }
  }
}

/// `Vectors` registers of sums, each operand added in turn.
template <std::size_t Vectors, class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void add_block(
    std::span<const T* const> operands, std::size_t at, T* out) {
  using R = Register<T>;
  typename R::Lanes sum[Vectors];
  for (std::size_t v = 0; v < Vectors; ++v) {
    sum[v] = *reinterpret_cast<const typename R::InMemory*>(out + at + v * R::lanes);
  }
  for (const T* const operand : operands) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      sum[v] += *reinterpret_cast<const typename R::InMemory*>(operand + at + v * R::lanes);
    }
  }
  for (std::size_t v = 0; v < Vectors; ++v) {
    *reinterpret_cast<typename R::InMemory*>(out + at + v * R::lanes) = sum[v];
  }
}

template <class T>
[[gnu::target("arch=x86-64-v4"), gnu::always_inline]] inline void add_each(
    std::span<const T* const> operands, std::size_t count, T* out) {
  constexpr std::size_t lanes = Register<T>::lanes;
  std::size_t at = 0;
  for (; at + 8 * lanes <= count; at += 8 * lanes) add_block<8>(operands, at, out);
  for (; at + 2 * lanes <= count; at += 2 * lanes) add_block<2>(operands, at, out);
  for (; at + lanes <= count; at += lanes) add_block<1>(operands, at, out);
  for (; at < count; ++at) {
    for (const T* const operand : operands) out[at] += operand[at];
  }
}

}  // namespace

[[gnu::target("arch=x86-64-v4")]] void add_operands(std::span<const std::uint64_t* const> operands,
                                                    std::size_t count, std::uint64_t* out) {
  add_each(operands, count, out);
}

[[gnu::target("arch=x86-64-v4")]] void add_operands(std::span<const float* const> operands,
                                                    std::size_t count, float* out) {
  add_each(operands, count, out);
}

bool available() {
  static const bool has = __builtin_cpu_supports("x86-64-v4") != 0;
  return has;
}

[[gnu::target("arch=x86-64-v4")]] void contract_runs(
    const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
    std::span<const InnerRun<std::uint64_t>> runs) {
  contract_each(shape, x, w, runs);
}

[[gnu::target("arch=x86-64-v4")]] void contract_runs(const Contraction& shape, const float* x,
                                                     const float* w,
                                                     std::span<const InnerRun<float>> runs) {
  contract_each(shape, x, w, runs);
}

[[gnu::target("arch=x86-64-v4")]] void contract_placed(
    const Contraction& shape, const std::uint64_t* x, const std::uint64_t* w,
    std::span<const InnerRun<std::uint64_t>> runs, std::span<const std::size_t> places,
    const std::uint64_t* weights) {
  place_each(shape, x, w, runs, places, weights);
}

[[gnu::target("arch=x86-64-v4")]] void contract_placed(const Contraction& shape, const float* x,
                                                       const float* w,
                                                       std::span<const InnerRun<float>> runs,
                                                       std::span<const std::size_t> places,
                                                       const float* weights) {
  place_each(shape, x, w, runs, places, weights);
}

#else

bool available() {
  return false;
}
void contract_runs(const Contraction&, const std::uint64_t*, const std::uint64_t*,
                   std::span<const InnerRun<std::uint64_t>>) {
  std::abort();
}
void contract_runs(const Contraction&, const float*, const float*,
                   std::span<const InnerRun<float>>) {
  std::abort();
}
void contract_placed(const Contraction&, const std::uint64_t*, const std::uint64_t*,
                     std::span<const InnerRun<std::uint64_t>>, std::span<const std::size_t>,
                     const std::uint64_t*) {
  std::abort();
}
void contract_placed(const Contraction&, const float*, const float*,
                     std::span<const InnerRun<float>>, std::span<const std::size_t>, const float*) {
  std::abort();
}
void add_operands(std::span<const std::uint64_t* const>, std::size_t, std::uint64_t*) {
  std::abort();
}
void add_operands(std::span<const float* const>, std::size_t, float*) {
  std::abort();
}

#endif

}  // namespace reducecheck::wide
