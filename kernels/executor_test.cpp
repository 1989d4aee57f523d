// SPDX-License-Identifier: Apache-2.0
// The host executor catches each planted fault with its class, and says nothing of the correct
// twin.
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <vector>

#include "kernels/host/launch.hpp"

namespace reducecheck::kernels::host {
namespace {

using Ints = std::vector<std::uint32_t>;
using Ids = View<std::uint32_t>;

/// What is planted; `nothing` is the twin.
enum class Planted : std::uint8_t {
  nothing,
  no_barrier,
  no_second_barrier,
  divergent_barrier,
  two_barriers,
  divergent_shuffle,
  beyond_the_end,
  unwritten_shared,
  too_much_shared,
  other_requests,
  same_place,
  across_blocks,
  plain_beside_atomic,
  misaligned_pack,
  no_end,
};

/// Turns each block's stretch of x round, twice over, with a sum of all over the warps.
struct Reverse {
  Planted planted;
  View<std::uint32_t> out;
  View<const std::uint32_t> x;
  View<std::uint32_t> total;

  __device__ void operator()(Context& ctx) const {
    const auto is = [&](Planted what) { return planted == what; };
    const std::uint32_t t = ctx.thread();
    const std::size_t own = grid_index(ctx);
    if (is(Planted::too_much_shared)) ctx.shared<std::uint32_t>(ctx.threads());
    const bool odd_request = is(Planted::other_requests) && t == 3;
    const auto tile = ctx.shared<std::uint32_t>(ctx.threads() - (odd_request ? 1 : 0));
    const bool skipped = is(Planted::unwritten_shared) && t == 5;
    if (!skipped) tile.store(t, x.load(own + (is(Planted::beyond_the_end) ? 1 : 0)));
    if (is(Planted::divergent_barrier) && t >= 40) return;
    if (is(Planted::two_barriers) && t >= 40) {
      ctx.sync();
    } else if (!is(Planted::no_barrier)) {
      ctx.sync();
    }
    const std::uint32_t turned = tile.load(ctx.threads() - 1 - t);
    if (!is(Planted::no_second_barrier)) ctx.sync();
    tile.store(t, turned);
    std::uint32_t sum = turned;
    if (is(Planted::divergent_shuffle) && t == 17) return;
    for (std::uint32_t mask = 16; mask > 0; mask /= 2) sum += ctx.shuffle_xor(sum, mask);
    if (t % 32 == 0) ctx.atomic_add(total, 0, sum);
    if (is(Planted::plain_beside_atomic) && t == 1) total.store(0, 0);
    if (is(Planted::same_place)) out.store(ctx.block() * std::size_t{ctx.threads()}, turned);
    if (is(Planted::across_blocks) && own == 0) out.store(ctx.threads(), turned);
    if (is(Planted::misaligned_pack)) out.store(0, x.load_pack<4>(1).lane[0]);
    while (is(Planted::no_end)) out.store(own, turned);
    out.store(own, tile.load(t));
  }
};

constexpr Grid small{3, 64, 64 * sizeof(std::uint32_t)};

struct Ran {
  std::optional<Fault> fault;
  Ints out;
  std::uint32_t total = 0;
};

Ran run(Planted planted, std::uint64_t seed) {
  const std::size_t n = std::size_t{small.blocks} * small.threads;
  Ints x;
  for (std::uint32_t i = 0; i < n; ++i) x.push_back(i * i + 1);
  Ran ran{{}, Ints(n)};
  Memory memory;
  Region* out = memory.add("out", ran.out.data(), n, 4, true);
  Region* in = memory.add("x", x.data(), n, 4, false);
  Region* total = memory.add("total", &ran.total, 1, 4, true);
  const Reverse body{planted, {ran.out.data(), out}, {x.data(), in}, {&ran.total, total}};
  try {
    Executor("reverse", small, {.seed = seed, .most_accesses = 100000}).run(memory, body);
  } catch (const Fault& fault) {
    ran.fault = fault;
  }
  return ran;
}

struct Expected {
  Planted planted;
  FaultKind kind;
  const char* words;
};

constexpr std::uint64_t tried = 16;

TEST(HostExecutor, CatchesEveryPlantedFaultInEverySchedule) {
  const Expected all[] = {
      // Whoever comes first reads what is not there, or writes what another has read.
      {Planted::no_second_barrier, FaultKind::race, "with no barrier between"},
      {Planted::divergent_barrier, FaultKind::divergent_barrier,
       "40 of 64 threads came to it, the others ended"},
      {Planted::two_barriers, FaultKind::divergent_barrier, "threads came to line"},
      {Planted::divergent_shuffle, FaultKind::divergent_shuffle, "31 of 32 lanes came to it"},
      {Planted::beyond_the_end, FaultKind::out_of_bounds,
       "block 2, thread 63: load of `x`[192], which has 192 elements"},
      {Planted::unwritten_shared, FaultKind::uninitialised_read,
       "load of `shared memory 1`[5], which nobody wrote in this block"},
      {Planted::too_much_shared, FaultKind::shared_memory,
       "the launch gave 256 bytes of shared memory, 256 are taken, and 256 more are wanted"},
      {Planted::other_requests, FaultKind::shared_memory, "another thread's of 6"},
      {Planted::same_place, FaultKind::race, "store to `out`["},
      {Planted::across_blocks, FaultKind::race, "store to `out`[64], which is written by block"},
      {Planted::plain_beside_atomic, FaultKind::race, "`total`[0], which is "},
      {Planted::misaligned_pack, FaultKind::misaligned, "as a pack of 4 is not aligned"},
      {Planted::no_end, FaultKind::endless, "it does not end"},
  };
  for (const Expected& expected : all) {
    for (std::uint64_t seed = 0; seed < tried; ++seed) {
      const Ran ran = run(expected.planted, seed);
      ASSERT_TRUE(ran.fault.has_value()) << expected.words << " under schedule " << seed;
      EXPECT_EQ(ran.fault->kind, expected.kind) << ran.fault->what();
      const std::string sentence = ran.fault->what();
      EXPECT_NE(sentence.find("kernel `reverse`, block "), std::string::npos) << sentence;
      EXPECT_NE(sentence.find(expected.words), std::string::npos) << sentence;
    }
  }
}

TEST(HostExecutor, CallsAMissingBarrierARaceOrAReadOfNothing) {
  std::set<FaultKind> kinds;
  for (std::uint64_t seed = 0; seed < tried; ++seed) {
    const Ran ran = run(Planted::no_barrier, seed);
    ASSERT_TRUE(ran.fault.has_value());
    kinds.insert(ran.fault->kind);
  }
  EXPECT_TRUE(kinds.contains(FaultKind::uninitialised_read));
  for (const FaultKind kind : kinds) {
    EXPECT_TRUE(kind == FaultKind::race || kind == FaultKind::uninitialised_read);
  }
}

TEST(HostExecutor, IsSilentOnTheTwinWhateverTheSchedule) {
  const Ran natural = run(Planted::nothing, 0);
  for (std::uint64_t seed = 0; seed < tried; ++seed) {
    const Ran ran = run(Planted::nothing, seed);
    ASSERT_FALSE(ran.fault.has_value()) << ran.fault->what();
    EXPECT_EQ(ran.out, natural.out);
    EXPECT_EQ(ran.total, natural.total);
  }
  EXPECT_EQ(natural.out[0], 63U * 63U + 1);
}

/// No race, and yet what it leaves depends on who comes first.
struct Tickets {
  View<std::uint32_t> out;
  View<std::uint32_t> next;

  __device__ void operator()(Context& ctx) const {
    out.store(ctx.atomic_add(next, 0, std::uint32_t{1}), ctx.thread());
  }
};

TEST(HostExecutor, SchedulesShowAResultThatDependsOnThem) {
  std::set<Ints> results;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Ints out(64);
    std::uint32_t next = 0;
    Memory memory;
    const Tickets body{{out.data(), memory.add("out", out.data(), 64, 4, true)},
                       {&next, memory.add("next", &next, 1, 4, true)}};
    Executor("tickets", {1, 64, 0}, {.seed = seed}).run(memory, body);
    results.insert(out);
  }
  EXPECT_EQ(results.size(), 8U);
}

TEST(HostExecutor, OneSeedIsOneOrder) {
  EXPECT_EQ(std::string(run(Planted::same_place, 9).fault->what()),
            run(Planted::same_place, 9).fault->what());
}

TEST(HostExecutor, RefusesGridsThatNoDeviceRuns) {
  for (const Grid& grid :
       {Grid{1, 0, 0}, Grid{1, 33, 0}, Grid{1, 2048, 0}, Grid{0, 32, 0}, Grid{1, 32, 49 * 1024}}) {
    EXPECT_THROW(Executor("none", grid, {}), LaunchError);
  }
}

}  // namespace
}  // namespace reducecheck::kernels::host
