// SPDX-License-Identifier: Apache-2.0
#include "sim/report/junit.hpp"

#include <fmt/format.h>

#include "sim/report/groups.hpp"
#include "sim/report/words.hpp"
#include "sim/report/xml.hpp"

namespace reducecheck {
namespace {

std::string property(const char* name, const std::string& value) {
  return fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_escaped(value));
}

/// What a person needs to see first in the list of failed tests of a CI page.
std::string failure_message(const Cell& cell) {
  return fmt::format("{} in {}, expected {}", verdict_text(cell), layout_text(cell.configuration),
                     cell.expected.empty() ? "holds" : cell.expected);
}

std::string failure_text(const ScenarioResult& result, const Cell& cell) {
  std::string text = failure_message(cell) + '\n';
  if (!cell.finding) return text;
  const Finding& finding = *cell.finding;
  if (!finding.coefficient.empty()) text += fmt::format("coefficient: {}\n", finding.coefficient);
  if (!finding.group.empty()) text += fmt::format("group: {}\n", finding.group);
  if (!finding.operation.empty()) {
    text += fmt::format("first wrong: {}  at {}\n", finding.operation,
                        place_text(result.file, finding.at));
  }
  if (!finding.output.empty()) text += fmt::format("output: {}\n", finding.output);
  if (!finding.ranks.empty()) {
    text += fmt::format("ranks: {} of {}\n", rank_set(finding.ranks), cell.configuration.ranks);
  }
  if (!finding.detail.empty()) text += finding.detail + '\n';
  return text;
}

std::string case_xml(const ScenarioResult& result, const Cell& cell) {
  const std::string name = fmt::format("{} [{}]", cell.variant, layout_text(cell.configuration));
  std::string xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\"",
                                xml_escaped(result.file), xml_escaped(name));
  if (cell.verdict == Verdict::undecided) {
    return xml + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n",
                             xml_escaped("undecided: " + cell.reason));
  }
  if (cell.as_expected) return xml + "/>\n";
  const std::string type = cell.finding ? cell.finding->defect_class : spelling(cell.verdict);
  return xml + fmt::format(
                   ">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n"
                   "    </testcase>\n",
                   xml_escaped(type), xml_escaped(failure_message(cell)),
                   xml_escaped(failure_text(result, cell)));
}

std::string suite_xml(const Report& report, const ScenarioResult& result) {
  std::string xml = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
      "time=\"{:.3f}\">\n    <properties>\n",
      xml_escaped(result.title), result.cells.size(), result.unexpected(), result.undecided(),
      result.seconds);
  xml += property("file", result.file) + property("source", result.source);
  xml += property("seed", fmt::format("{}", result.seed)) + property("version", report.version);
  xml += property("skipped_layouts", fmt::format("{}", result.skipped));
  xml += "    </properties>\n";
  for (const Cell& cell : result.cells) xml += case_xml(result, cell);
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string junit_report(const Report& report) {
  const Totals sum = totals(report);
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"reducecheck\" tests=\"{}\" failures=\"{}\" errors=\"0\" "
      "skipped=\"{}\">\n",
      sum.cells, sum.unexpected, sum.undecided);
  for (const ScenarioResult& result : report.scenarios) xml += suite_xml(report, result);
  return xml + "</testsuites>\n";
}

}  // namespace reducecheck
