// SPDX-License-Identifier: Apache-2.0
// The judge of calls without any process, and the frames of the channel.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "real/supervise/call_board.hpp"
#include "real/supervise/control_message.hpp"

namespace reducecheck::real {
namespace {

constexpr int deadline = 1000;

CallHeader call_of(const std::vector<int>& members, std::uint64_t count = 8) {
  return header_of({.operation = "all_reduce",
                    .reduction = "sum",
                    .type = "fp32",
                    .count = count,
                    .members = members,
                    .text = "",
                    .at = {}},
                   0);
}

/// A board on which all ranks have begun, as processes 100, 101, ...
class BoardOfThree : public testing::Test {
 protected:
  BoardOfThree() : board_(3, deadline, 0) {
    for (int r = 0; r < 3; ++r) board_.begins(r, 100 + r, true, 0);
  }

  std::vector<int> call(int rank, const std::vector<int>& members, std::uint64_t count = 8) {
    return board_.calls(rank, call_of(members, count), members, now_);
  }

  void look(pid_t stopped = 0) {
    board_.look(now_, [&](pid_t process) {
      return process == stopped ? ProcessState::stopped : ProcessState::running;
    });
  }

  std::string told() { return fmt::format("{}", fmt::join(board_.report().told, "\n")); }

  CallBoard board_;
  std::int64_t now_ = 0;
};

const std::vector<int> all = {0, 1, 2};

TEST_F(BoardOfThree, ACallGoesOnWhenAllMembersMakeIt) {
  EXPECT_TRUE(call(0, all).empty());
  EXPECT_TRUE(call(2, all).empty());
  EXPECT_EQ(call(1, all), all);
  EXPECT_FALSE(board_.failed());
}

TEST_F(BoardOfThree, GroupsAreServedApart) {
  EXPECT_TRUE(call(0, {0, 1}).empty());
  EXPECT_EQ(call(2, {2}), std::vector<int>{2});
  EXPECT_EQ(call(1, {0, 1}), (std::vector<int>{0, 1}));
  EXPECT_FALSE(board_.failed());
}

TEST_F(BoardOfThree, TheOddOneIsNamedWhoeverComesFirst) {
  call(1, all, 9);
  call(2, all);
  call(0, all);
  EXPECT_TRUE(board_.failed());
  EXPECT_EQ(board_.report().outcome, JobOutcome::mismatched);
  EXPECT_EQ(board_.report().ranks, std::vector<int>{1});
  EXPECT_EQ(told(),
            "counts do not match: rank 0, 2 calls all_reduce of 8 fp32, sum; rank 1 calls "
            "all_reduce of 9 fp32, sum");
}

TEST_F(BoardOfThree, ACircleOfGroupsIsSeenBeforeAnyDeadline) {
  call(0, {0, 1});
  call(1, {1, 2});
  EXPECT_FALSE(board_.failed());
  call(2, {2, 0});
  EXPECT_TRUE(board_.failed());
  EXPECT_EQ(told().rfind("orders do not match: every rank waits for another: rank 0 calls", 0), 0U);
}

TEST_F(BoardOfThree, ACallOutsideOfItsGroupIsRefused) {
  call(0, {1, 2});
  EXPECT_TRUE(board_.failed());
  board_.calls(1, call_of({7}), {1, 7}, now_);  // no rank 7: it must not be looked up
}

TEST_F(BoardOfThree, WhoDoesNotComeInTimeIsNamed) {
  call(0, all);
  call(2, all);
  now_ = deadline;
  look();
  EXPECT_FALSE(board_.failed());
  ++now_;
  look();
  EXPECT_EQ(board_.report().ranks, std::vector<int>{1});
  EXPECT_EQ(told(),
            "rank 1 did not come within 1000 ms to what rank 0 calls: all_reduce of 8 fp32, sum");
}

TEST_F(BoardOfThree, WhoIsStoppedIsNamedByItsState) {
  call(0, all);
  call(2, all);
  now_ = deadline + 1;
  look(101);
  EXPECT_EQ(told(), "rank 1 is stopped before its first call");
}

TEST_F(BoardOfThree, WhoLeavesWhatOthersHangInDidNotDoIt) {
  for (const int rank : all) call(rank, all);
  board_.leaves(1, now_);
  now_ = deadline + 1;
  look();
  EXPECT_EQ(board_.report().ranks, std::vector<int>{1});
  EXPECT_NE(told().find("rank 1 left its call without doing it"), std::string::npos) << told();
}

TEST_F(BoardOfThree, WhoIsInsideOfAnotherGroupsCallHasLeft) {
  for (const int rank : all) call(rank, all);
  board_.leaves(1, now_);
  EXPECT_EQ(call(1, {1}), std::vector<int>{1});
  now_ = deadline + 1;
  look();
  EXPECT_EQ(board_.report().ranks, std::vector<int>{1}) << told();
}

TEST_F(BoardOfThree, WhatDidNotMatchIsToldEvenToThoseThatTalkOn) {
  call(0, all);
  call(1, all, 9);
  const std::string told_at_once = told();
  for (const int rank : {0, 1}) {
    board_.leaves(rank, now_);
    board_.ends(rank);
  }
  EXPECT_EQ(told(), told_at_once);
}

TEST_F(BoardOfThree, WhoCallsWhileItWaitsIsNoRankOfOurs) {
  call(0, all);
  call(0, all, 9);
  EXPECT_EQ(told(), "rank 0 calls while it waits");
}

TEST_F(BoardOfThree, AllThatHangAreNamed) {
  for (const int rank : all) call(rank, all);
  now_ = deadline + 1;
  look();
  EXPECT_EQ(board_.report().ranks, all);
}

TEST_F(BoardOfThree, AnEndIsNoDeathAndADeathIsNoEnd) {
  board_.ends(0);
  board_.is_gone(0);
  EXPECT_FALSE(board_.failed());
  board_.is_gone(1);
  board_.ended_by(1, "exit status 0");
  EXPECT_TRUE(board_.failed());
  EXPECT_EQ(told(), "rank 1 died (exit status 0) before its first call");
}

TEST_F(BoardOfThree, ARankThatComputesForLongIsNotLate) {
  now_ = 100 * deadline;
  look();
  EXPECT_FALSE(board_.failed());
}

TEST(Board, RanksThatNeverBeginAreNamed) {
  CallBoard board(2, deadline, 0);
  board.begins(0, 100, true, 0);
  board.look(2 * deadline + 1, [](pid_t) { return ProcessState::running; });
  EXPECT_EQ(board.report().told, std::vector<std::string>{"rank 1 did not begin in 2000 ms"});
}

TEST(Frames, AreTakenWholeAndStrangersAreRefused) {
  std::vector<std::byte> bytes;
  append_call(bytes, call_of(all), all);
  const std::size_t first = bytes.size();
  append_sentence(bytes, ControlKind::say, true, "no");
  std::vector<std::byte> part(bytes.begin(),
                              bytes.begin() + static_cast<std::ptrdiff_t>(first) - 1);
  bool broken = false;
  EXPECT_FALSE(take_frame(part, broken));
  EXPECT_FALSE(broken);
  const auto frame = take_frame(bytes, broken);
  ASSERT_TRUE(frame);
  CallHeader header;
  std::vector<int> members;
  EXPECT_TRUE(read_call(*frame, header, members));
  EXPECT_EQ(members, all);
  std::string text;
  EXPECT_TRUE(read_sentence(take_frame(bytes, broken).value(), text));
  EXPECT_EQ(text, "no");
  EXPECT_FALSE(read_call({.kind = 1, .peer = 0, .payload = {}}, header, members));
  std::vector<std::byte> stranger(64, std::byte{'G'});
  EXPECT_FALSE(take_frame(stranger, broken));
  EXPECT_TRUE(broken);
}

}  // namespace
}  // namespace reducecheck::real
