// SPDX-License-Identifier: Apache-2.0
// Counts of every layout against the exact check of it: neither says what the other denies.
#include "sim/prove/count_table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "scenarios/frame/load.hpp"

namespace reducecheck {
namespace {

Scenario loaded(const std::filesystem::path& file) {
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, file.string(), diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, file.string(), text));
  return *scenario;
}

CountTable counted(const Scenario& scenario) {
  Diagnostics diagnostics;
  CountTable table = count_table(scenario, {}, diagnostics);
  EXPECT_TRUE(diagnostics.empty()) << scenario.file;
  return table;
}

bool any(const CountedCell& cell, CountStanding standing) {
  return std::ranges::any_of(cell.counts,
                             [&](const LayoutCount& c) { return c.standing == standing; });
}

/// What no count shows: rows, calls that do not fit, the statistic of a norm; and by file, a bias
/// that is counted once but without its factor, and experts called by other numbers.
bool shows_no_count(const CountedColumn& column, const CountedCell& cell) {
  static const std::set<std::string> classes = {"token_layout", "mismatched_collective",
                                                "nonlinear_on_unreduced"};
  static const std::map<std::string, std::string> files = {
      {"te_bias_unweighted", "addend_in_sum"}, {"fused_shared_mapping", "ownership_count"}};
  const auto file = files.find(std::filesystem::path(column.file).stem().string());
  return classes.contains(cell.defect_class) ||
         (file != files.end() && file->second == cell.defect_class);
}

struct Tally {
  std::size_t cells = 0;
  std::size_t wrong = 0;     // defects that a count shows
  std::size_t by_class = 0;  // defects of a class that no count shows
  std::size_t open = 0;      // `?`, with the reason
  std::vector<std::string> contradictions;
};

void take_cell(const CountedColumn& column, const CountedCell& cell, Tally& tally) {
  ++tally.cells;
  const bool wrong = any(cell, CountStanding::wrong);
  const bool open = any(cell, CountStanding::unknown) || cell.counts.empty();
  const auto contradiction = [&](const std::string& what) {
    tally.contradictions.push_back(
        fmt::format("{} {}: {} ({})", column.file, column.variant, what, cell.defect_class));
  };
  if (open && cell.reason.empty() && cell.verdict == Verdict::holds) contradiction("no reason");
  if (wrong && cell.verdict == Verdict::holds) contradiction("counted wrong, but it holds");
  if (cell.verdict != Verdict::defect) {
    tally.open += open ? 1 : 0;
    return;
  }
  if (cell.proved) contradiction("a defect, but proved");
  if (wrong) {
    ++tally.wrong;
  } else if (open && !cell.reason.empty()) {
    ++tally.open;
  } else if (shows_no_count(column, cell)) {
    ++tally.by_class;
  } else {
    contradiction("a defect, but counted right");
  }
  for (const std::string& branch : cell.branches) {
    const auto found = std::ranges::find(cell.counts, branch, &LayoutCount::name);
    if (!wrong || found == cell.counts.end()) continue;
    const bool said = std::ranges::any_of(cell.counts, [&](const LayoutCount& c) {
      return c.name == branch && c.standing != CountStanding::right;
    });
    if (!said) contradiction("the judge names " + branch + ", which is counted right");
  }
}

Tally tally_of(const CountTable& table) {
  Tally tally;
  for (const CountedColumn& column : table.columns) {
    for (const CountedCell& cell : column.cells) take_cell(column, cell, tally);
  }
  return tally;
}

TEST(CountTable, AgreesWithTheExactCheckOverTheCatalogue) {
  Tally all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() != ".toml") continue;
    const Tally one = tally_of(counted(loaded(entry.path())));
    all.cells += one.cells;
    all.wrong += one.wrong;
    all.by_class += one.by_class;
    all.open += one.open;
    for (const std::string& contradiction : one.contradictions) ADD_FAILURE() << contradiction;
  }
  fmt::print("{} cells: {} defects by a count, {} by their class, {} with a `?`\n", all.cells,
             all.wrong, all.by_class, all.open);
  EXPECT_GT(all.wrong, 250U);
  EXPECT_LT(all.open * 20, all.cells) << "more than one cell in twenty is not counted";
}

const std::string chain = "scenarios/catalogue/fastdeploy/glm_moe_chain.toml";

TEST(CountTable, IsContradictedByAPlantedCount) {
  const CountTable table = counted(loaded(chain));
  ASSERT_TRUE(tally_of(table).contradictions.empty());
  CountTable hidden = table;
  CountTable invented = table;
  for (CountedColumn& column : hidden.columns) {
    for (CountedCell& cell : column.cells) {
      for (LayoutCount& count : cell.counts) count.standing = CountStanding::right;
    }
  }
  invented.columns.front().cells.back().counts.front().standing = CountStanding::wrong;
  EXPECT_FALSE(tally_of(hidden).contradictions.empty());
  EXPECT_EQ(tally_of(invented).contradictions.size(), 1U);
}

/// `tp` or `1` of one weight, where the named variant of the chain runs in the layout.
std::string chain_count(const CountTable& table, const std::string& variant,
                        const std::vector<SwitchValue>& switches, const std::string& name,
                        std::int64_t layer) {
  const auto column = std::ranges::find(table.columns, variant, &CountedColumn::variant);
  for (std::size_t i = 0; i < table.layouts.size(); ++i) {
    const Configured& at = table.layouts[i].configuration;
    std::vector<SwitchValue> values;
    for (const auto& [ignored, value] : at.switches) values.push_back(value);
    if (at.ranks != 4 || values != switches) continue;
    for (const LayoutCount& count : column->cells[i].counts) {
      if (count.name == name && count.layer == layer) return count.count;
    }
  }
  return "none";
}

TEST(CountTable, CountsWhatStandsBehindAFirstFaultOnItsOwn) {
  const CountTable table = counted(loaded(chain));
  using Values = std::vector<SwitchValue>;
  const Values fused = {false, std::string("fused"), std::int64_t{1}, std::int64_t{8}};
  EXPECT_EQ(chain_count(table, "deferred", fused, "dense_mlp", 0), "tp");
  EXPECT_EQ(chain_count(table, "deferred", fused, "moe_shared", 1), "1");
  EXPECT_EQ(chain_count(table, "deferred", fused, "gate", 1), "1");
  EXPECT_EQ(chain_count(table, "deferred", fused, "o_proj", 3), "1");
  const Values ep = {true, std::string("fused"), std::int64_t{1}, std::int64_t{8}};
  EXPECT_EQ(chain_count(table, "deferred", ep, "dense_mlp", 0), "tp");
  EXPECT_EQ(chain_count(table, "deferred", ep, "moe_shared", 1), "tp");
  EXPECT_EQ(chain_count(table, "deferred", ep, "moe_experts", 2), "tp");
  EXPECT_EQ(chain_count(table, "deferred", ep, "last_shared", 0), "1");
  const Values phi = {false, std::string("phi"), std::int64_t{1}, std::int64_t{8}};
  EXPECT_EQ(chain_count(table, "deferred", phi, "dense_mlp", 0), "1");
  EXPECT_EQ(chain_count(table, "deferred", phi, "moe_experts", 1), "partial over tp");
  EXPECT_EQ(chain_count(table, "deferred", phi, "moe_experts", 2), "partial over tp");
  EXPECT_EQ(chain_count(table, "phi_norm", phi, "dense_mlp", 0), "tp");
  EXPECT_EQ(chain_count(table, "one_predicate", phi, "dense_mlp", 0), "1");
}

TEST(CountTable, PutsFilesBesideEachOtherInTheLayoutsThatBothHave) {
  const Scenario scenario = loaded("scenarios/catalogue/vllm/aria_shared_double.toml");
  CheckOptions two;
  two.mesh = {{"tp", 2}};
  two.variants = {"fixed"};
  Diagnostics diagnostics;
  CountTable table = counted(scenario);
  ASSERT_EQ(table.layouts.size(), 3U);
  put_beside(table, count_table(scenario, two, diagnostics));
  ASSERT_EQ(table.layouts.size(), 1U);
  ASSERT_EQ(table.columns.size(), 3U);
  for (const CountedColumn& column : table.columns) EXPECT_EQ(column.cells.size(), 1U);
  EXPECT_TRUE(any(table.columns[0].cells[0], CountStanding::wrong));
  EXPECT_FALSE(any(table.columns[2].cells[0], CountStanding::wrong));
}

TEST(CountTable, LeavesErrorsOfTheRequestToTheDiagnostics) {
  Diagnostics diagnostics;
  CheckOptions options;
  options.variants = {"bugy"};
  const Scenario scenario = loaded("scenarios/catalogue/vllm/aria_shared_double.toml");
  EXPECT_TRUE(count_table(scenario, options, diagnostics).layouts.empty());
  EXPECT_FALSE(diagnostics.empty());
}

}  // namespace
}  // namespace reducecheck
