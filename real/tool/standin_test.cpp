// SPDX-License-Identifier: Apache-2.0
// reducecheck-real over the stand-in for NCCL and CUDA, as a user runs it on a machine with GPUs.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "real/execute/rank.hpp"
#include "real/record/nccl_log.hpp"
#include "real/tool/ran_test.hpp"
#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"

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

Scenario scenario_in(const std::string& file) {
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, file, diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, file, text));
  return *scenario;
}

/// The calls of NCCL that a step of a plan is, on a rank; those of `combine` depend on the data.
std::vector<std::string> calls_of(const Plan& plan, const Step& step, std::size_t place) {
  const auto elements = [&](int value) {
    const PlanValue& shape = plan.values[static_cast<std::size_t>(value)];
    return shape.rows * shape.width;
  };
  switch (step.kind) {
    case StepKind::combine: return {};
    case StepKind::all_reduce_sum:
    case StepKind::all_reduce_avg:
    case StepKind::all_reduce_max:
      return {fmt::format("AllReduce {}", elements(step.operands[place]))};
    case StepKind::reduce_scatter:
      return {fmt::format("ReduceScatter {}", elements(step.results[place]))};
    case StepKind::broadcast: return {fmt::format("Broadcast {}", 8 * elements(step.results[0]))};
    case StepKind::all_gather:
    case StepKind::all_gather_cols:
    case StepKind::dispatch: break;
    default: return {"a kind that this test does not know"};
  }
  std::vector<std::string> parts;
  for (const int operand : step.operands) {
    parts.push_back(fmt::format("Broadcast {}", 8 * elements(operand)));
  }
  if (std::ranges::count(parts, parts.front()) != static_cast<std::ptrdiff_t>(parts.size())) {
    return parts;
  }
  return {fmt::format("AllGather {}", 8 * elements(step.operands[place]))};
}

/// What a rank of the tool calls for that file, by the plans alone.
std::vector<std::string> planned_calls(const std::string& file, int ranks, int rank) {
  const Scenario scenario = scenario_in(file);
  std::vector<std::string> calls;
  Diagnostics diagnostics;
  for (const Configuration& at : sweep(scenario, {}, diagnostics).configurations) {
    const Scope scope(scenario, at);
    if (scope.mesh().ranks() != ranks) continue;
    for (const Variant& variant : scenario.variants) {
      const Plan plan = unroll(scope, {&variant});
      const Run& run = plan.variants[0];
      if (run.finding || !can_execute(plan, run, ElementType::mod64)) continue;
      for (const Execution& one : run.executions[static_cast<std::size_t>(rank)]) {
        const Step& step = plan.steps[static_cast<std::size_t>(one.step)];
        if (step.kind < StepKind::all_reduce_sum) continue;
        const auto place = std::ranges::find(step.members, rank) - step.members.begin();
        const auto these = calls_of(plan, step, static_cast<std::size_t>(place));
        calls.insert(calls.end(), these.begin(), these.end());
      }
    }
  }
  return calls;
}

/// What it called, by the log.
std::vector<std::string> logged_calls(const std::filesystem::path& file) {
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const ParsedNcclLog log = parse_nccl_log(text);
  std::vector<std::string> calls;
  for (const LoggedCall& logged : log.calls) {
    const std::string& operation = logged.call.operation;
    if (operation == "Send" || operation == "Recv") continue;
    for (const CallField& field : logged.call.fields) {
      if (field.key == "count") calls.push_back(operation + ' ' + field.value);
    }
  }
  return calls;
}

TEST(StandIn, WhatIsCalledIsWhatIsPlanned) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / fmt::format("reducecheck_log_{}", ::getpid());
  for (const char* layer : {"fastdeploy/merge_allreduce", "fastdeploy/ep_tp_token_split",
                            "vllm/mori_combine_ids", "vllm/sp_moe_shared_sharded"}) {
    const std::string file = fmt::format("scenarios/catalogue/{}.toml", layer);
    std::filesystem::create_directories(folder);
    const Ran ran = standin(fmt::format("run {} --launch 4", file),
                            fmt::format("REDUCECHECK_NCCL_LOG='{}'", folder.string()));
    EXPECT_EQ(ran.status, 0) << ran.out;
    std::size_t calls = 0;
    for (int rank = 0; rank < 4; ++rank) {
      const auto logged = logged_calls(folder / nccl_log_name(rank));
      EXPECT_EQ(logged, planned_calls(file, 4, rank)) << file << ", rank " << rank;
      calls += logged.size();
    }
    EXPECT_GT(calls, 0U) << file;
    std::filesystem::remove_all(folder);
  }
}

struct Part {
  int ranks;
  std::string files;
};

/// A few layers, or the catalogue where the environment asks for it: minutes.
std::vector<Part> parts() {
  if (std::getenv("REDUCECHECK_ALL_LAYERS") == nullptr) {
    const std::string folder = "scenarios/catalogue/";
    return {
        {1, aria},
        {2, folder + "fastdeploy/*.toml"},
        {4, folder + "sglang/moe_mask_local_count.toml " + folder + "vllm/mori_combine_ids.toml " +
                folder + "vllm_ascend/fused_alltoall_shared.toml " + aria}};
  }
  std::vector<Part> all;
  for (const int ranks : {1, 2, 3, 4, 6, 8}) all.push_back({ranks, "scenarios/catalogue/*/*.toml"});
  return all;
}

TEST(StandIn, LayersAreTheSimulatorsOnEveryRank) {
  for (const auto& [ranks, files] : parts()) {
    const Ran ran = standin(fmt::format("run {} --launch {} --deadline 60", files, ranks));
    const std::size_t end = ran.out.find(" equal to the simulator, 0 different");
    EXPECT_EQ(ran.status, 0) << ran.out;
    ASSERT_NE(end, std::string::npos) << ran.out;
    const std::size_t begin = ran.out.rfind('\n', end) + 1;
    fmt::print("{} ranks: {} runs equal\n", ranks, ran.out.substr(begin, end - begin));
  }
}

}  // namespace
}  // namespace reducecheck::real
