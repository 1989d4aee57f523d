// SPDX-License-Identifier: Apache-2.0
// How often each weight and input is counted where it is used, variant by variant, layout by
// layout.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/judge/check.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck {

/// What is known of one count.
enum class CountStanding {
  absent,  // neither the variant nor the reference uses it there
  right,   // as the reference has it
  wrong,
  unknown,  // `?`
};

struct LayoutCount {
  std::string name;  // of the weight or input
  std::int64_t layer = 0;
  std::string count;   // `1`, `tp`, `partial over moe_tp`, `0`, `?`
  std::string wanted;  // the reference's
  CountStanding standing = CountStanding::absent;
};

/// One variant in one layout.
struct CountedCell {
  Verdict verdict = Verdict::undecided;  // of the exact run
  std::string defect_class;              // of a defect
  std::vector<std::string> branches;
  /// In the order of use. A function behind a first fault is counted as if its argument were right.
  /// Where the run cannot go on, of what comes before.
  std::vector<LayoutCount> counts;
  bool proved = false;  // right by the algebra, at these sizes
  std::string reason;   // not empty: why a count is `?`, or why there is none
};

struct CountedColumn {
  std::string file;
  std::string variant;
  std::vector<CountedCell> cells;  // beside the layouts
};

struct CountedLayout {
  Configured configuration;
  std::int64_t tokens = 0;  // 0: not a plain number
};

struct CountTable {
  std::vector<CountedLayout> layouts;  // in the order of the sweep
  std::vector<CountedColumn> columns;
};

/// The variants of `options` (none: all), in that order, in every layout of the sweep. Errors go to
/// `diagnostics`, as those of check_scenario; the layouts they lie in are left out.
CountTable count_table(const Scenario& scenario, const CheckOptions& options,
                       Diagnostics& diagnostics);

/// Puts the columns of `other` beside those of `table`, in the layouts that both have.
void put_beside(CountTable& table, const CountTable& other);

}  // namespace reducecheck
