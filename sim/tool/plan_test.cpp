// SPDX-License-Identifier: Apache-2.0
// The command `plan`: what it says of published layers, and to a person who mistyped.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

json planned(const std::string& arguments) {
  const Ran ran = run("plan " + arguments + " --json -");
  EXPECT_LE(ran.status, 1) << arguments << '\n' << ran.err;
  return json::parse(ran.out, nullptr, false);
}

bool is_true(const json& one, const std::string& part) {
  return contains(one.at("condition").get<std::string>() + " ", part + " ");
}

TEST(Plan, MergesTheSumsWhereNoExpertParallelismIs) {
  const json plan = planned(merge);
  ASSERT_EQ(plan.at("format"), "reducecheck.plan/1");
  EXPECT_EQ(plan.at("variant"), "merged");
  int merged = 0;
  int apart = 0;
  for (const json& one : plan.at("cases")) {
    const json& first = one.at("segments").at(0).at("plans").at(0);
    EXPECT_EQ(one.at("segments").at(0).at("proved"), true) << one.dump(2);
    if (!is_true(one, "tp > 1")) {
      EXPECT_EQ(first.at("calls"), json::array()) << one.dump(2);
      continue;
    }
    EXPECT_EQ(first.at("calls"), json::array({"all_reduce(tp)"})) << one.dump(2);
    EXPECT_EQ(one.at("segments").at(0).at("place_of_own"), 1);
    const bool parallel = !is_true(one, "not use_ep");
    EXPECT_EQ(first.at("program"), parallel ? "y = experts + all_reduce(shared, tp)\n"
                                            : "y = all_reduce(experts + shared, tp)\n");
    ++(parallel ? apart : merged);
    for (const json& variant : one.at("variants")) {
      const bool wasteful = !parallel && variant.at("name") == "per_branch";
      EXPECT_EQ(variant.at("verdict"), wasteful ? "wasteful" : "as_cheap") << one.dump(2);
    }
  }
  EXPECT_GT(merged, 0);
  EXPECT_GT(apart, 0);
}

TEST(Plan, SaysTheSameInWords) {
  const Ran ran = run("plan " + merge);
  EXPECT_EQ(ran.status, 0) << ran.err;
  for (const char* part :
       {"1. all_reduce(tp): 1 call, 8.0 MiB, 49.9 us [as in merged]",
        "y = all_reduce(experts + shared, tp)", "experts: partial over tp",
        "1: proved for all sizes", "per_branch  wasteful: 2 calls", "hidden=4096 tokens=1024"}) {
    EXPECT_TRUE(contains(ran.out, part)) << part << '\n' << ran.out;
  }
  EXPECT_EQ(ran.out, run("plan " + merge).out);
}

TEST(Plan, SizesAndCostsAreThoseAskedFor) {
  const json plan = planned(merge +
                            " --tokens 16 --model glm-4.5-air --dtype fp32 --alpha 2.5"
                            " --hop 0.5 --bandwidth 400 --margin 25");
  EXPECT_EQ(plan.at("sizes").at("tokens"), 16);
  EXPECT_EQ(plan.at("sizes").at("hidden"), 4096);
  EXPECT_EQ(plan.at("element_bytes"), 4);
  EXPECT_DOUBLE_EQ(plan.at("model").at("alpha_microseconds").get<double>(), 2.5);
  EXPECT_NEAR(plan.at("model").at("gigabytes_per_second").get<double>(), 400, 1e-9);
  EXPECT_NEAR(plan.at("model").at("margin_percent").get<double>(), 25, 1e-9);
  for (const json& one : plan.at("cases")) {
    if (!is_true(one, "tp > 1") || !is_true(one, "not use_ep")) continue;
    EXPECT_EQ(one.at("segments").at(0).at("plans").at(0).at("bytes"), 16 * 4096 * 4);
  }
}

TEST(Plan, PlansForNoVariantThatIsWrong) {
  const Ran ran = run(std::string("plan ") + aria + " --variant buggy");
  EXPECT_EQ(ran.status, 1) << ran.err;
  EXPECT_TRUE(contains(ran.out, "no plan: `buggy` is wrong in some case")) << ran.out;
}

TEST(Plan, RefusesWhatMakesNoSense) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"", "no FILE given"},
      {"a.toml b.toml", "exactly one FILE"},
      {merge + " --alpha -1", "`--alpha -1`: expected microseconds, 0 or more"},
      {merge + " --hop x", "`--hop x`: expected microseconds"},
      {merge + " --bandwidth 0", "`--bandwidth 0`: expected GB/s, above 0"},
      {merge + " --bandwidth nan", "expected GB/s, above 0"},
      {merge + " --margin 1e", "`--margin 1e`: expected percent"},
      {merge + " --tokens 0", "`--tokens 0`: expected an integer, 1 to"},
      {merge + " --hidden 1.5", "`--hidden 1.5`: expected an integer"},
      {merge + " --dtype int8",
       "`--dtype int8`: expected one of fp32, bf16, fp16, fp8_e4m3, fp8_e5m2"},
      {merge + " --shape toy", "`--shape toy`: expected full"},
      {merge + " --model no-such-model", "no-such-model: error: no such model"},
      {merge + " --variant nothing", "no variant `nothing`; variants: per_branch"},
      {"no/such.toml", "no/such.toml"},
      {merge + " --json /no/such/file", "cannot write `/no/such/file`"},
  };
  for (const auto& [arguments, said] : mistakes) {
    const Ran ran = run("plan " + arguments);
    EXPECT_EQ(ran.status, 2) << arguments;
    EXPECT_TRUE(contains(ran.err, said)) << arguments << '\n' << ran.err;
  }
}

}  // namespace
}  // namespace reducecheck::tool
