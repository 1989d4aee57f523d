// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: what its cells come to.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "props/fault_matrix/cell.hpp"

namespace reducecheck::matrix {

/// One fault over all configurations that were run.
struct Row {
  std::string id;
  std::size_t cells = 0;
  std::size_t applies = 0;
  std::size_t killed = 0;
  std::map<std::string, std::size_t> killers;  // properties that named class and place: cells
  std::map<std::string, std::size_t> noticed;  // that named the place and no class
  std::size_t reports = 0;
  std::size_t wrong_reports = 0;    // another class, or another place
  std::vector<std::string> misses;  // the command that runs the cell again, and what was said
};

/// One property on programs without a fault.
struct TwinRow {
  std::string name;
  std::size_t programs = 0;
  std::vector<std::string> alarms;
};

class Table {
 public:
  void add(const Fault& fault, const Setting& at, const Cell& cell);
  void add(const Twin& twin, const Setting& at, const std::vector<Report>& reports);

  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  [[nodiscard]] const std::vector<TwinRow>& twins() const { return twins_; }

  [[nodiscard]] std::size_t cells() const;
  [[nodiscard]] std::size_t applies() const;
  [[nodiscard]] std::size_t killed() const;
  [[nodiscard]] std::size_t reports() const;
  [[nodiscard]] std::size_t wrong_reports() const;
  [[nodiscard]] std::size_t alarms() const;
  /// Faults with a cell that applies which fewer than `least` properties killed.
  [[nodiscard]] std::vector<std::string> killed_by_fewer(std::size_t least) const;

  /// For a person, with a command for each miss.
  [[nodiscard]] std::string text() const;

  /// What the properties said of the last cell.
  [[nodiscard]] const std::string& said() const { return said_; }

  /// The record of the run.
  [[nodiscard]] std::string record(const std::string& command, double seconds,
                                   const std::string& date) const;

 private:
  std::vector<Row> rows_;
  std::vector<TwinRow> twins_;
  std::string said_;
};

}  // namespace reducecheck::matrix
