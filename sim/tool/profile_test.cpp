// SPDX-License-Identifier: Apache-2.0
// `check --profile` says where the time went and changes nothing else.
#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "sim/tool/run_command.hpp"

namespace reducecheck::tool {
namespace {

std::string without_numbers(std::string text) {
  std::erase_if(text, [](unsigned char c) { return std::isdigit(c) != 0 || c == ' '; });
  return text;
}

std::string part(const Ran& ran, bool profile) {
  const std::size_t at = ran.out.find("\nprofile: ");
  EXPECT_NE(at, std::string::npos) << ran.out;
  return profile ? ran.out.substr(at) : ran.out.substr(0, at);
}

TEST(Profile, ShowsEveryPhaseAndLeavesTheRestAsItIs) {
  const Ran with = run("check --profile --threads 2 " + merge);
  const Ran without = run("check --threads 2 " + merge);
  EXPECT_EQ(with.status, 0) << with.err;
  EXPECT_EQ(part(with, false), without.out);
  for (const char* phase :
       {"reading", "lowering", "weights", "contraction", "collectives", "other steps", "explaining",
        "comparing", "judging", "proving", "reporting", "in all"}) {
    EXPECT_NE(part(with, true).find(std::string("\n  ") + phase + ' '), std::string::npos) << phase;
  }
}

TEST(Profile, HasTheSameLinesEveryTime) {
  const Ran once = run(std::string("check --profile ") + aria);
  const Ran again = run(std::string("check --profile ") + aria);
  EXPECT_EQ(without_numbers(once.out), without_numbers(again.out));
}

TEST(Profile, NotesTimeWhereItIsSpent) {
  // Nothing is compared in a floating format here, and everything is read, lowered and proved.
  const std::string text = part(run("check --profile " + merge), true);
  const auto seconds = [&](const std::string& phase) {
    const std::size_t at = text.find("\n  " + phase + ' ');
    return at == std::string::npos ? -1.0 : std::stod(text.substr(at + 3 + phase.size()));
  };
  EXPECT_EQ(seconds("comparing"), 0);
  EXPECT_GT(seconds("lowering"), 0);
  EXPECT_GT(seconds("proving"), 0);
  double all = 0;
  for (const char* phase : {"reading", "lowering", "weights", "contraction", "collectives",
                            "other steps", "explaining", "judging", "proving", "reporting"}) {
    all += seconds(phase);
  }
  constexpr double printed = 0.0005;  // half of the last digit that is shown, of each phase
  EXPECT_NEAR(all, seconds("in all"), 12 * printed);
}

TEST(Profile, DoesNotGoWithQuiet) {
  const Ran ran = run("check --profile --quiet " + merge);
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("`--profile` does not go with `--quiet`"), std::string::npos) << ran.err;
}

}  // namespace
}  // namespace reducecheck::tool
