// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "real/calls/call_header.hpp"
#include "real/calls/call_log.hpp"

namespace reducecheck::real {
namespace {

Call call() {
  return {.operation = "all_reduce",
          .reduction = "sum",
          .type = "bf16",
          .count = 24,
          .members = {0, 2},
          .text = "all_reduce(y, tp)",
          .at = {24, 15}};
}

TEST(CallHeader, TellsTheWholeCall) {
  EXPECT_EQ(told(header_of(call(), 3)), "all_reduce of 24 bf16, sum: all_reduce(y, tp) at 24:15");
}

TEST(CallHeader, CallsMatchWhateverTheirText) {
  Call other = call();
  other.text = "all_reduce(x, tp)";
  other.at = {1, 1};
  EXPECT_EQ(disagreement(header_of(call(), 1), header_of(other, 2)), "");
}

TEST(CallHeader, WhatMustBeAlikeIsNamed) {
  const auto against = [](auto change) {
    Call other = call();
    change(other);
    return disagreement(header_of(call(), 0), header_of(other, 0));
  };
  EXPECT_EQ(against([](Call& c) { c.operation = "broadcast"; }), "operations");
  EXPECT_EQ(against([](Call& c) { c.members = {2, 0}; }), "groups");
  EXPECT_EQ(against([](Call& c) { c.reduction = "max"; }), "reductions");
  EXPECT_EQ(against([](Call& c) { c.type = "fp16"; }), "element types");
  EXPECT_EQ(against([](Call& c) { c.count = 25; }), "counts");
  EXPECT_EQ(against([](Call& c) { c.root = 2; }), "roots");
}

TEST(CallHeader, LongTextsAreCut) {
  Call other = call();
  other.text = std::string(1000, 'x');
  EXPECT_LT(told(header_of(other, 0)).size(), 200U);
}

TEST(CallLog, IsReadAsItWasWrittenWithoutTheLineThatIsNotWhole) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "reducecheck_call_log";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  ::setenv(call_log_variable, folder.c_str(), 1);
  {
    CallLog log(2);
    log.write(CallEvent::enter, "all_reduce\nof 3");
    log.write(CallEvent::leave);
  }
  ::unsetenv(call_log_variable);
  std::ofstream(folder / "rank2.calls", std::ios::app) << "enter 5 half";
  const std::vector<LoggedEvent> events = read_call_log(folder, 2);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].event, CallEvent::start);
  EXPECT_EQ(events[1].event, CallEvent::enter);
  EXPECT_EQ(events[1].text, "all_reduce of 3");
  EXPECT_EQ(events[2].event, CallEvent::leave);
  EXPECT_TRUE(read_call_log(folder, 0).empty());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace reducecheck::real
