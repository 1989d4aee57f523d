// SPDX-License-Identifier: Apache-2.0
// Compiled twice, as the files of kernels/launch are.
#include "kernels/golden/conversion.hpp"

#include "kernels/launch/backend.hpp"
#include "kernels/launch/checks.hpp"

namespace reducecheck::kernels::golden {
namespace {

template <class Ctx, class E>
struct ConvertTo {
  typename Ctx::template View<std::uint16_t> out;
  std::uint32_t first;
  std::uint32_t stride;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      const std::uint32_t bits = first + static_cast<std::uint32_t>(i) * stride;
      out.store(i, E::narrow(Fp32::widen(bits)));
    }
  }
};

template <class Ctx, class E>
struct ConvertFrom {
  typename Ctx::template View<std::uint32_t> out;
  std::size_t n;

  __device__ void operator()(Ctx& ctx) const {
    for (std::size_t i = grid_index(ctx); i < n; i += grid_size(ctx)) {
      out.store(i, Fp32::narrow(E::widen(static_cast<std::uint16_t>(i))));
    }
  }
};

/// Calls action(E{}) with one of the two types of 16 bits.
template <class Action>
void with_half(Element type, const Action& action) {
  check(type == Element::bf16 || type == Element::fp16, "convert", "bf16 or fp16");
  if (type == Element::bf16) return action(Bf16{});
  action(Fp16{});
}

}  // namespace

void convert_to(Queue queue, Element type, std::uint16_t* out, std::uint32_t first,
                std::uint32_t stride, std::size_t n) {
  with_half(type, [&]<class E>(E) {
    Launch launch(queue, "convert_to");
    launch.run(grid_of(n),
               ConvertTo<Context, E>{launch.out<std::uint16_t>("out", out, n), first, stride, n});
  });
}

void convert_from(Queue queue, Element type, std::uint32_t* out, std::size_t n) {
  with_half(type, [&]<class E>(E) {
    Launch launch(queue, "convert_from");
    launch.run(grid_of(n), ConvertFrom<Context, E>{launch.out<std::uint32_t>("out", out, n), n});
  });
}

}  // namespace reducecheck::kernels::golden
