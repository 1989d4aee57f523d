// SPDX-License-Identifier: Apache-2.0
#include "sim/report/count_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "sim/judge/condition.hpp"
#include "sim/report/count_rows.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

bool has_wrong(const std::vector<CountRow>& rows, std::size_t column) {
  return std::ranges::any_of(rows, [&](const CountRow& row) {
    return row.fields[column].standing == CountStanding::wrong;
  });
}

/// The verdicts of all columns, where the counts of one do not say why it is wrong or whether it is
/// right.
std::vector<std::string> findings_of(const CountTable& table, std::size_t layout,
                                     const std::vector<CountRow>& rows) {
  std::vector<std::string> verdicts;
  bool needed = false;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const CountedCell& cell = table.columns[c].cells[layout];
    const bool open = cell.verdict == Verdict::defect || !cell.reason.empty();
    needed = needed || (open && !has_wrong(rows, c));
    verdicts.push_back(verdict_text(cell));
  }
  if (!needed) verdicts.assign(table.columns.size(), "");
  return verdicts;
}

CountBlock block_of(const CountTable& table, std::size_t layout, bool all_rows,
                    const CountNames& names) {
  CountBlock block;
  block.right = true;
  for (const CountedColumn& column : table.columns) {
    block.right = block.right && column.cells[layout].verdict == Verdict::holds;
    block.reasons.push_back(column.cells[layout].reason);
  }
  block.rows = rows_of(table, layout, names);
  block.findings = findings_of(table, layout, block.rows);
  if (!all_rows) {
    std::erase_if(block.rows, [](const CountRow& row) {
      return std::ranges::all_of(row.fields, [](const CountField& field) {
        return field.standing == CountStanding::right || field.standing == CountStanding::absent;
      });
    });
  }
  block.layouts = {layout};
  block.smallest = layout;
  return block;
}

bool same_table(const CountBlock& a, const CountBlock& b) {
  return a.rows == b.rows && a.findings == b.findings && a.reasons == b.reasons &&
         a.right == b.right;
}

/// `tp > 1 and kernel == "fused"`, where the layouts are all those with certain values of the axes
/// and switches, however many of these it takes.
std::string product_condition(const std::vector<ConditionPoint>& points,
                              const std::vector<bool>& inside);

std::string condition_of(const CountTable& table, const std::vector<std::size_t>& layouts) {
  std::vector<ConditionPoint> points;
  for (const CountedLayout& layout : table.layouts) {
    points.push_back({layout.configuration, layout.tokens});
  }
  std::vector<bool> inside(points.size());
  for (const std::size_t layout : layouts) inside[layout] = true;
  const std::string found = failing_condition(points, inside);
  return found.starts_with("no short condition") ? product_condition(points, inside) : found;
}

/// The distinct values that one axis or switch has in the points, as text.
using Values = std::vector<std::string>;

std::vector<Values> values_by_name(const std::vector<ConditionPoint>& points,
                                   std::vector<std::string>& names) {
  std::vector<Values> all;
  for (const ConditionPoint& point : points) {
    Values values;
    names.clear();
    for (const auto& [name, size] : point.configuration.mesh) {
      names.push_back(name);
      values.push_back(fmt::format("{}", size));
    }
    for (const auto& [name, value] : point.configuration.switches) {
      const bool text = std::holds_alternative<std::string>(value);
      names.push_back(name);
      values.push_back(text ? fmt::format("\"{}\"", switch_text(value)) : switch_text(value));
    }
    all.push_back(values);
  }
  return all;
}

std::string one_of(const std::string& name, const std::set<std::string>& inside,
                   const std::set<std::string>& outside) {
  if (*inside.begin() == "true") return name;
  if (*inside.begin() == "false") return "not " + name;
  if (inside.size() == 1) return fmt::format("{} == {}", name, *inside.begin());
  if (outside == std::set<std::string>{"1"}) return name + " > 1";
  return fmt::format("{} in [{}]", name, fmt::join(inside, ", "));
}

std::string product_condition(const std::vector<ConditionPoint>& points,
                              const std::vector<bool>& inside) {
  std::vector<std::string> names;
  const std::vector<Values> values = values_by_name(points, names);
  std::vector<bool> covered(points.size(), true);
  std::string text;
  for (std::size_t n = 0; n < names.size(); ++n) {
    std::set<std::string> in;
    std::set<std::string> out;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (inside[i]) in.insert(values[i][n]);
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (in.contains(values[i][n])) continue;
      out.insert(values[i][n]);
      covered[i] = false;
    }
    if (!out.empty()) text += (text.empty() ? "" : " and ") + one_of(names[n], in, out);
  }
  return covered == inside ? text : "";
}

}  // namespace

bool CountDiff::worse() const {
  return std::ranges::any_of(steps, [](const CountStep& step) { return !step.worse.empty(); });
}

CountDiff compare_counts(const CountTable& table, bool all_rows) {
  CountDiff diff;
  const CountNames names(table);
  for (std::size_t layout = 0; layout < table.layouts.size(); ++layout) {
    CountBlock block = block_of(table, layout, all_rows, names);
    const auto known = std::ranges::find_if(
        diff.blocks, [&](const CountBlock& other) { return same_table(block, other); });
    if (known == diff.blocks.end()) {
      diff.blocks.push_back(std::move(block));
      continue;
    }
    known->layouts.push_back(layout);
    const auto ranks = [&](std::size_t i) { return table.layouts[i].configuration.ranks; };
    if (ranks(layout) < ranks(known->smallest)) known->smallest = layout;
  }
  for (CountBlock& block : diff.blocks) block.condition = condition_of(table, block.layouts);
  add_steps(table, names, diff);
  return diff;
}

}  // namespace reducecheck
