// SPDX-License-Identifier: Apache-2.0
// Internal to sim/report: the counts of one layout as rows, and what changes from column to column.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/report/count_diff.hpp"

namespace reducecheck {

/// Which weights have layers.
class CountNames {
 public:
  explicit CountNames(const CountTable& table);

  [[nodiscard]] bool layered(const std::string& name) const { return layered_.contains(name); }

 private:
  std::set<std::string> layered_;
};

/// Every weight and input that some column or its reference uses, in the order of use.
std::vector<CountRow> rows_of(const CountTable& table, std::size_t layout, const CountNames& names);

/// `holds`, `double_reduce(shared)`.
std::string verdict_text(const CountedCell& cell);

/// Fills `steps` and `changed`.
void add_steps(const CountTable& table, const CountNames& names, CountDiff& diff);

}  // namespace reducecheck
