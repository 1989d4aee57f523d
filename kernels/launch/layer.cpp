// SPDX-License-Identifier: Apache-2.0
// Routing, matrix products and norms.
#include "kernels/body/linear.hpp"
#include "kernels/body/norm.hpp"
#include "kernels/body/routing.hpp"
#include "kernels/launch/backend.hpp"
#include "kernels/launch/checks.hpp"

namespace reducecheck::kernels {
namespace {

constexpr std::size_t most_experts = 1024;
constexpr std::size_t most_rows = 0x7fffffff;  // tables hold int32

/// Both products: without offsets there is one group.
void launch_linear(const char* kernel, Queue queue, Element type, void* out, const void* x,
                   const void* weights, const std::int32_t* offsets, std::size_t groups,
                   std::size_t rows, std::size_t inner, std::size_t columns, Rung rung) {
  const std::size_t n = elements(kernel, {rows, columns});
  const std::size_t of_x = elements(kernel, {rows, inner});
  const std::size_t of_weights = elements(kernel, {groups, inner, columns});
  check(rows <= most_rows, kernel, "fewer than 2^31 rows");
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    using Tiled = LinearByTile<Context, E>;
    Launch launch(queue, kernel);
    Groups<Context, E> of{launch.out<Stored>("out", out, n),
                          launch.in<Stored>("x", x, of_x),
                          launch.in<Stored>("weights", weights, of_weights),
                          {},
                          groups,
                          rows,
                          inner,
                          columns};
    if (offsets != nullptr) {
      of.offsets = launch.in<std::int32_t>("offsets", offsets, groups + 1);
    }
    if (rung == Rung::plain) {
      return launch.run(grid_of(n), LinearByThread<Context, E>{of});
    }
    // Each group may leave a tile unfilled.
    const std::size_t tall = rows / Tiled::edge + groups;
    const std::size_t tiles = tall * ((columns + Tiled::edge - 1) / Tiled::edge);
    const auto blocks = static_cast<std::uint32_t>(std::min<std::size_t>(tiles, 65536));
    launch.run(Grid{blocks, Tiled::block, Tiled::shared_bytes}, Tiled{of});
  });
}

}  // namespace

void permute(Queue queue, const Permutation& out, const std::int32_t* ids, std::size_t tokens,
             std::size_t choices, std::size_t experts) {
  const std::size_t pairs = elements("permute", {tokens, choices});
  check(pairs <= most_rows, "permute", "fewer than 2^31 pairs");
  check(experts >= 1 && experts <= most_experts, "permute", "1 to 1024 experts");
  Launch launch(queue, "permute");
  launch.run(Grid{1, block_threads, (experts + 1) * sizeof(std::int32_t)},
             Permute<Context>{launch.out<std::int32_t>("offsets", out.offsets, experts + 1),
                              launch.out<std::int32_t>("tokens", out.tokens, pairs),
                              launch.out<std::int32_t>("places", out.places, pairs),
                              launch.in<std::int32_t>("ids", ids, pairs), pairs, choices,
                              static_cast<std::int32_t>(experts)});
}

void gather_rows(Queue queue, Element type, void* out, const void* x, const std::int32_t* rows,
                 std::size_t out_rows, std::size_t x_rows, std::size_t columns, Rung rung) {
  const std::size_t n = elements("gather_rows", {out_rows, columns});
  const std::size_t of_x = elements("gather_rows", {x_rows, columns});
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "gather_rows");
    const View<Stored> to = launch.out<Stored>("out", out, n);
    const View<const Stored> from = launch.in<Stored>("x", x, of_x);
    const auto sources = launch.in<std::int32_t>("rows", rows, out_rows);
    constexpr std::size_t width = pack_size<Stored>;
    if (rung == Rung::fast && columns % width == 0 && packable({out, x})) {
      launch.run(grid_of(n / width),
                 GatherRowsPacks<Context, E>{to, from, sources, out_rows, columns});
    } else {
      launch.run(grid_of(n), GatherRows<Context, E>{to, from, sources, out_rows, columns});
    }
  });
}

void linear(Queue queue, Element type, void* out, const void* x, const void* weight,
            std::size_t rows, std::size_t inner, std::size_t columns, Rung rung) {
  launch_linear("linear", queue, type, out, x, weight, nullptr, 1, rows, inner, columns, rung);
}

void grouped_linear(Queue queue, Element type, void* out, const void* x, const void* weights,
                    const std::int32_t* offsets, std::size_t experts, std::size_t rows,
                    std::size_t inner, std::size_t columns, Rung rung) {
  check(experts >= 1, "grouped_linear", "an expert at least");
  check(offsets != nullptr, "grouped_linear", "the offsets of the experts, not a null pointer");
  launch_linear("grouped_linear", queue, type, out, x, weights, offsets, experts, rows, inner,
                columns, rung);
}

void combine(Queue queue, Element type, void* out, const Combine& combine) {
  const std::size_t n = elements("combine", {combine.tokens, combine.columns});
  const std::size_t pairs = elements("combine", {combine.tokens, combine.choices});
  const std::size_t returned = elements("combine", {pairs, combine.columns});
  if (n == 0) return;
  with_element(type, [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "combine");
    launch.run(grid_of(n),
               CombineRows<Context, E>{launch.out<Stored>("out", out, n),
                                       launch.in<Stored>("returned", combine.returned, returned),
                                       launch.in<std::int32_t>("places", combine.places, pairs),
                                       launch.in<Stored>("weights", combine.weights, pairs),
                                       combine.tokens, combine.choices, combine.columns,
                                       combine.order == CombineOrder::by_place,
                                       combine.accumulation == Accumulation::each_addition});
  });
}

void rms_norm(Queue queue, Element type, void* out, const Norm& norm, Rung rung) {
  const std::size_t n = elements("rms_norm", {norm.rows, norm.columns});
  check((norm.residual == nullptr) == (norm.residual_out == nullptr), "rms_norm",
        "a residual and a place for the sum, or neither");
  if (n == 0) return;
  with_floating(type, "rms_norm", [&]<class E>(E) {
    using Stored = typename E::Stored;
    Launch launch(queue, "rms_norm");
    NormRows<Context, E> of{launch.out<Stored>("out", out, n),
                            {},
                            launch.in<Stored>("x", norm.x, n),
                            {},
                            {},
                            norm.rows,
                            norm.columns};
    if (norm.residual != nullptr) {
      of.residual = launch.in<Stored>("residual", norm.residual, n);
      of.residual_out = launch.out<Stored>("residual_out", norm.residual_out, n);
    }
    if (norm.weight != nullptr) {
      of.weight = launch.in<Stored>("weight", norm.weight, norm.columns);
    }
    using ByBlock = NormByBlock<Context, E>;
    if (rung == Rung::plain) {
      const std::size_t blocks = (norm.rows + block_threads - 1) / block_threads;
      check(blocks <= most_rows, "rms_norm", "fewer than 2^39 rows");
      launch.run(Grid{static_cast<std::uint32_t>(blocks), block_threads, 0},
                 NormByThread<Context, E>{of});
    } else {
      const auto blocks = static_cast<std::uint32_t>(std::min<std::size_t>(norm.rows, 65536));
      launch.run(Grid{blocks, block_threads, ByBlock::shared_bytes}, ByBlock{of});
    }
  });
}

}  // namespace reducecheck::kernels
