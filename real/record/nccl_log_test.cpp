// SPDX-License-Identifier: Apache-2.0
// Logs are read as they were written, their errors have places, and two of them are compared.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "real/record/nccl_log.hpp"
#include "real/record/nccl_log_writer.hpp"
#include "scenarios/text/files_test.hpp"

namespace reducecheck::real {
namespace {

const std::string sum = "AllReduce comm=0 seq=0 count=8 type=float32 redop=sum stream=1 place=in\n";
const std::string gather = "AllGather comm=0 seq=1 count=8 type=float32 stream=1 place=out\n";
const std::string begin = "reducecheck.calls/1\nCommInit comm=0 ranks=2 rank=0\n";

TEST(NcclLog, IsReadAsItWasWritten) {
  const ParsedNcclLog log = parse_nccl_log(begin + sum + gather);
  EXPECT_TRUE(log.errors.empty());
  ASSERT_EQ(log.calls.size(), 3U);
  EXPECT_EQ(log.calls[1].line, 3U);
  EXPECT_EQ(line_of(log.calls[1].call) + "\n", sum);
  EXPECT_EQ(log.calls[2].call.operation, "AllGather");
}

TEST(NcclLog, LosesALastLineThatIsNotWhole) {
  EXPECT_EQ(parse_nccl_log(begin + sum + "AllGat").calls.size(), 2U);
}

TEST(NcclLog, ErrorsHavePlacesAndChoices) {
  const std::pair<std::string, std::string> table[] = {
      {"", "log: error: expected `reducecheck.calls/1` as the first line"},
      {"reducecheck.calls/2\n", "log:1:1: error: expected `reducecheck.calls/1`, the first line"},
      {begin + "AllReduc comm=0\n",
       "log:3:1: error: expected an operation of NCCL, not `AllReduc`"},
      {begin + "AllReduce comm=x\n", "log:3:16: error: expected a number after `comm=`, not `x`"},
      {begin + "AllReduce comm=0 seq=0 count=8 type=float23 redop=sum stream=1 place=in\n",
       "log:3:37: error: expected a type after `type=`, not `float23`"},
      {begin + "AllReduce comm=0 count=8\n", "log:3:18: error: expected `seq=`, not `count=8`"},
      {begin + "CommInit comm=0\n", "log:3:16: error: expected `ranks=`, found the end"},
      {begin + "GroupEnd now\n", "log:3:10: error: expected the end of the line after GroupEnd"},
      {begin + "GroupEnd" + std::string(2000, ' ') + "\n",
       "log:3:1: error: expected a line of at most 1000 bytes"},
  };
  for (const auto& [text, expected] : table) {
    const std::string told = render(parse_nccl_log(text).errors, "log", text);
    EXPECT_TRUE(told.starts_with(expected)) << told;
  }
  const std::string text = begin + "AllReduc comm=0\n";
  EXPECT_EQ(render(parse_nccl_log(text).errors, "log", text),
            "log:3:1: error: expected an operation of NCCL, not `AllReduc`\n"
            "  AllReduc comm=0\n"
            "  ^\n"
            "    did you mean `AllReduce`?\n");
}

TEST(NcclLog, OfRandomBytesIsRefused) {
  std::string text = begin;
  std::uint32_t state = 1;
  for (int i = 0; i < 100'000; ++i) {
    state = state * 1664525U + 1013904223U;
    text += static_cast<char>(state >> 24);
  }
  EXPECT_FALSE(parse_nccl_log(text).errors.empty());
}

/// The difference of two logs of one rank.
std::string diff_of(const std::string& a, const std::string& b) {
  const std::filesystem::path folder = fresh_directory();
  std::ofstream(folder / "a") << begin << a;
  std::ofstream(folder / "b") << begin << b;
  return told(diff_nccl_logs(folder / "a", folder / "b"), "A", "B");
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(NcclLogDiff, NamesRankLineAndBothCalls) {
  EXPECT_EQ(diff_of(sum + gather, sum + gather), "1 rank, 3 calls: equal\n");
  EXPECT_EQ(diff_of(sum, changed(changed(sum, "=8", "=9"), "sum", "max")),
            "rank 0: count differs: 8 and 9, redop differs: sum and max\n  A:3: " + sum +
                "  B:3: " + changed(changed(sum, "=8", "=9"), "sum", "max"));
  EXPECT_EQ(diff_of(sum, gather), "rank 0: another operation\n  A:3: " + sum + "  B:3: " + gather);
  EXPECT_EQ(diff_of(sum + gather, gather),
            "rank 0: only in the first\n  A:3: " + sum + "  B: no call\n");
  EXPECT_EQ(diff_of(sum, sum + gather),
            "rank 0: only in the second\n  A: no call\n  B:4: " + gather);
  EXPECT_EQ(diff_of(sum + gather, gather + sum),
            "rank 0: in another order\n  A:3: " + sum + "  B:3: " + gather);
  EXPECT_EQ(diff_of(sum, "GroupEn\n").substr(0, 1), "/");  // an error of the file
}

TEST(NcclLogDiff, NamesFilesThatCannotBeRead) {
  const std::filesystem::path folder = fresh_directory();
  const std::string told_text = told(diff_nccl_logs(folder / "none", folder / "none"), "A", "B");
  EXPECT_NE(told_text.find("none: expected a log or a folder with logs, cannot read one"),
            std::string::npos)
      << told_text;
  EXPECT_NE(told(diff_nccl_logs(folder, folder), "A", "B").find("expected logs called rank0.nccl"),
            std::string::npos);
  std::filesystem::create_directories(folder / "a");
  std::filesystem::create_directories(folder / "b");
  std::ofstream(folder / "a" / "rank0.nccl") << begin;
  std::ofstream(folder / "b" / "rank0.nccl") << begin;
  std::ofstream(folder / "b" / "rank1.nccl") << begin;
  EXPECT_EQ(told(diff_nccl_logs(folder / "a", folder / "b"), "A", "B"),
            "rank 1: a log only in the second\n");
}

TEST(NcclLogDiff, NamesAFolderThatCannotBeListed) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "without descriptors the sanitizer cannot ask which memory is there";
#endif
  const std::filesystem::path folder = fresh_directory();
  std::ofstream(folder / "rank0.nccl") << begin;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const rlimit none{0, files.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  const NcclLogDiff diff = diff_nccl_logs(folder, folder);
  ::setrlimit(RLIMIT_NOFILE, &files);
  ASSERT_FALSE(diff.errors.empty());
  EXPECT_NE(diff.errors[0].find("cannot be listed: "), std::string::npos) << diff.errors[0];
  EXPECT_EQ(diff_nccl_logs(folder, folder).calls, 1U);
}

TEST(NcclLogWriter, NumbersCommunicatorsAndStreamsAsTheyComeUp) {
  const std::filesystem::path folder = fresh_directory();
  ::setenv(nccl_log_variable, folder.c_str(), 1);
  const int things[3] = {};
  {
    NcclLogWriter log;
    log.plain("GetVersion", 5);
    EXPECT_EQ(log.init(5, 4, 3), 0);
    log.made(5, 0, things);
    EXPECT_EQ(log.split(5, things, 1, 0, true), 1);
    log.made(5, 1, things + 1);
    log.transfer(5, {.operation = "Send",
                     .communicator = things + 1,
                     .count = 2,
                     .type = 9,
                     .root = 1,
                     .stream = things + 2});
    log.failed("Send", 5, 4);
  }
  ::unsetenv(nccl_log_variable);
  EXPECT_EQ(file_text(folder / "rank3.nccl"),
            "reducecheck.calls/1\nGetVersion\nCommInit comm=0 ranks=4 rank=3\n"
            "CommSplit comm=0 color=1 key=0 made=1\n"
            "Send comm=1 seq=0 count=2 type=bfloat16 peer=1 stream=1\n"
            "Failed call=Send result=4\n");
}

/// What a rank logs of itself.
template <class Calls>
std::string logged_by(Calls calls) {
  const std::filesystem::path folder = fresh_directory();
  ::setenv(nccl_log_variable, folder.c_str(), 1);
  {
    NcclLogWriter log;
    calls(log);
  }
  ::unsetenv(nccl_log_variable);
  return file_text(folder / "rank0.nccl");
}

TEST(NcclLogWriter, NamesCommunicatorsWhoseHandlesComeLater) {
  const int things[4] = {};
  const void* places[4] = {};
  const std::string text = logged_by([&](NcclLogWriter& log) {
    log.init(0, 2, 0);
    log.made_later(0, 0, &places[0]);
    places[0] = things;
    EXPECT_EQ(log.split(0, things, 0, 0, true), 1);  // fails: it never has a handle
    for (const int number : {2, 3}) {
      EXPECT_EQ(log.split(0, things, number, 0, true), number);
      log.made_later(0, number, &places[number]);
    }
    places[3] = things + 3;  // not in the order of the splits
    log.look(0);
    places[3] = nullptr;  // the program has taken it from there
    log.communicator("CommFinalize", 0, things + 3);
    places[2] = things + 2;
    log.communicator("CommFinalize", 0, things + 2);
    log.communicator("CommFinalize", 0, things);
    log.communicator("CommFinalize", 0, things + 1);
    // A place that is no memory any more is read by nobody, and one that is left is it.
    EXPECT_EQ(log.split(0, things, 4, 0, true), 4);
    log.made_later(0, 4, nullptr);
    log.communicator("CommFinalize", 0, places);
  });
  const std::string ends = text.substr(text.find("CommFinalize"));
  EXPECT_EQ(ends,
            "CommFinalize comm=3\nCommFinalize comm=2\nCommFinalize comm=0\n"
            "CommFinalize comm=unknown\nCommSplit comm=0 color=4 key=0 made=4\n"
            "CommFinalize comm=4\n");
}

TEST(NcclLogWriter, KeepsABoundedPartOfWhatNoRankCalls) {
  const std::string text = logged_by([](NcclLogWriter& log) {
    for (int i = 0; i < 100'000; ++i) log.plain("GetVersion", 0);
    log.init(0, 1, 0);
  });
  EXPECT_LT(text.size(), std::size_t{65} << 10);
  EXPECT_GT(text.size(), std::size_t{60} << 10);
  EXPECT_TRUE(text.ends_with("GetVersion\nCommInit comm=0 ranks=1 rank=0\n"));
  EXPECT_TRUE(parse_nccl_log(text).errors.empty());
}

}  // namespace
}  // namespace reducecheck::real
