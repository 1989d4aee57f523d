// SPDX-License-Identifier: Apache-2.0
// An error inside of a string points at its character of the file, however the string is written.
#include <gtest/gtest.h>

#include "scenarios/frame/broken_scenario_test.hpp"

namespace reducecheck {
namespace {

using Words = std::vector<std::string>;

/// The errors of the sound scenario with another text for the variant `fixed`, in line 20.
Words errors_with(std::string_view value) {
  return errors_of(broken("\"g = tp\"", value));
}

TEST(Places, OfAStringOnOneLine) {
  EXPECT_EQ(errors_with(R"("g = qq")"), Words{"20:14: unknown name `qq`"});
  EXPECT_EQ(errors_with(R"('g = qq')"), Words{"20:14: unknown name `qq`"});
  EXPECT_EQ(errors_with(R"(    "g = qq")"), Words{"20:18: unknown name `qq`"});
}

TEST(Places, OfAStringOfSeveralLines) {
  EXPECT_EQ(errors_with("'''\ng = tp\nif qq: pass\n'''"), Words{"22:4: unknown name `qq`"});
  EXPECT_EQ(errors_with("\"\"\"\ng = tp\nif qq: pass\n\"\"\""), Words{"22:4: unknown name `qq`"});
}

TEST(Places, OfAStringThatBeginsBesideItsQuotes) {
  EXPECT_EQ(errors_with("'''g = qq\nh = qr'''"),
            (Words{"20:16: unknown name `qq`", "21:5: unknown name `qr`"}));
}

TEST(Places, BehindTwoEmptyLines) {
  EXPECT_EQ(errors_with("'''\n\n\ng = qq'''"), Words{"23:5: unknown name `qq`"});
}

TEST(Places, WithTheLineEndsOfOtherSystems) {
  EXPECT_EQ(errors_with("'''\r\ng = tp\r\nh = qq'''\r"), Words{"22:5: unknown name `qq`"});
}

TEST(Places, BehindEscapes) {
  // The columns count bytes, and the letter has two.
  EXPECT_EQ(errors_with(R"("a = \"é\" + qq\ng = qr")"),
            (Words{"20:23: unknown name `qq`", "20:31: unknown name `qr`"}));
  EXPECT_EQ(errors_with(R"("a = '\u00e9\U0001F600\\\\' + qq\ng = qr")"),
            (Words{"20:39: unknown name `qq`", "20:47: unknown name `qr`"}));
}

TEST(Places, BehindALineThatGoesOn) {
  EXPECT_EQ(errors_with("\"\"\"\ng = \\\n\n   qq\nh = qr\"\"\""),
            (Words{"23:4: unknown name `qq`", "24:5: unknown name `qr`"}));
}

TEST(Places, BehindLettersOfSeveralBytes) {
  EXPECT_EQ(errors_of(broken("title  = \"a shared and a routed branch\"", "a.é = 1")),
            Words{"1:3: this is not TOML: key: expected bare key starting character or string "
                  "delimiter, saw 'é'"});
  EXPECT_EQ(errors_of(broken("hidden, E)\"", "hidden, 'é', E / qq)\"")),
            Words{"8:12: `linear` has 2 dimensions, got 3 [for example `gate = \"linear(hidden, "
                  "inter / tp)\"`]"});
  EXPECT_EQ(errors_of(broken("input  = { x = \"tokens / dp, hidden\" }",
                             "input  = { \"é\" = 1, x = \"tokens / qq, hidden\" }")),
            (Words{"5:12: `é` is no name [a name has letters, digits and `_`, and begins with no "
                   "digit]",
                   "5:19: `input.é` is an integer; wanted a string with rows and features [for "
                   "example `input = { x = \"tokens, hidden\" }`]",
                   "5:36: unknown name `qq`"}));
}

TEST(Places, BehindAByteOrderMark) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(errors_of(mark + broken("title ", "tilte ")),
            Words{"1:4: unknown key `tilte` [did you mean `title`?]"});
}

TEST(Places, InsideOfAnExpectation) {
  EXPECT_EQ(
      errors_of(broken("\"wrong_group(shared) when tp > 1\"",
                       "[\"holds when qq\",\n  \"\"\"\nwrong_group(shard, x)\nwhen qr\"\"\"]")),
      (Words{"23:22: unknown name `qq`",
             "25:13: `shard` is no weight and no input [did you mean `shared`?]",
             "26:6: unknown name `qr`"}));
}

}  // namespace
}  // namespace reducecheck
