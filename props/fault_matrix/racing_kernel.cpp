// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/racing_kernel.hpp"

#include <vector>

#include "kernels/host/launch.hpp"

namespace reducecheck::matrix {
namespace {

namespace host = kernels::host;

struct Racing {
  bool early;
  host::View<std::uint32_t> out;
  host::View<std::uint32_t> total;

  __device__ void operator()(host::Context& ctx) const {
    const std::size_t own = kernels::grid_index(ctx);
    if (early) {
      if (ctx.thread() == 0) total.store(ctx.block(), ctx.block());
      out.store(own, total.load(ctx.block()));
    } else {
      if (ctx.thread() == 0) total.store(0, ctx.block());
    }
  }
};

}  // namespace

std::string race_of(bool early, const Setting& at) {
  const auto ranks = static_cast<std::uint32_t>(at.ranks());
  const host::Grid grid{early ? ranks : ranks + 1, 32, 0};
  std::vector<std::uint32_t> out(std::size_t{grid.blocks} * grid.threads);
  std::vector<std::uint32_t> total(grid.blocks);
  host::Memory memory;
  host::Region* of_out = memory.add("out", out.data(), out.size(), 4, true);
  host::Region* of_total = memory.add("total", total.data(), total.size(), 4, true);
  const Racing body{early, {out.data(), of_out}, {total.data(), of_total}};
  try {
    host::Executor("racing", grid, {.seed = at.seed}).run(memory, body);
  } catch (const host::Fault& fault) {
    return fault.kind == host::FaultKind::race ? fault.what() : "";
  }
  return "";
}

}  // namespace reducecheck::matrix
