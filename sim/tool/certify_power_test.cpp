// SPDX-License-Identifier: Apache-2.0
// `reducecheck certify --power`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

TEST(CertifyPower, SaysHowSmallAnErrorEachCheckSees) {
  const Ran ran = run("certify --power --dtype bf16 --ranks 2,8");
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part :
       {"sums in bf16, order nccl_ring; tensors of 4,096 elements", "ranks  check",
        "bound of any order", "running bound", "replay", "alarms anyway"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
}

TEST(CertifyPower, WritesTheSameAsJson) {
  const Ran ran = run("certify --power --dtype fp16 --ranks 4 --order rank_order --json -");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const json report = json::parse(ran.out);
  EXPECT_EQ(report.at("format"), "reducecheck.power/1");
  EXPECT_EQ(report.at("dtype"), "fp16");
  EXPECT_EQ(report.at("order"), "rank_order");
  ASSERT_EQ(report.at("checks").size(), 4U);
  EXPECT_EQ(report.at("checks").at(1).at("check"), "running bound");
  EXPECT_EQ(report.at("checks").at(1).at("false_alarms"), 0);
  EXPECT_LT(report.at("checks").at(1).at("smallest_error_seen"),
            report.at("checks").at(0).at("smallest_error_seen"));
}

TEST(CertifyPower, RefusesWhatMakesNoSense) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"--power A", "expected no input"},
      {"--power --partials P", "`--power` with `--partials`"},
      {"--power --dtype int8", "`--dtype int8`: expected one of fp32, bf16"},
      {"--power --ranks 1", "`--ranks 1`: expected integers, 2 to"},
      {"--power --ranks 2,,4", "expected integers, 2 to"},
      {"--power --order nothing", "nothing"},
      {"A B --ranks 4", "`--ranks` without `--power`"},
  };
  for (const auto& [arguments, said] : mistakes) {
    const Ran ran = run("certify " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_TRUE(contains(ran.err, said)) << arguments << '\n' << ran.err;
  }
}

}  // namespace
}  // namespace reducecheck::tool
