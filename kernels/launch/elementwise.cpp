// SPDX-License-Identifier: Apache-2.0
#include "kernels/body/elementwise.hpp"

#include "kernels/body/activation.hpp"
#include "kernels/body/comparison.hpp"
#include "kernels/body/contents.hpp"
#include "kernels/launch/backend.hpp"
#include "kernels/launch/checks.hpp"

namespace reducecheck::kernels {
namespace {

template <class Op>
void launch_with_number(const char* kernel, Queue queue, Element type, void* out, const void* x,
                        std::uint64_t number, std::size_t n) {
  if (n == 0) return;
  const auto launch_it = [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, kernel);
    launch.run(grid_of(n), WithNumber<Context, E, Op>{launch.out<Stored>("out", out, n),
                                                      launch.in<Stored>("x", x, n),
                                                      static_cast<Stored>(number), n});
  };
  if constexpr (std::is_same_v<Op, Over>) {
    with_floating(type, kernel, launch_it);
  } else {
    with_element(type, launch_it);
  }
}

}  // namespace

void add(Queue queue, Element type, void* out, const void* a, const void* b, std::size_t n,
         Rung rung) {
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "add");
    const View<Stored> to = launch.out<Stored>("out", out, n);
    const View<const Stored> left = launch.in<Stored>("a", a, n);
    const View<const Stored> right = launch.in<Stored>("b", b, n);
    if (rung == Rung::fast && packable({out, a, b})) {
      launch.run(grid_of(n / pack_size<Stored>), BinaryPacks<Context, E, Plus>{to, left, right, n});
    } else {
      launch.run(grid_of(n), Binary<Context, E, Plus>{to, left, right, n});
    }
  });
}

void multiply(Queue queue, Element type, void* out, const void* a, const void* b, std::size_t n) {
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "multiply");
    launch.run(grid_of(n), Binary<Context, E, Times>{launch.out<Stored>("out", out, n),
                                                     launch.in<Stored>("a", a, n),
                                                     launch.in<Stored>("b", b, n), n});
  });
}

void scale(Queue queue, Element type, void* out, const void* x, std::uint64_t factor,
           std::size_t n) {
  launch_with_number<Times>("scale", queue, type, out, x, factor, n);
}

void divide(Queue queue, Element type, void* out, const void* x, std::uint64_t divisor,
            std::size_t n) {
  launch_with_number<Over>("divide", queue, type, out, x, divisor, n);
}

void scale_rows(Queue queue, Element type, void* out, const void* x, const void* factors,
                std::size_t rows, std::size_t columns) {
  const std::size_t n = elements("scale_rows", {rows, columns});
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "scale_rows");
    launch.run(grid_of(n), ScaleRows<Context, E>{
                               launch.out<Stored>("out", out, n), launch.in<Stored>("x", x, n),
                               launch.in<Stored>("factors", factors, rows), rows, columns});
  });
}

void swiglu(Queue queue, Element type, void* out, const void* gate, const void* up, std::size_t n) {
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "swiglu");
    launch.run(grid_of(n), SwiGlu<Context, E>{launch.out<Stored>("out", out, n),
                                              launch.in<Stored>("gate", gate, n),
                                              launch.in<Stored>("up", up, n), n});
  });
}

void fill(Queue queue, Element type, void* out, const Contents& contents, std::size_t rows,
          std::size_t columns) {
  const std::size_t n = elements("fill", {rows, columns});
  check(contents.shift >= 0 && contents.shift <= 100, "fill", "a shift in [0, 100]");
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    Launch launch(queue, "fill");
    View<const std::uint64_t> row_numbers;
    if (contents.row_numbers != nullptr) {
      row_numbers = launch.in<std::uint64_t>("row_numbers", contents.row_numbers, rows);
    }
    launch.run(grid_of(n), Fill<Context, E>{launch.out<typename E::Stored>("out", out, n),
                                            row_numbers, contents.key, contents.first_row,
                                            contents.first_column, contents.shift, rows, columns});
  });
}

void compare(Queue queue, Element type, Comparison* result, const void* a, const void* b,
             std::size_t n) {
  static_assert(sizeof(Comparison) == 2 * sizeof(std::uint64_t));
  Launch reset(queue, "compare");
  reset.run(Grid{1, 32, 0},
            ResetComparison<Context>{reset.out<std::uint64_t>("result", result, 2)});
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "compare");
    launch.run(grid_of(n),
               Compare<Context, E>{launch.out<std::uint64_t>("result", result, 2),
                                   launch.in<Stored>("a", a, n), launch.in<Stored>("b", b, n), n});
  });
}

}  // namespace reducecheck::kernels
