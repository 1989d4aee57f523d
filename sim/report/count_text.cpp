// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/report/count_diff.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

/// The variants, with their files where two have the same name.
std::vector<std::string> headings(const CountTable& table) {
  std::set<std::string> names;
  for (const CountedColumn& column : table.columns) names.insert(column.variant);
  std::vector<std::string> result;
  for (const CountedColumn& column : table.columns) {
    const std::string stem = std::filesystem::path(column.file).stem().string();
    const bool unique = names.size() == table.columns.size();
    result.push_back(unique ? column.variant : one_line(stem) + ":" + column.variant);
  }
  return result;
}

bool wants_one(const CountRow& row) {
  return row.wanted == "1";
}

Ink ink_of(CountStanding standing) {
  switch (standing) {
    case CountStanding::wrong: return Ink::bad;
    case CountStanding::unknown: return Ink::doubtful;
    case CountStanding::absent: return Ink::faint;
    case CountStanding::right: break;
  }
  return Ink::none;
}

std::string table_text(const std::vector<std::string>& columns, const CountBlock& block,
                       TextOptions options) {
  Row heading = {{""}};
  for (const std::string& column : columns) heading.push_back({column});
  const bool all_one = std::ranges::all_of(block.rows, wants_one);
  if (!all_one) heading.push_back({"wanted"});
  std::vector<Row> rows = {heading};
  for (const CountRow& row : block.rows) {
    Row line = {{row_name(row.name, row.layers), Ink::strong}};
    for (const CountField& field : row.fields)
      line.push_back({field.count, ink_of(field.standing)});
    if (!all_one) line.push_back({row.wanted});
    rows.push_back(line);
  }
  const bool with_findings = !block.findings.front().empty();
  if (with_findings) {
    Row line = {{"(check)", Ink::faint}};
    for (const std::string& finding : block.findings) {
      line.push_back({finding, finding == "holds" ? Ink::none : Ink::bad});
    }
    rows.push_back(line);
  }
  return aligned(rows, "    ", options.colour);
}

std::string layouts_text(const CountTable& table, const CountBlock& block) {
  const std::string smallest = layout_text(table.layouts[block.smallest].configuration);
  if (block.layouts.size() == 1) return fmt::format("(1 layout, {})", smallest);
  return fmt::format("({}, smallest {})", counted(block.layouts.size(), "layout"), smallest);
}

std::string heading_text(const CountTable& table, const CountBlock& block, TextOptions options) {
  std::string text = block.condition;
  if (text.empty()) {
    text = "in some layouts";
  } else if (text != "always") {
    text.insert(0, "when ");
  }
  return painted(wrapped(text + ' ' + layouts_text(table, block), 0), Ink::strong, options.colour);
}

std::string reasons_text(const std::vector<std::string>& columns, const CountBlock& block) {
  std::string text;
  std::vector<std::string> said;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::string& reason = block.reasons[c];
    if (reason.empty() || std::ranges::find(said, reason) != said.end()) continue;
    said.push_back(reason);
    text += wrapped(fmt::format("? in {}: {}", columns[c], one_line(reason)), 4);
  }
  return text;
}

/// `1 -> tp in 4 layouts: dense_mlp, moe_shared[0..2]`: weights that changed alike together.
std::string changes_text(const std::vector<CountChange>& changes) {
  std::vector<std::pair<const CountChange*, std::string>> groups;
  for (const CountChange& change : changes) {
    const std::string name = row_name(change.name, change.layers);
    const auto alike = std::ranges::find_if(groups, [&](const auto& group) {
      return group.first->from == change.from && group.first->to == change.to &&
             group.first->layouts == change.layouts;
    });
    if (alike == groups.end()) {
      groups.emplace_back(&change, name);
    } else {
      alike->second += ", " + name;
    }
  }
  std::string text;
  for (const auto& [change, names] : groups) {
    text += fmt::format("{}{} -> {} in {}{}{}", text.empty() ? "" : "; ", change->from, change->to,
                        counted(change->layouts, "layout"), names.empty() ? "" : ": ", names);
  }
  return text;
}

/// `better: ...`, `worse: ...`: a line for each kind there is.
std::string step_text(const CountStep& step, std::size_t indent, TextOptions options) {
  std::string text;
  const auto add = [&](const char* word, const std::vector<CountChange>& changes, Ink ink) {
    if (changes.empty()) return;
    text += painted(wrapped(fmt::format("{}: {}", word, changes_text(changes)), indent), ink,
                    options.colour);
  };
  add("better", step.better, Ink::good);
  add("wrong before and after", step.neither, Ink::none);
  add("worse", step.worse, Ink::bad);
  return text;
}

std::string steps_text(const std::vector<std::string>& columns, const CountDiff& diff,
                       TextOptions options) {
  std::string text;
  for (const CountStep& step : diff.steps) {
    const bool only = diff.steps.size() == 1;
    if (!only) {
      text += fmt::format("  {} -> {}", columns[step.to - 1], columns[step.to]);
      text += step.layouts == 0 ? ": no change\n"
                                : fmt::format(": in {}\n", counted(step.layouts, "layout"));
    }
    text += step_text(step, only ? 0 : 6, options);
  }
  return text;
}

}  // namespace

std::string counts_text(const CountTable& table, const CountDiff& diff, TextOptions options) {
  const std::vector<std::string> columns = headings(table);
  const bool all_one = std::ranges::all_of(diff.blocks, [](const CountBlock& block) {
    return std::ranges::all_of(block.rows, wants_one);
  });
  std::string text =
      fmt::format("counted where they are used (must be {})\n", all_one ? "1" : "as wanted");
  std::size_t right = 0;
  for (const CountBlock& block : diff.blocks) {
    if (block.right && block.rows.empty()) {
      right += block.layouts.size();
      continue;
    }
    text += '\n' + heading_text(table, block, options) + table_text(columns, block, options) +
            reasons_text(columns, block);
  }
  if (right > 0) {
    const bool others = right < table.layouts.size();
    text += fmt::format("\nright in every column: {}{}\n", others ? "the other " : "all ",
                        counted(right, "layout"));
  }
  return text +
         fmt::format("\nchanged in {} of {}\n", diff.changed,
                     counted(table.layouts.size(), "layout")) +
         steps_text(columns, diff, options);
}

}  // namespace reducecheck
