// SPDX-License-Identifier: Apache-2.0
// JUnit and HTML: well-formed for every title, and saying what happened.
#include <gtest/gtest.h>

#include <cctype>

#include "scenarios/text/files_test.hpp"
#include "sim/report/html.hpp"
#include "sim/report/junit.hpp"
#include "sim/report/sample_results.hpp"
#include "sim/report/xml.hpp"

namespace reducecheck {
namespace {

/// The end of the tag that begins at `begin`, past quoted attribute values; npos when it has none
/// or an attribute holds a `<`.
std::size_t tag_end(const std::string& xml, std::size_t begin) {
  char quote = '\0';
  for (std::size_t i = begin + 1; i < xml.size(); ++i) {
    if (xml[i] == '<') return std::string::npos;
    if (quote != '\0') {
      if (xml[i] == quote) quote = '\0';
    } else if (xml[i] == '"' || xml[i] == '\'') {
      quote = xml[i];
    } else if (xml[i] == '>') {
      return i;
    }
  }
  return std::string::npos;
}

/// Whether every `&` starts a reference and no byte is a control character.
bool characters_are_legal(const std::string& xml) {
  for (std::size_t i = 0; i < xml.size(); ++i) {
    const auto byte = static_cast<unsigned char>(xml[i]);
    if (byte < 0x20 && byte != '\n') return false;
    if (xml[i] != '&') continue;
    const std::size_t end = xml.find(';', i);
    if (end == std::string::npos || end == i + 1 || end > i + 10) return false;
    for (std::size_t j = i + 1; j < end; ++j) {
      if (std::isalnum(static_cast<unsigned char>(xml[j])) == 0 && xml[j] != '#') return false;
    }
  }
  return true;
}

/// Tags nest, attributes close, references are complete: what a parser needs of our subset of XML.
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t begin = xml.find('<'); begin != std::string::npos;
       begin = xml.find('<', begin)) {
    const std::size_t end = tag_end(xml, begin);
    if (end == std::string::npos) return false;
    const std::string tag = xml.substr(begin + 1, end - begin - 1);
    begin = end;
    if (tag.starts_with("?") || tag.ends_with("/")) continue;
    const std::string name = tag.substr(tag.starts_with("/") ? 1 : 0,
                                        tag.find_first_of(" \n") - (tag.starts_with("/") ? 1 : 0));
    if (!tag.starts_with("/")) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty() && characters_are_legal(xml);
}

ScenarioResult hostile() {
  ScenarioResult result = sample::surprising_aria();
  result.title = "</testsuite><&\"'\x01\x1b\x7f]]> \xff\xc3\xa9 \xef\xbf\xbe";
  result.source = "javascript:alert('<x>')";
  result.cells[1].finding->detail = "a < b && \"c\"\n\ttab";
  result.cells[5].verdict = Verdict::undecided;
  result.cells[5].reason = "<&>";
  return result;
}

TEST(XmlEscaped, EscapesWhatXmlCannotHold) {
  EXPECT_EQ(xml_escaped("<&\"'>"), "&lt;&amp;&quot;&#39;&gt;");
  EXPECT_EQ(xml_escaped("a\nb\tc"), "a&#10;b&#9;c");
  EXPECT_EQ(xml_escaped(std::string_view("\x00\x1b\x7f", 3)), "\\x00\\x1b\\x7f");
}

TEST(XmlEscaped, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(xml_escaped("\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80"),
            "\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80");
  EXPECT_EQ(xml_escaped("\xc3"), "\xef\xbf\xbd");                                  // cut off
  EXPECT_EQ(xml_escaped("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
  EXPECT_EQ(xml_escaped("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // surrogate
}

TEST(JunitReport, FailsWhatIsUnexpectedAndSkipsWhatIsUndecided) {
  const std::string xml = junit_report(sample::report_of(hostile()));
  EXPECT_TRUE(contains(xml, "tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"1\""));
  EXPECT_TRUE(contains(xml, "<testcase classname=\"aria.toml\" name=\"buggy [tp=1]\"/>"));
  EXPECT_TRUE(contains(xml,
                       "<failure type=\"double_reduce\" message=\"double_reduce(shared) in "
                       "tp=2, expected holds\">"));
  EXPECT_TRUE(contains(xml, "<property name=\"seed\" value=\"7\"/>"));
  EXPECT_TRUE(contains(xml, "<property name=\"version\" value=\"0.1.0 (1a2b3c4)\"/>"));
  EXPECT_TRUE(contains(xml, "<skipped message=\"undecided: &lt;&amp;&gt;\"/>"));
}

TEST(JunitReport, PassesAnExpectedDefect) {
  const std::string xml = junit_report(sample::report_of(sample::aria()));
  EXPECT_FALSE(contains(xml, "<failure"));
  EXPECT_TRUE(contains(xml, "name=\"buggy [tp=4]\"/>"));
}

TEST(JunitReport, IsWellFormedWhateverTheTitle) {
  EXPECT_TRUE(well_formed(junit_report(sample::report_of(hostile()))));
  EXPECT_TRUE(well_formed(junit_report(Report{})));
}

TEST(WellFormed, RefusesWhatAParserWould) {
  EXPECT_FALSE(well_formed("<a><b></a></b>"));
  EXPECT_FALSE(well_formed("<a b=\"<\"></a>"));
  EXPECT_FALSE(well_formed("<a>&</a>"));
  EXPECT_FALSE(well_formed("<a>\x01</a>"));
  EXPECT_FALSE(well_formed("<a>"));
}

TEST(HtmlReport, NeedsNoNetworkAndRunsNoScript) {
  const std::string html = html_report(sample::report_of(sample::aria()));
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  EXPECT_FALSE(contains(html, "<script"));
  EXPECT_FALSE(contains(html, "<link"));
  EXPECT_FALSE(contains(html, "src="));
  EXPECT_TRUE(contains(html, "prefers-color-scheme"));
  EXPECT_TRUE(contains(html, "<title>buggy: tp=2: double_reduce(shared)</title>"));
  EXPECT_TRUE(contains(html, "<a href=\"https://example.org/49366\""));
}

TEST(HtmlReport, LinksOnlyToWebAddressesAndEscapesTitles) {
  const std::string html = html_report(sample::report_of(hostile()));
  EXPECT_FALSE(contains(html, "href=\"javascript"));
  EXPECT_FALSE(contains(html, "</testsuite>"));
  EXPECT_TRUE(characters_are_legal(html));
}

}  // namespace
}  // namespace reducecheck
