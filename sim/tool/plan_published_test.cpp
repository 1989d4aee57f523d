// SPDX-License-Identifier: Apache-2.0
// The command `plan` over the whole catalogue: is the published fix among its first answers?
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

using nlohmann::json;

constexpr int least_published = 30;

/// Why a file's fix is not among the first two answers; empty where it is.
std::string missed(const json& plan) {
  if (plan.at("variant") == "") return plan.at("reason");
  std::size_t calls = 0;
  for (const json& one : plan.at("cases")) {
    for (const json& segment : one.at("segments")) {
      const json& own = segment.at("own").at("calls");
      const std::string where = fmt::format("{} when {}", segment.at("consumer").get<std::string>(),
                                            one.at("condition").get<std::string>());
      calls += own.size();
      if (segment.contains("not_planned")) {
        if (own.empty()) continue;
        return where + ": " + segment.at("not_planned").get<std::string>();
      }
      if (segment.at("proved") != true)
        return where + ": " + segment.at("proof").get<std::string>();
      const int place = segment.at("place_of_own");
      if (place == 1 || place == 2) continue;
      return where + ": cheaper than the fix's " + own.dump() + " is " +
             segment.at("plans").at(0).at("calls").dump();
    }
  }
  return calls == 0 ? "the fix calls no collective" : "";
}

TEST(Plan, FindsThePublishedFixAsFirstOrSecondAnswer) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  int found = 0;
  for (const std::filesystem::path& file : files) {
    const Ran ran = run("plan '" + file.string() + "' --json -");
    EXPECT_LE(ran.status, 1) << file << '\n' << ran.err;
    const json plan = json::parse(ran.out, nullptr, false);
    ASSERT_FALSE(plan.is_discarded()) << file;
    const std::string reason = missed(plan);
    fmt::print("{:<7} {}{}\n", reason.empty() ? "found" : "missed", file.string(),
               reason.empty() ? "" : "\n          " + reason);
    if (reason.empty()) ++found;
  }
  fmt::print("the published fix is the first or second answer for {} of {} files\n", found,
             files.size());
  EXPECT_GE(found, least_published);
}

}  // namespace
}  // namespace reducecheck::tool
