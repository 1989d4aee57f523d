// SPDX-License-Identifier: Apache-2.0
// A sweep in shares is the sweep.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/files_test.hpp"
#include "sim/judge/share.hpp"
#include "sim/report/json.hpp"
#include "sim/report/table.hpp"

namespace reducecheck {
namespace {

Scenario of_catalogue(const std::string& name) {
  Diagnostics diagnostics;
  const std::string file = "scenarios/catalogue/" + name;
  auto scenario = load_scenario(file_text(file), file, diagnostics);
  EXPECT_TRUE(scenario) << name;
  return scenario.value();
}

/// Everything that a report says of it.
std::string told(const ScenarioResult& result) {
  Report report;
  report.scenarios.push_back(result);
  report.scenarios.back().seconds = 0;
  return json_report(report) + scenario_text(report.scenarios.back(), {.verbose = true});
}

std::vector<std::string> shares_of(const Scenario& scenario, const CheckOptions& options,
                                   std::size_t count) {
  std::vector<std::string> shares;
  for (std::size_t i = 0; i < count; ++i) {
    Diagnostics diagnostics;
    shares.push_back(judged_share(scenario, options, i, count, diagnostics));
    EXPECT_TRUE(diagnostics.empty());
  }
  return shares;
}

// Defects with a deferred sum, with expectations that are not met, and with nothing wrong.
TEST(Shares, MergedAreTheWholeCheck) {
  for (const char* name : {"fastdeploy/merge_allreduce.toml", "fastdeploy/glm_moe_chain.toml",
                           "vllm/aria_shared_double.toml", "vllm/sp_moe_shared_sharded.toml"}) {
    const Scenario scenario = of_catalogue(name);
    for (const bool expect_none : {false, true}) {
      CheckOptions options;
      options.up_to_ranks = 4;
      options.expect_none = expect_none;
      Diagnostics diagnostics;
      const std::string whole = told(check_scenario(scenario, options, diagnostics));
      for (const std::size_t count : {3U, 50U}) {
        const auto merged =
            merged_shares(scenario, options, shares_of(scenario, options, count), diagnostics);
        ASSERT_TRUE(merged) << name << ' ' << count;
        EXPECT_EQ(told(*merged), whole) << name << ' ' << count;
      }
    }
  }
}

TEST(Shares, ErrorsOfConfigurationsAreMergedToo) {
  // Three ranks cannot share four inner features.
  const std::string text = R"toml(title = "uneven"
source = "none"
mesh = { axes = ["tp"], tp = [1, 2, 3] }
sizes = { inter = 4 }
input = { x = "tokens, hidden" }
output = { y = "tokens, hidden" }
[weights]
mlp = "mlp(inter / tp)"
[program]
reference = "y = mlp(x)"
distributed = "y = all_reduce(mlp(x), tp)"
)toml";
  Diagnostics loading;
  const auto scenario = load_scenario(text, "uneven.toml", loading);
  ASSERT_TRUE(scenario) << render(loading, "uneven.toml", text);
  Diagnostics whole;
  Diagnostics shared;
  const std::string result = told(check_scenario(*scenario, {}, whole));
  const auto merged = merged_shares(*scenario, {}, shares_of(*scenario, {}, 2), shared);
  ASSERT_TRUE(merged);
  EXPECT_EQ(told(*merged), result);
  EXPECT_FALSE(whole.empty());
  EXPECT_EQ(shared.sorted(), whole.sorted());
}

TEST(Shares, MissingOrForeignOnesAreNoResult) {
  const Scenario scenario = of_catalogue("vllm/aria_shared_double.toml");
  const CheckOptions options;
  const std::vector<std::string> good = shares_of(scenario, options, 2);
  Diagnostics diagnostics;
  EXPECT_TRUE(merged_shares(scenario, options, good, diagnostics));
  const std::vector<std::vector<std::string>> bad = {
      {}, {good[0]}, {good[1], good[0]}, {good[0], ""}, {good[0], "[[1]]"}, {good[0], "{}"}};
  for (const auto& shares : bad) {
    EXPECT_FALSE(merged_shares(scenario, options, shares, diagnostics)) << shares.size();
  }
}

TEST(Shares, AnUnknownVariantIsAnErrorOfEach) {
  CheckOptions options;
  options.variants = {"no"};
  Diagnostics diagnostics;
  const Scenario scenario = of_catalogue("vllm/aria_shared_double.toml");
  EXPECT_EQ(judged_share(scenario, options, 0, 2, diagnostics), "");
  EXPECT_FALSE(diagnostics.empty());
}

}  // namespace
}  // namespace reducecheck
