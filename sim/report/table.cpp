// SPDX-License-Identifier: Apache-2.0
#include "sim/report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sim/report/bits.hpp"
#include "sim/report/grid.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

Ink ink_of(const CellGroup& group) {
  if (group.verdict == Verdict::undecided) return Ink::doubtful;
  return group.as_expected() ? Ink::none : Ink::bad;
}

std::string group_text(const CellGroup& group) {
  if (group.verdict != Verdict::defect) return spelling(group.verdict);
  return defect_text(group.defect_class, group.branches);
}

std::string condition_text(const CellGroup& group) {
  if (group.condition == nullptr || group.condition->condition.empty()) return "";
  const std::string& condition = group.condition->condition;
  return condition == "always" ? condition : "when " + condition;
}

Field expected_field(const CellGroup& group) {
  if (group.verdict == Verdict::undecided) return {"UNDECIDED", Ink::doubtful};
  if (group.as_expected()) return {"as expected", Ink::good};
  if (group.unexpected == group.cells.size()) return {"UNEXPECTED", Ink::bad};
  return {fmt::format("UNEXPECTED in {}", group.unexpected), Ink::bad};
}

std::string layouts_text(const CellGroup& group) {
  return fmt::format("{} of {}", group.cells.size(), group.layouts);
}

/// The directory, with its last slash, that the names of all files begin with.
std::string common_directory(const Report& report) {
  if (report.scenarios.size() < 2) return "";
  std::string_view prefix = report.scenarios.front().file;
  for (const ScenarioResult& result : report.scenarios) {
    const auto [end, other] = std::ranges::mismatch(prefix, result.file);
    prefix = prefix.substr(0, static_cast<std::size_t>(end - prefix.begin()));
  }
  return std::string(prefix.substr(0, prefix.rfind('/') + 1));
}

/// `all sizes` where the sweep is only a part of what is proved; of a variant that holds in the
/// sweep where it does not.
Field sizes_field(const ScenarioResult& result, const CellGroup& group) {
  for (const ProofNote& note : result.proofs) {
    if (note.variant != group.variant || group.verdict == Verdict::undecided) continue;
    if (group.verdict == Verdict::holds && !note.wrong_beyond.empty()) {
      return {"wrong when " + note.wrong_beyond, Ink::bad};
    }
    return note.complete ? Field{"all sizes", Ink::good} : Field{"some sizes", Ink::doubtful};
  }
  return {};
}

Row group_row(const ScenarioResult& result, const CellGroup& group) {
  const Finding none;
  const Finding& finding = group.smallest->finding ? *group.smallest->finding : none;
  const bool names_a_layout = group.verdict != Verdict::holds || !group.as_expected();
  const Cell* shown = group.as_expected() ? group.smallest : group.smallest_unexpected;
  return {{group.variant, Ink::strong}, {group_text(group), ink_of(group)},
          {layouts_text(group)},        sizes_field(result, group),
          {finding.coefficient},        {finding.group},
          {condition_text(group)},      {names_a_layout ? layout_text(shown->configuration) : ""},
          expected_field(group)};
}

Row heading() {
  return {{"variant"}, {"verdict"},   {"layouts"},  {"proved for"}, {"coefficient"},
          {"group"},   {"condition"}, {"smallest"}, {"expected"}};
}

std::string heading_text(const ScenarioResult& result, TextOptions options) {
  std::string text = painted(one_line(result.title), Ink::strong, options.colour) + '\n';
  text += fmt::format("  file    {}\n", one_line(result.file));
  if (!result.source.empty() && result.source != "none") {
    text += fmt::format("  source  {}\n", one_line(result.source));
  }
  text += fmt::format("  sweep   {}, {}", counted(result.layouts, "layout"),
                      counted(variant_names(result).size(), "variant"));
  if (!result.shape.empty()) text += ", shape " + result.shape;
  if (result.skipped > 0) text += fmt::format(", {} skipped", counted(result.skipped, "layout"));
  return text + '\n';
}

/// The lines that only a person who looks for details wants.
std::string cell_lines(const ScenarioResult& result) {
  std::vector<Row> rows = {
      {{"variant"}, {"layout"}, {"verdict"}, {"collectives"}, {"bytes"}, {"uncovered"}}};
  for (const Cell& cell : result.cells) {
    rows.push_back({{cell.variant},
                    {layout_text(cell.configuration)},
                    {verdict_text(cell), cell.as_expected ? Ink::none : Ink::bad},
                    {fmt::format("{}", cell.collectives)},
                    {grouped_digits(cell.bytes)},
                    {listed(cell.uncovered)}});
  }
  return aligned(rows, "  ", false);
}

std::string operation_text(const ScenarioResult& result, const Finding& finding) {
  if (finding.operation.empty()) return "";
  std::string text = "  first wrong: " + one_line(finding.operation);
  if (finding.at.line > 0) text += "  at " + place_text(result.file, finding.at);
  return text + '\n';
}

std::string expectation_text(const CellGroup& group) {
  if (group.as_expected() || group.verdict == Verdict::undecided) return "";
  const Cell& cell = *group.smallest_unexpected;
  return fmt::format("  expected: {}  ({})\n", cell.expected.empty() ? "holds" : cell.expected,
                     layout_text(cell.configuration));
}

}  // namespace

std::string finding_text(const ScenarioResult& result, const CellGroup& group,
                         TextOptions options) {
  const Cell& cell = group.as_expected() ? *group.smallest : *group.smallest_unexpected;
  std::string text = painted(fmt::format("{}: {}", group.variant, group_text(group)), ink_of(group),
                             options.colour);
  if (!group.as_expected()) text += "  UNEXPECTED";
  text += '\n';
  if (group.verdict == Verdict::undecided) {
    return text + wrapped("reason: " + one_line(cell.reason), 2);
  }
  if (cell.finding) {
    const Finding& finding = *cell.finding;
    text += operation_text(result, finding);
    text += wrapped(one_line(finding.detail), 2);
    if (!finding.ranks.empty()) {
      const std::string what = finding.output.empty() ? "the run ends there, because of"
                                                      : finding.output + " is wrong on";
      text += fmt::format("  {}: {} ranks {} of {}\n", layout_text(cell.configuration), what,
                          rank_set(finding.ranks), cell.configuration.ranks);
    }
  }
  return text + expectation_text(group);
}

std::string scenario_text(const ScenarioResult& result, TextOptions options) {
  const std::vector<CellGroup> groups = group_cells(result);
  std::string text = heading_text(result, options);
  std::vector<Row> rows = {heading()};
  for (const CellGroup& group : groups) {
    if (group.worth_a_line()) rows.push_back(group_row(result, group));
  }
  if (rows.size() > 1) text += '\n' + aligned(rows, "  ", options.colour);
  for (const CellGroup& group : groups) {
    const bool quiet = group.verdict == Verdict::holds && group.as_expected();
    if (!quiet) text += '\n' + finding_text(result, group, options);
  }
  if (options.verbose) {
    const std::string grid = grid_text(result, options);
    if (!grid.empty()) text += '\n' + grid;
    text += '\n' + cell_lines(result);
  }
  const std::string bits = bits_text(result, options);
  if (!bits.empty()) text += '\n' + bits;
  return text;
}

std::string overview_text(const Report& report, TextOptions options) {
  const std::string prefix = common_directory(report);
  std::vector<Row> rows = {
      {{"scenario"}, {"variant"}, {"verdict"}, {"layouts"}, {"condition"}, {"expected"}}};
  for (const ScenarioResult& result : report.scenarios) {
    std::string file = one_line(result.file.substr(prefix.size()));
    for (const CellGroup& group : group_cells(result)) {
      if (!group.worth_a_line()) continue;
      rows.push_back({{file},
                      {group.variant, Ink::strong},
                      {group_text(group), ink_of(group)},
                      {layouts_text(group)},
                      {condition_text(group)},
                      expected_field(group)});
      // Only the first line names the file, so that scenarios stand apart.
      file.clear();
    }
    if (!file.empty()) rows.push_back({{file}, {"(no layout)", Ink::doubtful}});
  }
  const std::string below =
      prefix.empty() ? "" : fmt::format("scenarios below {}\n\n", one_line(prefix));
  return below + aligned(rows, "", options.colour);
}

std::string totals_text(const Report& report) {
  const Totals sum = totals(report);
  const std::string not_run =
      sum.not_run == 0 ? "" : fmt::format(", {} not run", counted(sum.not_run, "layout"));
  const std::string beyond =
      sum.beyond_rounding == 0
          ? ""
          : fmt::format(", {} beyond rounding", counted(sum.beyond_rounding, "comparison"));
  return fmt::format("{}, {}, {}: {} as expected, {} unexpected, {} undecided, {} skipped{}{}\n",
                     counted(sum.scenarios, "scenario"), counted(sum.variants, "variant"),
                     counted(sum.cells, "cell"), sum.as_expected, sum.unexpected, sum.undecided,
                     sum.skipped, not_run, beyond);
}

}  // namespace reducecheck
