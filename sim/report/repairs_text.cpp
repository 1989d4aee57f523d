// SPDX-License-Identifier: Apache-2.0
#include "sim/report/repairs_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

/// A line that comes after others of its paragraph stands further right.
std::string item(const std::string& text, std::size_t indent) {
  std::string lines = wrapped(text, indent + 2);
  return lines.empty() ? lines : lines.substr(2);
}

std::string at_line(Position at) {
  return at.line == 0 ? "" : fmt::format("line {}", at.line);
}

/// Text of a program, line by line.
std::string source_lines(const std::string& text, const char* first, std::size_t indent) {
  std::string lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines += std::string(indent, ' ') + (begin == 0 ? first : "   ") +
             one_line(text.substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  return lines;
}

std::string edit_lines(const Repair& repair) {
  return source_lines(repair.before, "-  ", 7) +
         (repair.after.empty() ? "" : source_lines(repair.after, "+  ", 7));
}

std::string heading(const Repair& repair, std::size_t number) {
  std::string text = fmt::format("{}. {}", number, one_line(repair.words));
  const std::string line = at_line(repair.at);
  if (!line.empty()) text += fmt::format(" ({})", line);
  if (!repair.same_as.empty()) text += fmt::format(" [as in variant {}]", repair.same_as);
  return text;
}

std::string cost_text(const Repair& repair, const RepairReport& report) {
  if (repair.collectives == report.collectives && repair.bytes == report.bytes) return "";
  return fmt::format("{}, {} bytes instead of {} and {}",
                     counted(static_cast<std::size_t>(repair.collectives), "collective"),
                     grouped_digits(repair.bytes), report.collectives,
                     grouped_digits(report.bytes));
}

std::string working_text(const RepairReport& report, TextOptions options) {
  if (report.works.empty()) {
    return item(fmt::format("mends it: none of {} small edits{}", report.candidates,
                            report.limited ? ", the most that are tried" : ""),
                2);
  }
  std::string text = "  " + painted("mends it", Ink::good, options.colour) +
                     fmt::format(" in all {} layouts, the smallest edit first (of {} tried):\n",
                                 report.layouts, report.candidates);
  std::size_t number = 0;
  for (const Repair& repair : report.works) {
    text += item(heading(repair, ++number), 4) + edit_lines(repair);
    std::vector<std::string> notes;
    if (!repair.proof.empty()) notes.push_back(one_line(repair.proof));
    const std::string cost = cost_text(repair, report);
    if (!cost.empty()) notes.push_back(cost + " on the busiest rank");
    if (!notes.empty()) text += wrapped(fmt::format("{}", fmt::join(notes, "; ")), 7);
  }
  return text;
}

std::string becomes(const Repair& repair) {
  const std::string defect = defect_text(repair.defect_class, repair.branches);
  std::string text;
  if (repair.outcome == RepairOutcome::moves_the_fault) {
    text = fmt::format("right where it was wrong, but {}", defect);
  } else {
    text = defect;
  }
  if (repair.condition.empty()) {
    text += fmt::format(" at {}", layout_text(repair.layout));
  } else if (repair.condition != "always") {
    text += fmt::format(" when {}", repair.condition);
  }
  if (!repair.detail.empty()) text += ": " + one_line(repair.detail);
  return text;
}

}  // namespace

std::string repairs_text(const RepairReport& report, TextOptions options) {
  if (report.candidates == 0) return "";
  std::string text = working_text(report, options);
  if (report.not_works.empty()) return text;
  text += "  " + painted("would not mend it", Ink::bad, options.colour) + ":\n";
  for (const Repair& repair : report.not_works) {
    const std::string line = at_line(repair.at);
    text += item(fmt::format("- {}{}: {}", one_line(repair.words),
                             line.empty() ? "" : fmt::format(" ({})", line), becomes(repair)),
                 4);
  }
  return text;
}

std::string state_text(const BranchState& state) {
  const std::string used =
      one_line(state.used_by) +
      (state.used_at.line == 0 ? "" : fmt::format(" ({})", at_line(state.used_at)));
  std::string text = fmt::format(
      "state: {} is {}; ", state.branch,
      state.split.empty() ? "not split over ranks" : "partial over " + listed(state.split));
  if (state.passed.empty()) {
    text += "nothing sums it before " + used;
  } else {
    std::vector<std::string> passed;
    for (const PassedSum& sum : state.passed) {
      // `all_reduce(y, tp)` says its group itself.
      const bool said = sum.text.ends_with(", " + sum.group + ")");
      std::string one = one_line(sum.text);
      if (!said) one += " over " + sum.group;
      if (!said && !state.misses.empty()) one += " only";
      if (sum.at.line != 0) one += fmt::format(" ({})", at_line(sum.at));
      passed.push_back(std::move(one));
    }
    text += fmt::format("before {} it goes through {}", used, fmt::join(passed, ", then "));
  }
  std::string lines = item(text, 2);
  if (!state.misses.empty()) {
    lines += item(fmt::format("so rank {}{} has the shares of ranks {} and misses those of {}",
                              state.rank, state.one_row ? ", in its first wrong row," : "",
                              rank_set(state.has), rank_set(state.misses)),
                  2);
  }
  if (state.other_tokens) {
    lines += item(fmt::format("the ranks of {0} compute {1} for different tokens: a sum over {0} "
                              "would add rows that do not belong together",
                              listed(state.split), state.branch),
                  2);
  }
  return lines;
}

}  // namespace reducecheck
