// SPDX-License-Identifier: Apache-2.0
#include "scenarios/text/diagnostic.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "scenarios/text/printable.hpp"

namespace reducecheck {
namespace {

std::string render_one(Position at, std::string_view text) {
  Diagnostics diagnostics;
  diagnostics.error(at, "wrong");
  return render(diagnostics, "f.toml", text);
}

TEST(Diagnostic, ShowsPlaceLineCaretAndHint) {
  Diagnostics diagnostics;
  diagnostics.error({2, 5}, "unknown name `tq`", "did you mean `tp`?");
  EXPECT_EQ(render(diagnostics, "f.toml", "a = 1\nb = tq\nc = 2\n"),
            "f.toml:2:5: error: unknown name `tq`\n"
            "  b = tq\n"
            "      ^\n"
            "    did you mean `tp`?\n");
}

TEST(Diagnostic, WithoutALineSpeaksOfTheFile) {
  EXPECT_EQ(render_one({0, 0}, "a = 1\n"), "f.toml: error: wrong\n");
}

TEST(Diagnostic, WithoutAColumnShowsTheLineOnly) {
  EXPECT_EQ(render_one({1, 0}, "a = 1\n"), "f.toml:1: error: wrong\n  a = 1\n");
}

TEST(Diagnostic, BehindTheEndPointsToTheEnd) {
  EXPECT_EQ(render_one({1, 99}, "ab"), "f.toml:1:99: error: wrong\n  ab\n    ^\n");
  EXPECT_EQ(render_one({7, 1}, "ab"), "f.toml:7:1: error: wrong\n");
  EXPECT_EQ(render_one({2, 1}, "ab\n"), "f.toml:2:1: error: wrong\n  \n  ^\n");
}

TEST(Diagnostic, LeavesOutTheCarriageReturnOfALineEnd) {
  EXPECT_EQ(render_one({1, 2}, "ab\r\ncd"), "f.toml:1:2: error: wrong\n  ab\n   ^\n");
}

TEST(Diagnostic, PutsTheCaretUnderTheCharacterAfterTabsAndWideOnes) {
  EXPECT_EQ(render_one({1, 3}, "\t\tx"), "f.toml:1:3: error: wrong\n          x\n          ^\n");
  EXPECT_EQ(render_one({1, 4}, "\xC3\xA9 x"), "f.toml:1:4: error: wrong\n  \xC3\xA9 x\n    ^\n");
  EXPECT_EQ(render_one({1, 4}, "\xE5\xB1\x82x"),
            "f.toml:1:4: error: wrong\n  \xE5\xB1\x82x\n    ^\n");
  EXPECT_EQ(render_one({1, 4}, "e\xCC\x81x"), "f.toml:1:4: error: wrong\n  e\xCC\x81x\n   ^\n");
}

TEST(Diagnostic, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(render_one({1, 3}, "\x1b\xffx"),
            "f.toml:1:3: error: wrong\n  \\x1b\\xffx\n          ^\n");
  Diagnostics diagnostics;
  diagnostics.error({0, 0}, "a\x1b[2J", "b\x07\nc");
  EXPECT_EQ(render(diagnostics, "f\x1b", ""), "f\\x1b: error: a\\x1b[2J\n    b\\x07\n    c\n");
}

TEST(Diagnostic, TrimsALongLineAroundTheCaret) {
  const std::string text = std::string(200, 'a') + "X" + std::string(200, 'b');
  EXPECT_EQ(render_one({1, 201}, text), "f.toml:1:201: error: wrong\n  ..." + std::string(60, 'a') +
                                            "X" + std::string(35, 'b') + "...\n" +
                                            std::string(65, ' ') + "^\n");
}

TEST(Diagnostic, TrimsBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "\xE5\xB1\x82";
  const std::string shown = render_one({1, 451}, text);
  EXPECT_EQ(shown.find("\\x"), std::string::npos) << shown;
}

TEST(Diagnostics, AreSortedByPlaceAndShownOnce) {
  Diagnostics diagnostics;
  EXPECT_TRUE(diagnostics.empty());
  diagnostics.error({3, 1}, "c");
  diagnostics.error({1, 9}, "b");
  diagnostics.error({1, 2}, "a");
  diagnostics.error({1, 9}, "b");
  EXPECT_EQ(diagnostics.size(), 4U);
  const std::vector<Diagnostic> expected = {
      {{1, 2}, "a", ""}, {{1, 9}, "b", ""}, {{3, 1}, "c", ""}};
  EXPECT_EQ(diagnostics.sorted(), expected);
}

TEST(Diagnostics, BeyondTheMostAreCounted) {
  Diagnostics diagnostics;
  for (std::uint32_t i = 1; i <= 4; ++i) diagnostics.error({i, 0}, "e");
  EXPECT_EQ(render(diagnostics, "f", "", 3),
            "f:1: error: e\nf:2: error: e\nf:3: error: e\nf: 1 more error\n");
  EXPECT_EQ(render(diagnostics, "f", "", 2), "f:1: error: e\nf:2: error: e\nf: 2 more errors\n");
  EXPECT_EQ(render(Diagnostics(), "f", "a"), "");
}

TEST(Nearest, FindsTheWordThatWasMeant) {
  const std::vector<std::string> names = {"all_reduce", "all_gather", "tp", "experts"};
  EXPECT_EQ(nearest("al_reduce", names), "all_reduce");
  EXPECT_EQ(nearest("all_recude", names), "all_reduce");  // a swap is one edit
  EXPECT_EQ(nearest("allgather", names), "all_gather");
  EXPECT_EQ(nearest("pt", names), "tp");
  EXPECT_EQ(nearest("expertz", names), "experts");
  EXPECT_EQ(nearest("tp", names), "tp");
}

TEST(Nearest, KeepsSilentWhenNothingIsNear) {
  const std::vector<std::string> names = {"all_reduce", "tp", "x"};
  EXPECT_EQ(nearest("broadcast", names), std::nullopt);
  EXPECT_EQ(nearest("ep2", names), std::nullopt);
  EXPECT_EQ(nearest("y", names), std::nullopt);
  EXPECT_EQ(nearest("", names), std::nullopt);
  EXPECT_EQ(nearest("tp", {}), std::nullopt);
}

TEST(Nearest, TakesTheFirstOfEquallyNearOnes) {
  const std::vector<std::string> names = {"ep_size", "tp_size"};
  EXPECT_EQ(nearest("p_size", names), "ep_size");
}

TEST(DidYouMean, IsASentenceOrNothing) {
  const std::vector<std::string> names = {"tp"};
  EXPECT_EQ(did_you_mean("tpp", names), "did you mean `tp`?");
  EXPECT_EQ(did_you_mean("hidden", names), "");
}

TEST(Printable, EscapesInvalidAndInvisibleCharacters) {
  EXPECT_EQ(printable("a\n\r\t\x01\x7f"), "a\\n\\r\\t\\x01\\x7f");
  EXPECT_EQ(printable("\xC3\xA9\xF0\x9F\x98\x80"), "\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(printable("\xE5\xB1"), "\\xe5\\xb1");                    // cut off
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\u{202e}");                 // reverses what follows
  EXPECT_EQ(printable("\xC2\x9B"), "\\u{9b}");                       // begins a terminal command
}

TEST(Printable, QuotedTextIsCut) {
  EXPECT_EQ(back_quoted("tp"), "`tp`");
  EXPECT_EQ(back_quoted(std::string(100, 'a')), "`" + std::string(40, 'a') + "...`");
}

RC_GTEST_PROP(Diagnostic, RenderedBytesArePrintable,
              (const std::string& text, std::uint8_t line, std::uint8_t column)) {
  Diagnostics diagnostics;
  diagnostics.error({line, column}, text, text);
  for (const char c : render(diagnostics, text, text)) {
    RC_ASSERT(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
  }
}

}  // namespace
}  // namespace reducecheck
