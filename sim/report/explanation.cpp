// SPDX-License-Identifier: Apache-2.0
#include "sim/report/explanation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/defect_classes.hpp"
#include "sim/report/grid.hpp"
#include "sim/report/groups.hpp"
#include "sim/report/hiding.hpp"
#include "sim/report/repairs_text.hpp"
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

bool holds(const Cell* cell) {
  return cell->verdict == Verdict::holds || cell->verdict == Verdict::wasteful;
}

/// Layouts with more than one rank in which the variant holds: where tests that pass do not help.
std::string hiding_layouts(const std::vector<const Cell*>& holding) {
  std::vector<std::string> layouts;
  for (const Cell* cell : holding) layouts.push_back(layout_text(cell->configuration));
  const std::size_t more = layouts.size() - std::min(layouts.size(), layouts_shown);
  layouts.resize(layouts.size() - more);
  std::string text = fmt::format("{}", fmt::join(layouts, " | "));
  if (more > 0) text += fmt::format(" | {} more", more);
  return text;
}

std::string right_for(const ScenarioResult& result, const CellGroup& group) {
  const std::vector<const Cell*> cells = result.cells_of(group.variant);
  std::vector<const Cell*> holding;
  for (const Cell* cell : cells) {
    if (holds(cell) && cell->configuration.ranks > 1) holding.push_back(cell);
  }
  if (holding.empty()) return "no layout of the sweep with more than one rank";
  const auto right = static_cast<std::size_t>(std::ranges::count_if(cells, holds));
  // Only where nothing else is wrong, what is not wrong is right.
  Hiding hiding;
  if (group.condition != nullptr && right + group.cells.size() == group.layouts) {
    hiding = hiding_of(group.condition->condition, cells);
  }
  if (hiding.conditions.empty()) {
    return hiding_layouts(holding) + "  (tests of these do not show it)";
  }
  std::string text = fmt::format("{}; {} of {} layouts, whose tests do not show it",
                                 fmt::join(hiding.conditions, " | "), right, group.layouts);
  if (!hiding.ends.empty()) text += fmt::format(" ({} are the ends)", listed(hiding.ends));
  return text;
}

/// `reducecheck check FILE --variant buggy --mesh tp=2`.
std::string try_command(const ScenarioResult& result, const CellGroup& group) {
  const Configured& configured = group.smallest->configuration;
  std::vector<std::string> mesh;
  for (const auto& [name, size] : configured.mesh) mesh.push_back(fmt::format("{}={}", name, size));
  return fmt::format("    reducecheck check {} --variant {}{}{}\n", one_line(result.file),
                     group.variant, mesh.empty() ? "" : " --mesh ", fmt::join(mesh, ","));
}

std::string where_text(const ScenarioResult& result, const CellGroup& group) {
  const std::string condition = group.condition == nullptr ? "" : group.condition->condition;
  const Cell& smallest = *group.smallest;
  std::string text = labelled(
      "wrong for", fmt::format("{}{} of {} layouts", condition.empty() ? "" : condition + "; ",
                               group.cells.size(), group.layouts));
  text += labelled("right for", right_for(result, group));
  // Engines are configured by the derived groups, such as tp = moe_ep * moe_tp.
  std::string groups;
  for (const auto& [name, size] : smallest.configuration.groups) {
    groups += fmt::format("{}={}, ", name, size);
  }
  text += labelled(
      "smallest to try on GPUs",
      fmt::format("{} ({}{})", layout_text(smallest.configuration), groups,
                  counted(static_cast<std::size_t>(smallest.configuration.ranks), "rank")));
  return text + try_command(result, group);
}

/// The variant's cells alone, those of the switches that show the fault somewhere, and of more than
/// two axes those that lie in the plane of the smallest failing layout.
std::string variant_grid(const ScenarioResult& result, const CellGroup& group,
                         TextOptions options) {
  const Configured& smallest = group.smallest->configuration;
  std::vector<std::size_t> plane;
  for (std::size_t axis = 0; axis < smallest.mesh.size(); ++axis) {
    if (smallest.mesh[axis].second > 1) plane.push_back(axis);
  }
  for (std::size_t axis = 0; axis < smallest.mesh.size() && plane.size() < 2; ++axis) {
    if (smallest.mesh[axis].second == 1) plane.push_back(axis);
  }
  std::ranges::sort(plane);
  if (plane.size() < 2) return "";
  plane.resize(2);
  std::vector<std::vector<NamedSwitch>> failing;
  for (const Cell* cell : group.cells) failing.push_back(cell->configuration.switches);
  ScenarioResult part;
  for (const Cell* cell : result.cells_of(group.variant)) {
    const Configured& here = cell->configuration;
    bool inside = std::ranges::find(failing, here.switches) != failing.end();
    for (std::size_t axis = 0; axis < here.mesh.size(); ++axis) {
      const bool shown = axis == plane[0] || axis == plane[1];
      inside = inside && (shown || here.mesh[axis] == smallest.mesh[axis]);
    }
    if (!inside) continue;
    part.cells.push_back(*cell);
    part.cells.back().configuration.mesh = {here.mesh[plane[0]], here.mesh[plane[1]]};
  }
  return grid_text(part, options);
}

const DefectDetails* details_of(const ExplanationDetails& details, const CellGroup& group) {
  const auto found = std::ranges::find_if(details.defects, [&](const DefectDetails& one) {
    return one.variant == group.variant && one.defect_class == group.defect_class &&
           one.branches == group.branches;
  });
  return found == details.defects.end() ? nullptr : &*found;
}

std::string same_text(const DefectDetails& details) {
  if (details.files == 0) return "";
  std::vector<std::string> same;
  for (const SamePattern& one : details.same_pattern) {
    const std::string where = one.condition == "always" ? "always" : "when " + one.condition;
    same.push_back(fmt::format("{} {} ({})", one_line(one.file), one.variant, where));
  }
  std::string text = same.empty() ? "none" : fmt::format("{}", fmt::join(same, "; "));
  text += fmt::format("  ({} with the same class in {})",
                      counted(same.size() + details.same_class.size(), "variant"),
                      counted(details.files, "other file"));
  return labelled("same pattern", text);
}

/// What holds for the class in general, where no edit shows it.
std::string advice_text(const std::string& id, const RepairReport* repairs) {
  const DefectClass* known = find_defect_class(id);
  if (known == nullptr) return "";
  std::string text;
  if (repairs == nullptr || repairs->works.empty()) text += labelled("repair", known->repair);
  if (repairs == nullptr || repairs->not_works.empty()) {
    text += labelled("not a repair", known->not_repair);
  }
  text += labelled("to see it on GPUs", known->confirm);
  return text + fmt::format("  more: reducecheck explain {}\n", id);
}

/// `  experts[0] -> norm(residual)`.
std::string way_text(const DefectDetails* details) {
  if (details == nullptr || details->states.empty()) return "";
  const BranchState& state = details->states.front();
  return fmt::format("  {} -> {}", state.branch, one_line(state.used_by));
}

std::string defect_page(const ScenarioResult& result, const CellGroup& group,
                        const ExplanationDetails& all, const RepairReport* repairs,
                        TextOptions options) {
  const DefectClass* known = find_defect_class(group.defect_class);
  const DefectDetails* details = details_of(all, group);
  std::string text =
      painted("VIOLATION", Ink::bad, options.colour) +
      fmt::format("  {}: {}{}{}\n", group.variant, defect_text(group.defect_class, group.branches),
                  way_text(details), group.as_expected() ? "  (as the file expects)" : "");
  if (known != nullptr) text += wrapped(known->sentence, 2);
  text += coefficient_text(group);
  const std::string finding = finding_text(result, group, {});
  // The block's own heading is already said by the VIOLATION line.
  text += finding.substr(finding.find('\n') + 1);
  if (details != nullptr && !details->states.empty()) text += state_text(details->states.front());
  text += where_text(result, group);
  text += variant_grid(result, group, options);
  if (repairs != nullptr) text += repairs_text(*repairs, options);
  text += advice_text(group.defect_class, repairs);
  if (details != nullptr) text += same_text(*details);
  return text;
}

/// The repairs of a variant stand at its first defect.
const RepairReport* repairs_of(const ExplanationDetails& details, const std::string& variant) {
  const auto found = std::ranges::find(details.repairs, variant, &RepairReport::variant);
  return found == details.repairs.end() ? nullptr : &*found;
}

}  // namespace

std::string explanation_text(const ScenarioResult& result, const ExplanationDetails& details,
                             TextOptions options) {
  std::string text = painted(one_line(result.title), Ink::strong, options.colour) + '\n';
  if (!result.source.empty() && result.source != "none") {
    text += fmt::format("  source  {}\n", one_line(result.source));
  }
  std::string repaired;
  for (const CellGroup& group : group_cells(result)) {
    if (group.verdict == Verdict::defect) {
      const bool first = repaired != group.variant;
      repaired = group.variant;
      const RepairReport* repairs = first ? repairs_of(details, group.variant) : nullptr;
      text += '\n' + defect_page(result, group, details, repairs, options);
    } else if (group.alone || !group.as_expected()) {
      text += fmt::format("\n{}: {} in {} of {} layouts\n", group.variant, spelling(group.verdict),
                          group.cells.size(), group.layouts);
      if (!group.as_expected()) {
        const std::string finding = finding_text(result, group, {});
        text += finding.substr(finding.find('\n') + 1);
      }
    }
  }
  return text;
}

}  // namespace reducecheck
