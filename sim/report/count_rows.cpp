// SPDX-License-Identifier: Apache-2.0
#include "sim/report/count_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

const LayoutCount* find_count(const CountedCell& cell, const LayoutCount& like) {
  const auto found = std::ranges::find_if(cell.counts, [&](const LayoutCount& count) {
    return count.name == like.name && count.layer == like.layer;
  });
  return found == cell.counts.end() ? nullptr : &*found;
}

CountRow row_like(const CountTable& table, std::size_t layout, const LayoutCount& like,
                  const CountNames& names) {
  CountRow row;
  row.name = like.name;
  if (names.layered(like.name)) row.layers = {like.layer};
  std::vector<std::string> wanted;
  for (const CountedColumn& column : table.columns) {
    const CountedCell& cell = column.cells[layout];
    const LayoutCount* count = find_count(cell, like);
    if (count != nullptr) {
      row.fields.push_back({count->count, count->standing});
      if (std::ranges::find(wanted, count->wanted) == wanted.end()) wanted.push_back(count->wanted);
    } else if (cell.counts.empty() && !cell.reason.empty()) {
      row.fields.push_back({"?", CountStanding::unknown});
    } else {
      row.fields.push_back({"-", CountStanding::absent});
    }
  }
  row.wanted = fmt::format("{}", fmt::join(wanted, " or "));
  return row;
}

/// Puts a layer into the row of the same weight that says the same of other layers.
void add_row(std::vector<CountRow>& rows, CountRow row) {
  const auto same = std::ranges::find_if(rows, [&](const CountRow& other) {
    return !row.layers.empty() && other.name == row.name && other.wanted == row.wanted &&
           other.fields == row.fields;
  });
  if (same == rows.end()) {
    rows.push_back(std::move(row));
  } else {
    same->layers.insert(std::ranges::upper_bound(same->layers, row.layers.front()),
                        row.layers.front());
  }
}

bool known(const CountField& field) {
  return field.standing == CountStanding::right || field.standing == CountStanding::wrong;
}

bool differs(const CountField& from, const CountField& to) {
  const bool both_right =
      from.standing == CountStanding::right && to.standing == CountStanding::right;
  return known(from) && known(to) && !both_right && !(from == to);
}

/// The changes of one step, added up over the layouts.
class StepChanges {
 public:
  enum class Kind { better, worse, neither };

  void begin(std::size_t layout) { layout_ = layout; }

  void add(Kind kind, const CountRow& row, const std::string& from, const std::string& to) {
    Seen& seen = seen_[{kind, row.name, from, to}];
    seen.layers.insert(row.layers.begin(), row.layers.end());
    seen.layouts.insert(layout_);
  }

  void fill(CountStep& step) const {
    for (const auto& [key, seen] : seen_) {
      const auto& [kind, name, from, to] = key;
      std::vector<CountChange>& into = kind == Kind::better  ? step.better
                                       : kind == Kind::worse ? step.worse
                                                             : step.neither;
      into.push_back({name,
                      {seen.layers.begin(), seen.layers.end()},
                      from,
                      to,
                      kind == Kind::worse,
                      seen.layouts.size()});
    }
  }

 private:
  struct Seen {
    std::set<std::int64_t> layers;
    std::set<std::size_t> layouts;
  };
  std::map<std::tuple<Kind, std::string, std::string, std::string>, Seen> seen_;
  std::size_t layout_ = 0;
};

using Kind = StepChanges::Kind;

/// What changes from column `to - 1` in one layout; false where nothing does.
bool compare(const CountTable& table, std::size_t layout, std::size_t to,
             const std::vector<CountRow>& rows, StepChanges& changes) {
  const CountedCell& before = table.columns[to - 1].cells[layout];
  const CountedCell& after = table.columns[to].cells[layout];
  bool worse = false;
  bool better = false;
  bool otherwise = false;
  changes.begin(layout);
  for (const CountRow& row : rows) {
    const CountField& a = row.fields[to - 1];
    const CountField& b = row.fields[to];
    if (!differs(a, b)) continue;
    const bool was_right = a.standing == CountStanding::right;
    const bool is_right = b.standing == CountStanding::right;
    worse = worse || was_right;
    better = better || is_right;
    otherwise = true;
    changes.add(was_right  ? Kind::worse
                : is_right ? Kind::better
                           : Kind::neither,
                row, a.count, b.count);
  }
  const std::string from = verdict_text(before);
  const std::string now = verdict_text(after);
  if (from == now) return otherwise;
  // What no count shows, the verdicts do.
  const bool breaks = before.verdict == Verdict::holds && after.verdict == Verdict::defect;
  const bool mends = before.verdict == Verdict::defect && after.verdict == Verdict::holds;
  if (breaks && !worse) changes.add(Kind::worse, {}, from, now);
  if (mends && !better) changes.add(Kind::better, {}, from, now);
  if (!breaks && !mends && !otherwise) changes.add(Kind::neither, {}, from, now);
  return true;
}

}  // namespace

std::string verdict_text(const CountedCell& cell) {
  if (cell.verdict != Verdict::defect) return spelling(cell.verdict);
  return defect_text(cell.defect_class, cell.branches);
}

CountNames::CountNames(const CountTable& table) {
  for (const CountedColumn& column : table.columns) {
    for (const CountedCell& cell : column.cells) {
      for (const LayoutCount& count : cell.counts) {
        if (count.layer > 0) layered_.insert(count.name);
      }
    }
  }
}

std::string row_name(const std::string& name, const std::vector<std::int64_t>& layers) {
  if (layers.empty()) return name;
  std::string text;
  for (std::size_t i = 0; i < layers.size();) {
    std::size_t end = i;
    while (end + 1 < layers.size() && layers[end + 1] == layers[end] + 1) ++end;
    text += text.empty() ? "" : ",";
    text += end == i ? fmt::format("{}", layers[i]) : fmt::format("{}..{}", layers[i], layers[end]);
    i = end + 1;
  }
  return fmt::format("{}[{}]", name, text);
}

std::vector<CountRow> rows_of(const CountTable& table, std::size_t layout,
                              const CountNames& names) {
  std::vector<CountRow> rows;
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (const CountedColumn& column : table.columns) {
    for (const LayoutCount& count : column.cells[layout].counts) {
      if (!seen.insert({count.name, count.layer}).second) continue;
      add_row(rows, row_like(table, layout, count, names));
    }
  }
  return rows;
}

void add_steps(const CountTable& table, const CountNames& names, CountDiff& diff) {
  std::vector<StepChanges> changes(table.columns.size());
  for (std::size_t to = 1; to < table.columns.size(); ++to)
    diff.steps.push_back({to, {}, {}, {}, 0});
  for (std::size_t layout = 0; layout < table.layouts.size(); ++layout) {
    const std::vector<CountRow> rows = rows_of(table, layout, names);
    bool changed = false;
    for (CountStep& step : diff.steps) {
      if (!compare(table, layout, step.to, rows, changes[step.to])) continue;
      ++step.layouts;
      changed = true;
    }
    if (changed) ++diff.changed;
  }
  for (CountStep& step : diff.steps) changes[step.to].fill(step);
}

}  // namespace reducecheck
