// SPDX-License-Identifier: Apache-2.0
// The counts of several variants side by side: where they differ, and whether for the better.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/prove/count_table.hpp"
#include "sim/report/columns.hpp"

namespace reducecheck {

struct CountField {
  std::string count;
  CountStanding standing = CountStanding::absent;

  friend bool operator==(const CountField&, const CountField&) = default;
};

/// One weight in all columns; layers that agree are one row.
struct CountRow {
  std::string name;
  std::vector<std::int64_t> layers;  // ascending; empty for a weight without layers
  std::string wanted;
  std::vector<CountField> fields;  // by column

  friend bool operator==(const CountRow&, const CountRow&) = default;
};

/// `moe_shared[1..2]`, `dense_mlp`.
std::string row_name(const std::string& name, const std::vector<std::int64_t>& layers);

/// Layouts with the same table.
struct CountBlock {
  std::vector<std::size_t> layouts;
  std::size_t smallest = 0;
  std::string condition;  // true exactly there; empty: none that is short
  std::vector<CountRow> rows;
  std::vector<std::string> findings;  // by column; empty where the counts say what is wrong
  std::vector<std::string> reasons;   // by column: why something is `?`
  bool right = false;                 // every column is right there
};

/// What is otherwise in one column than in the one before.
struct CountChange {
  std::string name;  // of the weight; empty: the run as a whole
  std::vector<std::int64_t> layers;
  std::string from;
  std::string to;
  bool worse = false;
  std::size_t layouts = 0;
};

/// One column against the one before.
struct CountStep {
  std::size_t to = 0;                // column
  std::vector<CountChange> better;   // wrong before, right after
  std::vector<CountChange> worse;    // right before, wrong after
  std::vector<CountChange> neither;  // wrong before and after, in another way
  std::size_t layouts = 0;           // in which something changed
};

struct CountDiff {
  std::vector<CountBlock> blocks;  // in the order of their first layouts
  std::size_t changed = 0;         // layouts in which the columns are not all alike
  std::vector<CountStep> steps;

  [[nodiscard]] bool worse() const;
};

/// `all_rows`: those that are right in every column too.
CountDiff compare_counts(const CountTable& table, bool all_rows);

/// The blocks, and what changed.
std::string counts_text(const CountTable& table, const CountDiff& diff, TextOptions options);

/// Format `reducecheck.diff/1`: every count of every layout, the blocks, and what changed.
std::string counts_json(const CountTable& table, const CountDiff& diff, const std::string& version);

}  // namespace reducecheck
