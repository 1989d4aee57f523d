// SPDX-License-Identifier: Apache-2.0
// A kernel that must race: each thread reads what its neighbour writes, and no barrier is between.
// The host executor names the kernel and both threads. Exit status 1 when it did.
#include <cstdio>
#include <vector>

#include "kernels/host/launch.hpp"

int main() {
  using namespace reducecheck::kernels::host;
  constexpr Grid grid{1, 64, 0};
  std::vector<std::uint32_t> numbers(grid.threads);
  Memory memory;
  const View<std::uint32_t> all(numbers.data(),
                                memory.add("numbers", numbers.data(), numbers.size(), 4, true));
  const auto body = [all](Context& ctx) {
    const std::uint32_t before = all.load((ctx.thread() + 1) % ctx.threads());
    all.store(ctx.thread(), before + 1);
  };
  try {
    Executor("canary", grid, {.seed = 1, .most_accesses = 100000}).run(memory, body);
  } catch (const Fault& fault) {
    std::printf("%s\n", fault.what());
    return fault.kind == FaultKind::race ? 1 : 3;
  }
  return 0;
}
