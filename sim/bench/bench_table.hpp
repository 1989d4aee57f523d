// SPDX-License-Identifier: Apache-2.0
// The table of a benchmark run: what was measured against which bar, and why a row falls short.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reducecheck::bench {

struct BenchRow {
  std::string what;
  std::string bar;
  std::string measured;
  std::optional<bool> holds{};  // absent: not measured
  std::string reason{};         // of a row that does not hold: what a profile shows
};

/// In what a number of a row is told.
enum class Unit { times, percent, seconds, mebibytes, count };

std::string told(double value, Unit unit);

/// A row whose number must not be below the bar, or not above it. The reason is kept only where it
/// is.
BenchRow at_least(std::string what, double bar, double measured, Unit unit, std::string reason);
BenchRow at_most(std::string what, double bar, double measured, Unit unit, std::string reason);

/// A row that this run could not measure, and why.
BenchRow not_measured(std::string what, std::string bar, std::string why);

class BenchTable {
 public:
  /// Rows of a quick run are not judged: its sizes are too small to mean anything.
  explicit BenchTable(bool quick) : quick_(quick) {}

  void add(BenchRow row);

  [[nodiscard]] const std::vector<BenchRow>& rows() const { return rows_; }

  /// Aligned columns; below a row that falls short its reason.
  [[nodiscard]] std::string text() const;

  /// The record of a run as JSON, with the date of today.
  [[nodiscard]] std::string record(double seconds, const std::string& command) const;

 private:
  bool quick_;
  std::vector<BenchRow> rows_;
};

/// `2026-11-30`.
std::string date_of_today();

}  // namespace reducecheck::bench
