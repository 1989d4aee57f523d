// SPDX-License-Identifier: Apache-2.0
#include "sim/report/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/defect_classes.hpp"
#include "sim/report/grid.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/table.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

/// Layouts named before the rest is only counted.
constexpr std::size_t layouts_shown = 6;

std::string labelled(const std::string& label, const std::string& text) {
  if (text.empty()) return "";
  const std::string lines = wrapped(fmt::format("{}: {}", label, text), 4);
  return "  " + lines.substr(4);
}

std::string coefficient_text(const CellGroup& group) {
  if (!group.smallest->finding || group.smallest->finding->coefficient.empty()) return "";
  const Finding& finding = *group.smallest->finding;
  std::string label = "coefficient";
  if (!group.branches.empty()) label += " of " + listed(group.branches);
  std::string value = finding.coefficient + " instead of 1";
  if (finding.coefficient == "partly") value = "0 in some places, 1 in others";
  if (finding.coefficient == "?") value = "no constant";
  if (!finding.group.empty()) value += "; group " + finding.group;
  return labelled(label, value);
}

/// Layouts with more than one rank in which the variant holds: where tests that pass do not help.
std::string hiding_layouts(const ScenarioResult& result, const std::string& variant) {
  std::vector<std::string> layouts;
  std::size_t more = 0;
  for (const Cell& cell : result.cells) {
    const bool holds = cell.verdict == Verdict::holds || cell.verdict == Verdict::wasteful;
    if (cell.variant != variant || !holds || cell.configuration.ranks <= 1) continue;
    if (layouts.size() < layouts_shown) {
      layouts.push_back(layout_text(cell.configuration));
    } else {
      ++more;
    }
  }
  std::string text = fmt::format("{}", fmt::join(layouts, " | "));
  if (more > 0) text += fmt::format(" | {} more", more);
  return text;
}

std::string where_text(const ScenarioResult& result, const CellGroup& group) {
  const std::string condition = group.condition == nullptr ? "" : group.condition->condition;
  const Cell& smallest = *group.smallest;
  std::string text = labelled(
      "wrong for", fmt::format("{}{} of {} layouts", condition.empty() ? "" : condition + "; ",
                               group.cells.size(), group.layouts));
  const std::string hiding = hiding_layouts(result, group.variant);
  text += labelled("right for", hiding.empty() ? "no layout of the sweep with more than one rank"
                                               : hiding + "  (tests of these do not show it)");
  // Engines are configured by the derived groups, such as tp = moe_ep * moe_tp.
  std::string groups;
  for (const auto& [name, size] : smallest.configuration.groups) {
    groups += fmt::format("{}={}, ", name, size);
  }
  text += labelled(
      "smallest to try on GPUs",
      fmt::format("{} ({}{})", layout_text(smallest.configuration), groups,
                  counted(static_cast<std::size_t>(smallest.configuration.ranks), "rank")));
  return text;
}

std::string advice_text(const std::string& id) {
  const DefectClass* known = find_defect_class(id);
  if (known == nullptr) return "";
  std::string text = labelled("repair", known->repair);
  text += labelled("not a repair", known->not_repair);
  text += labelled("to see it on GPUs", known->confirm);
  return text + fmt::format("  more: reducecheck explain {}\n", id);
}

std::string defect_page(const ScenarioResult& result, const CellGroup& group, TextOptions options) {
  const DefectClass* known = find_defect_class(group.defect_class);
  std::string text =
      painted("VIOLATION", Ink::bad, options.colour) +
      fmt::format("  {}: {}{}\n", group.variant, defect_text(group.defect_class, group.branches),
                  group.as_expected() ? "  (as the file expects)" : "");
  if (known != nullptr) text += wrapped(known->sentence, 2);
  text += coefficient_text(group);
  const std::string finding = finding_text(result, group, {});
  // The block's own heading is already said by the VIOLATION line.
  text += finding.substr(finding.find('\n') + 1);
  return text + where_text(result, group) + advice_text(group.defect_class);
}

}  // namespace

std::string explanation_text(const ScenarioResult& result, TextOptions options) {
  std::string text = painted(one_line(result.title), Ink::strong, options.colour) + '\n';
  if (!result.source.empty() && result.source != "none") {
    text += fmt::format("  source  {}\n", one_line(result.source));
  }
  for (const CellGroup& group : group_cells(result)) {
    if (group.verdict == Verdict::defect) {
      text += '\n' + defect_page(result, group, options);
    } else if (group.alone || !group.as_expected()) {
      text += fmt::format("\n{}: {} in {} of {} layouts\n", group.variant, spelling(group.verdict),
                          group.cells.size(), group.layouts);
      if (!group.as_expected()) {
        const std::string finding = finding_text(result, group, {});
        text += finding.substr(finding.find('\n') + 1);
      }
    }
  }
  const std::string grid = grid_text(result, options);
  if (!grid.empty()) text += '\n' + grid;
  return text;
}

}  // namespace reducecheck
