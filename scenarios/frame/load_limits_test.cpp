// SPDX-License-Identifier: Apache-2.0
// Files that nobody should send: each is refused with a reason, and quickly.
#include <gtest/gtest.h>

#include "scenarios/frame/broken_scenario_test.hpp"

namespace reducecheck {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t many = 200 * 1024;

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(Limits, NamesTheSizeOfAFile) {
  EXPECT_EQ(errors_of(std::string(FrameLimits::file_bytes + 1, '#')),
            Words{"0:0: the file has 262145 bytes; the limit is 262144"});
  EXPECT_EQ(
      errors_of(sound_scenario + std::string(FrameLimits::file_bytes - sound_scenario.size(), '#')),
      Words{});
}

TEST(Limits, RefusesAnEmptyFile) {
  const Words empty = {
      "0:0: the file is empty; a scenario needs at least mesh, input, output, program"};
  EXPECT_EQ(errors_of(""), empty);
  EXPECT_EQ(errors_of(" \t\r\n\n"), empty);
  EXPECT_EQ(errors_of("\xEF\xBB\xBF"), empty);
}

TEST(Limits, RefusesNul) {
  EXPECT_EQ(errors_of(std::string("a = 1\nb\0c = 2", 13)),
            Words{"2:2: byte 7 is NUL [a scenario is a text file]"});
}

TEST(Limits, RefusesInvalidUtf8WithItsPlace) {
  const auto refusal = [](int column, int byte, const char* value) {
    return Words{fmt::format("2:{}: byte {} ({}) is not valid UTF-8 [save the file as UTF-8]",
                             column, byte, value)};
  };
  EXPECT_EQ(errors_of("\n\xff"), refusal(1, 1, "0xff"));
  EXPECT_EQ(errors_of("\n# \xc3\xa9 \xe9"), refusal(6, 6, "0xe9"));
  EXPECT_EQ(errors_of("\n#\xc0\xaf"), refusal(2, 2, "0xc0"));          // overlong
  EXPECT_EQ(errors_of("\n#\xe0\x80\xaf"), refusal(2, 2, "0xe0"));      // overlong
  EXPECT_EQ(errors_of("\n#\xed\xa0\x80"), refusal(2, 2, "0xed"));      // a surrogate
  EXPECT_EQ(errors_of("\n#\xf4\x90\x80\x80"), refusal(2, 2, "0xf4"));  // above U+10FFFF
  EXPECT_EQ(errors_of("\n#\xe2\x82"), refusal(2, 2, "0xe2"));          // cut off
}

TEST(Limits, ManyBracketsAreRefusedBeforeTheyUseUpTheStack) {
  const std::string where = "brackets nest 65 deep; the limit is 64";
  EXPECT_EQ(errors_of(std::string(many, '[')), Words{"1:65: " + where});
  EXPECT_EQ(errors_of("a = " + std::string(many, '[')), Words{"1:69: " + where});
  EXPECT_EQ(errors_of("a = " + repeated("{ a = ", many / 6)), Words{"1:389: " + where});
  EXPECT_EQ(errors_of("a = ['\\', \"\\\"[\", '''[\n''[''''', # [\n" + std::string(many, '[')),
            Words{"3:64: " + where});
}

TEST(Limits, BracketsInStringsAndCommentsDoNotNest) {
  const std::string brackets(100, '[');
  EXPECT_EQ(errors_of(sound_scenario + "#" + brackets), Words{});
  EXPECT_EQ(errors_of(broken("a shared", "\\\"" + brackets)), Words{});
  EXPECT_EQ(errors_of("note = '''\n\"''" + brackets + "'''\n" + sound_scenario), Words{});
  EXPECT_EQ(errors_of("note = \"\"\"\n\\\"\"\"" + brackets + "\"\"\"\n" + sound_scenario), Words{});
}

TEST(Limits, LongDottedKeysAreRefused) {
  EXPECT_EQ(errors_of(repeated("a.", many / 2) + "a = 1"),
            Words{"1:32: a key of more than 16 parts"});
  EXPECT_EQ(errors_of("[" + repeated("a.", many / 2) + "a]"),
            Words{"1:33: a key of more than 16 parts"});
}

TEST(Limits, TheDeepestTableThatIsReadIsRefusedPolitely) {
  std::string text;
  for (int i = 0; i < 64; ++i) text += "{ a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p = ";
  text = "mesh = " + text + "1" + repeated(" }", 64);
  EXPECT_FALSE(errors_of(text).empty());
}

TEST(Limits, OfNestingInProgramsComeFromTheParser) {
  const std::string deep = "y = " + std::string(1000, '(') + "x" + std::string(1000, ')');
  EXPECT_FALSE(errors_of(broken("y = shared(x) * sum(p)", deep)).empty());
  EXPECT_FALSE(errors_of(broken("\"dp * tp\"", "\"" + deep + "\"")).empty());
}

TEST(Limits, OfTheEntriesOfATable) {
  std::string sizes;
  for (std::size_t i = 0; i <= FrameLimits::names; ++i) sizes += fmt::format("n{} = 1, ", i);
  EXPECT_EQ(errors_of(broken("L = 2", sizes + "L = 2")),
            Words{"4:2462: `sizes` has 258 entries; the limit is 256"});
}

TEST(Limits, OfTheItemsOfAList) {
  EXPECT_EQ(errors_of(broken("L = 2", "L = [" + repeated("1, ", 4097) + "]")),
            Words{"4:16: `sizes.L` has 4097 items; the limit is 4096"});
}

TEST(Limits, AnIntegerThatHasNoNegativeIsRefused) {
  EXPECT_EQ(errors_of(broken("L = 2", "L = -9223372036854775808")),
            Words{"4:16: -9223372036854775808 in `sizes.L`; wanted -9223372036854775807 to "
                  "9223372036854775807"});
}

TEST(Limits, ManyUnknownNamesAreAllTold) {
  std::string text = "y = 0\n";
  for (int i = 0; i < 1500; ++i) text += fmt::format("y += unknown_{} + also_unknown_{}\n", i, i);
  EXPECT_EQ(errors_of(broken("y = shared(x) * sum(p)", text)).size(), 3000U);
}

struct Shipped {
  std::string file;
  Words errors;
};

TEST(BrokenFiles, AreRefusedWithTheirErrors) {
  const std::vector<Shipped> files = {
      {"syntax", {"2:41: this is not TOML: array: expected comma or closing ']', saw '}'"}},
      {"unknown_key",
       {"0:0: `output` is missing [for example `output = { y = \"tokens, hidden\" }`]",
        "4:1: unknown key `outputs` [did you mean `output`?]"}},
      {"duplicate_key", {"3:1: `title` is given twice"}},
      {"wrong_type",
       {"2:32: `mesh.tp` is a string; wanted a list of sizes, because it is one of `mesh.axes` "
        "[for example `tp = [1, 2, 4]`]"}},
      {"unknown_group",
       {"7:23: unknown name `tpp` [did you mean `tp`?]",
        "12:27: unknown name `pt` [did you mean `tp`?]"}},
      {"circular_name", {"2:43: `ep` is defined by itself: ep -> dp -> ep"}},
      {"invalid_utf8", {"1:23: byte 22 (0xe9) is not valid UTF-8 [save the file as UTF-8]"}},
      {"empty", {"0:0: the file is empty; a scenario needs at least mesh, input, output, program"}},
      {"size_not_dividing", {}},  // wrong in one configuration only, so not when it is loaded
  };
  for (const Shipped& shipped : files) {
    const std::string path = "scenarios/frame/test_data/broken/" + shipped.file + ".toml";
    EXPECT_EQ(errors_of(file_text(path)), shipped.errors) << path;
  }
}

}  // namespace
}  // namespace reducecheck
