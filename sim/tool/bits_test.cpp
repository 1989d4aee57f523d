// SPDX-License-Identifier: Apache-2.0
// Floating runs beside the exact one: formats, orders, and what is said of them.
#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

const std::string check_merge =
    "check scenarios/catalogue/fastdeploy/merge_allreduce.toml --variant merged "
    "--variant per_branch --mesh dp=1,ep=1,tp=";

/// The comparisons of the report.
json bits_of(const std::string& arguments) {
  const Ran ran = run(check_merge + arguments + " --json -");
  EXPECT_EQ(ran.status, 0) << ran.err;
  return json::parse(ran.out).at("scenarios").at(0).at("bits");
}

TEST(Bits, AreComparedInEveryFormat) {
  const json bits = bits_of("4 --dtype fp32,bf16 --dtype fp16,fp8_e4m3,fp8_e5m2");
  const char* const formats[] = {"fp32", "bf16", "fp16", "fp8_e4m3", "fp8_e5m2"};
  ASSERT_EQ(bits.size(), std::size(formats));
  for (std::size_t i = 0; i < bits.size(); ++i) {
    EXPECT_EQ(bits[i].at("dtype"), formats[i]);
    EXPECT_GT(bits[i].at("elements"), 0);
    EXPECT_GT(bits[i].at("differing"), 0);
    EXPECT_FALSE(bits[i].contains("order"));
  }
}

TEST(Bits, AreThoseOfTheOrder) {
  const std::string sized = "8 --tokens 16 --dtype bf16";
  const auto differing = [&](const std::string& more) {
    return bits_of(sized + more).at(0).at("differing").get<int>();
  };
  EXPECT_EQ(differing(" --order rank_order"), differing(""));
  EXPECT_NE(differing(" --order nccl_ring"), differing(""));
  EXPECT_NE(differing(" --order nccl_tree --set tree=t0 --set ranks_per_node=1"),
            differing(" --order nccl_tree --set tree=t0"));
}

TEST(Bits, NameTheOrder) {
  const Ran ran = run(check_merge + "4 --dtype bf16 --order nccl_ring");
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(contains(ran.out, "  merged vs per_branch, bf16, nccl_ring: ") ||
              contains(ran.out, "  per_branch vs merged, bf16, nccl_ring: "))
      << ran.out;
  EXPECT_EQ(bits_of("4 --dtype bf16 --order nccl_ring").at(0).at("order"), "nccl_ring");
}

TEST(Bits, SayWhereAnOrderIsNone) {
  const std::string refused = "3 --dtype bf16 --order vllm_one_shot";
  const Ran ran = run(check_merge + refused);
  EXPECT_EQ(ran.status, 0) << ran.err;
  EXPECT_TRUE(
      contains(ran.out,
               "vllm_one_shot: not compared in 1 of 1 layouts, first dp=1 tp=3 use_ep=false: "
               "`vllm_one_shot` is not built for 3 ranks; possible: 2, 4, 6, 8\n"))
      << ran.out;
  EXPECT_EQ(bits_of(refused).at(0).at("refusal"),
            "`vllm_one_shot` is not built for 3 ranks; possible: 2, 4, 6, 8");
}

}  // namespace
}  // namespace reducecheck::tool
