// SPDX-License-Identifier: Apache-2.0
#include "sim/bench/bench_table.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/report/columns.hpp"

namespace reducecheck::bench {
namespace {

std::string verdict_of(const BenchRow& row, bool quick) {
  if (!row.holds) return "not measured";
  if (quick) return "not judged";
  return *row.holds ? "holds" : "falls short";
}

BenchRow against(std::string what, const char* side, double bar, double measured, Unit unit,
                 bool holds, std::string reason) {
  return {std::move(what), fmt::format("{} {}", side, told(bar, unit)), told(measured, unit), holds,
          holds ? "" : std::move(reason)};
}

std::string machine() {
#ifdef NDEBUG
  constexpr const char* build = "release";
#else
  constexpr const char* build = "with assertions";
#endif
  return fmt::format("{} cores, compiler {}, {}", std::thread::hardware_concurrency(), __VERSION__,
                     build);
}

}  // namespace

std::string told(double value, Unit unit) {
  switch (unit) {
    case Unit::times: return fmt::format("{:.{}f}x", value, value < 10 ? 2 : 1);
    case Unit::percent: return fmt::format("{:.0f} %", 100 * value);
    case Unit::seconds: return fmt::format("{:.{}f} s", value, value < 10 ? 2 : 0);
    case Unit::mebibytes: return fmt::format("{:.0f} MiB", value);
    case Unit::count: return fmt::format("{:.0f}", value);
  }
  return "";
}

BenchRow at_least(std::string what, double bar, double measured, Unit unit, std::string reason) {
  return against(std::move(what), "at least", bar, measured, unit, measured >= bar,
                 std::move(reason));
}

BenchRow at_most(std::string what, double bar, double measured, Unit unit, std::string reason) {
  return against(std::move(what), "at most", bar, measured, unit, measured <= bar,
                 std::move(reason));
}

BenchRow not_measured(std::string what, std::string bar, std::string why) {
  return {std::move(what), std::move(bar), "-", std::nullopt, std::move(why)};
}

void BenchTable::add(BenchRow row) {
  fmt::print(stderr, "{}: {}\n", row.what, row.measured);  // a run takes minutes
  rows_.push_back(std::move(row));
}

std::string BenchTable::text() const {
  std::vector<Row> lines = {{{"what"}, {"bar"}, {"measured"}, {"verdict"}}};
  for (const BenchRow& row : rows_) {
    lines.push_back({{row.what}, {row.bar}, {row.measured}, {verdict_of(row, quick_)}});
  }
  const std::string columns = aligned(lines, "", false);
  std::string text;
  std::size_t line = 0;
  for (std::size_t at = 0; at < columns.size(); ++line) {
    const std::size_t end = columns.find('\n', at) + 1;
    text += columns.substr(at, end - at);
    at = end;
    const bool tells =
        line > 0 && !rows_[line - 1].reason.empty() && (!quick_ || !rows_[line - 1].holds);
    if (tells) text += fmt::format("    {}\n", rows_[line - 1].reason);
  }
  return text;
}

std::string BenchTable::record(double seconds, const std::string& command) const {
  nlohmann::ordered_json json = {
      {"title", "Speed and scale"},
      {"date", date_of_today()},
      {"command", command},
      {"seconds", seconds},
      {"machine", machine()},
      {"says", quick_ ? "A quick run: the code was run, its times mean nothing."
                      : "Each figure is a ratio of medians of bodies that were timed in turn in "
                        "one process, where it is not a time or a size."},
      {"rows", nlohmann::ordered_json::array()},
      {"falls_short", nlohmann::ordered_json::array()}};
  for (const BenchRow& row : rows_) {
    nlohmann::ordered_json entry = {
        {"what", row.what}, {"bar", row.bar}, {"measured", row.measured}};
    if (row.holds) entry["holds"] = *row.holds;
    if (!row.reason.empty()) entry["reason"] = row.reason;
    json["rows"].push_back(entry);
    const bool short_of_it = row.holds && !*row.holds && !quick_;
    if (short_of_it) json["falls_short"].push_back(row.what + ": " + row.reason);
  }
  return json.dump(2) + '\n';
}

std::string date_of_today() {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace reducecheck::bench
