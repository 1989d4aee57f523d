// SPDX-License-Identifier: Apache-2.0
// reducecheck-real over the stand-in for NCCL and CUDA, as a user runs it on a machine with GPUs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "real/tool/ran_test.hpp"

namespace reducecheck::real {
namespace {

constexpr const char* aria = "scenarios/catalogue/vllm/aria_shared_double.toml";

/// `before` stands before the command: variables.
Ran standin(const std::string& arguments, const std::string& before = "") {
  return shell(fmt::format("{} '{}' {}", before, REDUCECHECK_REAL_STANDIN, arguments));
}

TEST(StandIn, SaysPlainlyWhatItIs) {
  expect(standin("doctor"), 0, {"nccl   stand-in for NCCL and CUDA (no GPU", "gpu    7  "});
}

TEST(StandIn, ALayerIsTheSimulatorsAndKernelsComputeIt) {
  expect(standin(fmt::format("run {} --launch 4", aria)), 0,
         {"backend  stand-in for NCCL and CUDA (no GPU",
          "buggy  tp=4  equal: ", "2 equal to the simulator, 0 different, 0 not compared",
          "by kernels: add 2, experts 2, linear 2, mlp 2; on the host: others 2"});
}

TEST(StandIn, BitsAreComparedWhereTheOrderIsPinnedAndSeen) {
  for (const char* type : {"bf16", "fp16", "fp32", "fp8_e4m3"}) {
    expect(standin(fmt::format("run {} --launch 4 --algorithm ring --dtype {}", aria, type)), 0,
           {"2 equal to the simulator, 0 different, 0 not compared"});
  }
  expect(standin(fmt::format("run {} --launch 4 --algorithm tree --dtype bf16", aria)), 0,
         {"2 equal to the simulator, 0 different, 0 not compared"});
  expect(standin(fmt::format("run {} --launch 2 --dtype bf16", aria)), 77,
         {"ran; not comparable: no --algorithm"});
}

TEST(StandIn, AFlippedBitIsFound) {
  expect(standin(fmt::format("run {} --launch 2 --variant buggy", aria),
                 "REDUCECHECK_STANDIN_FAULT='corrupt rank=1 call=1 value=3'"),
         1, {"buggy  tp=2  DIFFERENT", "all_reduce(y, tp) at 32:16", "1 different"});
  expect(standin("collectives --launch 3 --dtype bf16",
                 "REDUCECHECK_STANDIN_FAULT='corrupt rank=1 call=0 value=14'"),
         1, {"DIFFERENT"});
}

TEST(StandIn, CollectivesShowTheOrderOfTheirSums) {
  expect(standin("collectives --launch 3 --dtype bf16 --algorithm tree"), 0,
         {"bits of nccl_tree: equal", "bits of nccl_ring_reduce_scatter: equal",
          "order seen: element 0 is x0 + (x1 + x2)", "0 different on all ranks"});
  expect(standin("collectives --launch 4 --dtype fp8_e5m2", "REDUCECHECK_STANDIN_ORDER=random"), 0,
         {"within any order's bound: equal", "bits not comparable: no --algorithm"});
  expect(standin("collectives --launch 9 --dtype fp8_e5m2"), 77,
         {"not run: more than 8 ranks", "nothing was compared"});
}

TEST(StandIn, TheProtocolsChunksAreSeenAndOtherOnesAreNot) {
  expect(standin("collectives --launch 3 --dtype bf16 --algorithm ring_ll"), 0,
         {"bits of nccl_ring: equal", "0 different on all ranks"});
  expect(standin(fmt::format("run {} --launch 4 --algorithm tree_ll --dtype fp32", aria)), 0,
         {"2 equal to the simulator, 0 different, 0 not compared"});
  expect(standin(fmt::format("run {} --launch 4 --algorithm ring_ll --dtype bf16", aria),
                 "REDUCECHECK_STANDIN_CHUNK_BYTES=2097152"),
         77, {"should sum by nccl_ring, and sums otherwise"});
}

TEST(StandIn, WithoutADeviceEveryRunIsSkippedAndCounted) {
  expect(
      standin(fmt::format("run {} --launch 2", aria), "REDUCECHECK_STANDIN_DEVICES=0"), 77,
      {"buggy  tp=2  not run: no GPU: ", "0 equal to the simulator, 0 different, 2 not compared"});
}

/// Two ranks as torchrun starts them, with `before` in the environment of both.
Ran as_torchrun(const std::string& arguments, const std::string& before) {
  const auto rank = [&](int r) {
    return fmt::format(
        "{} RANK={} LOCAL_RANK={} WORLD_SIZE=2 LOCAL_WORLD_SIZE=2 REDUCECHECK_PORT={} '{}' {}",
        before, r, r, 20'000 + ::getpid() % 12'000, REDUCECHECK_REAL_STANDIN, arguments);
  };
  return shell(
      fmt::format("{{ {}; echo rank 1: $?; }} & {}; echo rank 0: $?; wait", rank(1), rank(0)));
}

TEST(StandIn, RanksOfALauncherFindEachOther) {
  const std::string arguments = fmt::format("run {} --mesh tp=2", aria);
  expect(as_torchrun(arguments, ""), 0,
         {"2 equal to the simulator, 0 different", "rank 0: 0", "rank 1: 0"});
  expect(as_torchrun(arguments, "REDUCECHECK_STANDIN_FAULT='kill rank=1 call=1'"), 0,
         {"reducecheck-real: rank 1 died in its call", "rank 0: 3", "rank 1: 137"});
}

TEST(StandIn, BrokenVariablesOfALauncherAreNamed) {
  const std::string arguments = fmt::format("run {}", aria);
  expect(standin(arguments, "RANK=1"), 2, {"error: RANK is set and WORLD_SIZE is not"});
  expect(standin(arguments, "RANK=2 WORLD_SIZE=2"), 2,
         {"RANK is `2`: expected an integer, 0 to 1"});
  expect(standin(arguments), 2, {"this is one process", "add --launch"});
}

}  // namespace
}  // namespace reducecheck::real
