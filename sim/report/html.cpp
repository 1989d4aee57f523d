// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.hpp"

#include <fmt/format.h>

#include "sim/report/groups.hpp"
#include "sim/report/heat_map.hpp"
#include "sim/report/table.hpp"
#include "sim/report/words.hpp"
#include "sim/report/xml.hpp"

namespace reducecheck {
namespace {

constexpr const char* style = R"(
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --line: #d5d9de; --faint: #667;
  --holds: #b7dfc0; --expected: #f2c879; --bad: #d64545; --doubtful: #b9a6e0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e8; --paper: #16191c; --line: #3a4046;
  --faint: #9aa; --holds: #2e6b41; --expected: #8a6417; --bad: #d64545; --doubtful: #66519a; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 75em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.15em; margin: 2em 0 .2em; }
p.faint, .faint { color: var(--faint); } a { color: inherit; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .7em 0; }
th, td { text-align: left; padding: .25em .8em .25em 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
pre { background: color-mix(in srgb, var(--line) 35%, transparent); padding: .7em 1em;
  overflow-x: auto; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
.holds { fill: var(--holds); background: var(--holds); }
.expected { fill: var(--expected); background: var(--expected); }
.bad { fill: var(--bad); background: var(--bad); }
.doubtful { fill: var(--doubtful); background: var(--doubtful); }
.key span { display: inline-block; width: 1em; height: 1em; margin: 0 .3em 0 1em;
  vertical-align: -.15em; }
)";

constexpr const char* colour_key =
    R"(<p class="key faint"><span class="holds"></span>holds<span class="expected"></span>)"
    R"(defect, as expected<span class="bad"></span>unexpected<span class="doubtful"></span>)"
    "undecided</p>\n";

/// A link only where the text is one; anything else, such as javascript:, stays text.
std::string source_html(const std::string& source) {
  const std::string text = xml_escaped(source);
  const bool link = source.starts_with("https://") || source.starts_with("http://");
  return link ? fmt::format("<a href=\"{}\" rel=\"noreferrer\">{}</a>", text, text) : text;
}

std::string row_html(const std::vector<std::string>& fields, const char* tag) {
  std::string html = "<tr>";
  for (const std::string& field : fields) {
    html += fmt::format("<{}>{}</{}>", tag, xml_escaped(field), tag);
  }
  return html + "</tr>\n";
}

std::string group_row(const CellGroup& group) {
  const Finding none;
  const Finding& finding = group.smallest->finding ? *group.smallest->finding : none;
  const Cell& shown = group.as_expected() ? *group.smallest : *group.smallest_unexpected;
  const char* expected = group.verdict == Verdict::undecided ? "undecided"
                         : group.as_expected()               ? "as expected"
                                                             : "UNEXPECTED";
  return row_html({group.variant, verdict_text(*group.smallest),
                   fmt::format("{} of {}", group.cells.size(), group.layouts), finding.coefficient,
                   finding.group, group.condition == nullptr ? "" : group.condition->condition,
                   layout_text(shown.configuration), expected},
                  "td");
}

std::string bits_table(const ScenarioResult& result) {
  if (result.bits.empty()) return "";
  std::string html =
      "<table>\n" +
      row_html({"bits", "dtype", "order", "layout", "elements", "differing", "verdict"}, "th");
  for (const BitComparison& bits : result.bits) {
    const bool compared = bits.refusal.empty();
    html += row_html(
        {bits.left + " vs " + bits.right, bits.dtype,
         bits.order.empty() ? "rank_order" : bits.order, layout_text(bits.configuration),
         grouped_digits(bits.elements), compared ? grouped_digits(bits.differing) : bits.refusal,
         compared ? spelling(bits.rounding.verdict) : ""},
        "td");
  }
  return html + "</table>\n";
}

std::string scenario_html(const ScenarioResult& result) {
  std::string html =
      fmt::format("<h2>{}</h2>\n<p class=\"faint\">{} &middot; {}</p>\n", xml_escaped(result.title),
                  xml_escaped(result.file), source_html(result.source));
  html += "<div class=\"scroll\">\n" + heat_map_svg(result) + "</div>\n";
  html +=
      "<div class=\"scroll\"><table>\n" + row_html({"variant", "verdict", "layouts", "coefficient",
                                                    "group", "condition", "smallest", "expected"},
                                                   "th");
  std::string findings;
  for (const CellGroup& group : group_cells(result)) {
    if (!group.worth_a_line()) continue;
    html += group_row(group);
    if (group.verdict == Verdict::holds && group.as_expected()) continue;
    findings += finding_text(result, group, {}) + '\n';
  }
  html += "</table></div>\n" + bits_table(result);
  if (!findings.empty()) {
    findings.pop_back();
    html += fmt::format("<pre>{}</pre>\n", xml_escaped(findings));
  }
  return html;
}

}  // namespace

std::string html_report(const Report& report) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>reducecheck report</title>\n<style>";
  html += style;
  html += fmt::format("</style>\n</head>\n<body>\n<h1>reducecheck {}</h1>\n<p>seed {}; {}</p>\n",
                      xml_escaped(report.version), report.seed, xml_escaped(totals_text(report)));
  html += colour_key;
  for (const ScenarioResult& result : report.scenarios) html += scenario_html(result);
  return html + "</body>\n</html>\n";
}

}  // namespace reducecheck
