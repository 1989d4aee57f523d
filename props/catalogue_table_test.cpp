// SPDX-License-Identifier: Apache-2.0
// The catalogue table of the manual says of each shipped scenario what a check of it finds.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "props/tidy/source_tree.hpp"
#include "scenarios/frame/load.hpp"
#include "sim/judge/check.hpp"

namespace reducecheck {
namespace {

constexpr std::string_view manual = "scenarios/README.md";
constexpr std::string_view catalogue = "scenarios/catalogue/";

/// The id in the list of bugs; the file's name where the scenario gives none.
std::string entry_of(const Scenario& scenario, std::string_view file) {
  if (!scenario.entry.empty()) return scenario.entry;
  const std::size_t begin = file.rfind('/') + 1;
  return std::string(file.substr(begin, file.rfind('.') - begin));
}

/// `buggy` double_reduce(shared), 2 = tp, when tp > 1
std::string finding_text(const ScenarioResult& result, const Condition& condition) {
  std::string text = fmt::format("`{}` {}", condition.variant, condition.defect_class);
  if (!condition.branches.empty()) text += fmt::format("({})", fmt::join(condition.branches, ", "));
  const std::optional<Finding>& finding = result.cells[condition.smallest].finding;
  if (finding && !finding->coefficient.empty()) text += ", " + finding->coefficient;
  return text + (condition.condition == "always" ? ", always" : ", when " + condition.condition);
}

/// The row that the table must have; `file` is relative to the catalogue.
std::string row_of(const Scenario& scenario, const ScenarioResult& result, std::string_view file) {
  std::vector<std::string> wrong;
  std::set<std::string> failing;
  for (const Condition& condition : result.conditions) {
    wrong.push_back(finding_text(result, condition));
    failing.insert(condition.variant);
  }
  std::vector<std::string> right;
  for (const Variant& variant : scenario.variants) {
    if (!failing.contains(variant.name)) right.push_back(fmt::format("`{}`", variant.name));
  }
  return fmt::format("| [{0}](catalogue/{0}) | {1} | {2} | {3} | {4} |", file,
                     entry_of(scenario, file), result.layouts, fmt::join(right, ", "),
                     fmt::join(wrong, "; "));
}

/// The row that a check of the file makes; nothing after an error, which is a failure of the test.
std::optional<std::string> checked_row(const tidy::SourceFile& file) {
  Diagnostics diagnostics;
  const auto scenario = load_scenario(file.text, file.path, diagnostics);
  const ScenarioResult result =
      scenario ? check_scenario(*scenario, {}, diagnostics) : ScenarioResult{};
  EXPECT_TRUE(diagnostics.empty()) << render(diagnostics, file.path, file.text);
  if (!diagnostics.empty()) return std::nullopt;
  return row_of(*scenario, result, std::string_view(file.path).substr(catalogue.size()));
}

std::vector<std::string> table_rows(const tidy::Tree& tree) {
  std::vector<std::string> rows;
  for (const tidy::SourceFile& file : tree) {
    if (file.path != manual) continue;
    for (const std::string_view line : tidy::lines_of(file.text)) {
      if (line.starts_with("| [") && line.find("](catalogue/") != std::string_view::npos) {
        rows.emplace_back(line);
      }
    }
  }
  return rows;
}

TEST(CatalogueTable, SaysOfEachFileWhatACheckFinds) {
  const tidy::Tree tree = tidy::read_tree(REDUCECHECK_SOURCE_DIR);
  std::vector<std::string> wanted;
  for (const tidy::SourceFile& file : tree) {
    if (!file.path.starts_with(catalogue) || !file.path.ends_with(".toml")) continue;
    if (auto row = checked_row(file)) wanted.push_back(std::move(*row));
  }
  ASSERT_FALSE(wanted.empty());
  const std::vector<std::string> rows = table_rows(tree);
  for (const std::string& row : wanted) {
    EXPECT_EQ(std::ranges::count(rows, row), 1) << manual << " lacks the row, or has it twice:\n"
                                                << row;
  }
  for (const std::string& row : rows) {
    EXPECT_EQ(std::ranges::count(wanted, row), 1) << manual << " has a row of no file:\n" << row;
  }
}

TEST(CatalogueTable, SeesARowThatLags) {
  const tidy::SourceFile file = {"scenarios/catalogue/some/plain.toml",
                                 "mesh = { axes = ['tp'], tp = [1, 2] }\n"
                                 "input = { x = 'tokens, hidden' }\n"
                                 "output = { y = 'tokens, hidden' }\n"
                                 "weights = { m = 'mlp(inter / tp)' }\n"
                                 "[program]\nreference = 'y = m(x)'\ndistributed = 'y = m(x)'\n"};
  EXPECT_EQ(checked_row(file),
            "| [some/plain.toml](catalogue/some/plain.toml) | plain | 2 |  | `program` "
            "missing_reduce(m), 0, when tp > 1 |");
}

}  // namespace
}  // namespace reducecheck
