// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

namespace reducecheck::matrix {
namespace {

std::size_t total(const std::vector<Row>& rows, std::size_t Row::*member) {
  return std::accumulate(rows.begin(), rows.end(), std::size_t{0},
                         [&](std::size_t sum, const Row& row) { return sum + row.*member; });
}

std::string counted_properties(const std::map<std::string, std::size_t>& properties) {
  std::vector<std::string> words;
  for (const auto& [name, cells] : properties) words.push_back(fmt::format("{} {}", name, cells));
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string share(std::size_t part, std::size_t whole) {
  const double percent =
      whole == 0 ? 100 : 100 * static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format("{} of {} ({:.1f} %)", part, whole, percent);
}

}  // namespace

void Table::add(const Fault& fault, const Setting& at, const Cell& cell) {
  if (rows_.empty() || rows_.back().id != fault.id) rows_.emplace_back().id = fault.id;
  Row& row = rows_.back();
  ++row.cells;
  if (!cell.applies) return;
  ++row.applies;
  if (cell.killed()) ++row.killed;
  said_.clear();
  for (const Report& report : cell.reports) {
    ++row.reports;
    const bool wrong = !report.place_right || (report.names_class && !report.class_right);
    if (wrong) ++row.wrong_reports;
    if (report.kills()) ++row.killers[report.property];
    if (!report.names_class && report.place_right) ++row.noticed[report.property];
    said_ +=
        fmt::format("      {}{}: {}\n", report.property, wrong ? " (not right)" : "", report.words);
  }
  if (cell.killed()) return;
  row.misses.push_back(fmt::format("fault_matrix --fault {} --config {} --seed {}\n{}", fault.id,
                                   at.name(), at.seed, said_.empty() ? "      silence\n" : said_));
}

void Table::add(const Twin& twin, const Setting& at, const std::vector<Report>& reports) {
  if (twins_.empty() || twins_.back().name != twin.name) twins_.emplace_back().name = twin.name;
  TwinRow& row = twins_.back();
  ++row.programs;
  for (const Report& report : reports) {
    row.alarms.push_back(fmt::format("{} {} seed {}: {}: {}", twin.name, at.name(), at.seed,
                                     report.property, report.words));
  }
}

std::size_t Table::cells() const {
  return total(rows_, &Row::cells);
}
std::size_t Table::applies() const {
  return total(rows_, &Row::applies);
}
std::size_t Table::killed() const {
  return total(rows_, &Row::killed);
}
std::size_t Table::reports() const {
  return total(rows_, &Row::reports);
}
std::size_t Table::wrong_reports() const {
  return total(rows_, &Row::wrong_reports);
}
std::size_t Table::alarms() const {
  std::size_t sum = 0;
  for (const TwinRow& twin : twins_) sum += twin.alarms.size();
  return sum;
}

std::vector<std::string> Table::killed_by_fewer(std::size_t least) const {
  std::vector<std::string> ids;
  for (const Row& row : rows_) {
    if (row.applies > 0 && row.killers.size() < least) ids.push_back(row.id);
  }
  return ids;
}

std::string Table::text() const {
  std::string text = fmt::format("{:<26}{:>8}{:>8}  {}\n", "fault", "killed", "applies",
                                 "killers (cells); noticed without a class");
  for (const Row& row : rows_) {
    text += fmt::format("{:<26}{:>8}{:>8}  {}{}{}\n", row.id, row.killed, row.applies,
                        counted_properties(row.killers), row.noticed.empty() ? "" : "; ",
                        counted_properties(row.noticed));
  }
  for (const Row& row : rows_) {
    for (const std::string& miss : row.misses) text += fmt::format("\nmissed: {}", miss);
  }
  text += fmt::format("\n{} cells killed, {} cells where the fault changes nothing\n",
                      share(killed(), applies()), cells() - applies());
  text += fmt::format("{} reports, {} of them with another class or place\n", reports(),
                      wrong_reports());
  text +=
      fmt::format("killed by fewer than two properties: {}\n", fmt::join(killed_by_fewer(2), " "));
  for (const TwinRow& twin : twins_) {
    text += fmt::format("without a fault, {}: {} programs, {} alarms\n", twin.name, twin.programs,
                        twin.alarms.size());
    for (const std::string& alarm : twin.alarms) text += fmt::format("  alarm: {}\n", alarm);
  }
  return text;
}

std::string Table::record(const std::string& command, double seconds,
                          const std::string& date) const {
  using Json = nlohmann::ordered_json;
  std::size_t programs = 0;
  for (const TwinRow& twin : twins_) programs += twin.programs;
  const auto lonely = killed_by_fewer(2);
  const double noise = static_cast<double>(wrong_reports()) /
                       std::max<double>(1, static_cast<double>(reports() - wrong_reports()));
  Json json;
  json["title"] = "Fault matrix";
  json["date"] = date;
  json["command"] = command;
  json["seconds"] = seconds;
  json["machine"] = "2 cores, gcc 12.2, release";
  json["says"] = fmt::format(
      "{} faults in {} cells; in {} of them an exact run shows that the fault changes nothing. A "
      "cell counts as killed only if one report names both the class and the ranks, elements or "
      "operation.",
      rows_.size(), cells(), cells() - applies());
  json["rows"] = Json::array();
  const auto row = [&](const std::string& what, const std::string& bar, const std::string& measured,
                       bool holds) {
    json["rows"].push_back(
        {{"what", what}, {"bar", bar}, {"measured", measured}, {"holds", holds}});
  };
  row("cells killed", "at least 95 %", share(killed(), applies()),
      100 * killed() >= 95 * applies());
  row("faults that two properties kill", fmt::format("{} of {}", rows_.size(), rows_.size()),
      share(rows_.size() - lonely.size(), rows_.size()), lonely.empty());
  row("wrong reports for each right one", "at most 0.1", fmt::format("{:.2f}", noise),
      noise <= 0.1);
  row("alarms on programs without a fault", "0", fmt::format("{} in {}", alarms(), programs),
      alarms() == 0);
  Json lines = Json::array();
  Json short_of = Json::array();
  for (const Row& one : rows_) {
    lines.push_back({one.id, fmt::format("{} of {}", one.killed, one.applies),
                     counted_properties(one.killers), counted_properties(one.noticed)});
    if (one.killed == one.applies) continue;
    short_of.push_back(fmt::format("{}: {} of {} cells are missed", one.id,
                                   one.applies - one.killed, one.applies));
  }
  for (const TwinRow& twin : twins_) {
    for (const std::string& alarm : twin.alarms) short_of.push_back("alarm: " + alarm);
  }
  for (const std::string& id : lonely) {
    short_of.push_back(fmt::format("{}: fewer than two properties name class and place", id));
  }
  json["tables"] = Json::array();
  json["tables"].push_back(
      {{"caption", "Each fault over the configurations where it acts"},
       {"columns", {"fault", "killed", "killed by (cells)", "noticed without a class by (cells)"}},
       {"rows", lines}});
  json["falls_short"] = short_of;
  return json.dump(2) + "\n";
}

}  // namespace reducecheck::matrix
