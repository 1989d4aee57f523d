// SPDX-License-Identifier: Apache-2.0
// What a search for repairs of one variant found, as values: sim/repair makes them, the
// explanation prints them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

enum class RepairOutcome {
  works,            // holds in every layout of the sweep
  moves_the_fault,  // mends the smallest failing layout, and another one fails
  does_not_help,    // the smallest failing layout still fails, perhaps in another way
};

/// One small edit of a variant, judged.
struct Repair {
  std::string words;     // `sum over tp`
  Position at;           // of the edit; line 0 when unknown
  std::string before;    // the line or placement that is edited
  std::string after;     // empty: taken away
  std::size_t size = 0;  // words of the text taken away and added
  RepairOutcome outcome = RepairOutcome::does_not_help;
  Scenario scenario;  // with the variant alone, and the edit in it
  // When it works:
  std::int64_t collectives = 0;  // on the busiest rank of the smallest layout that failed
  std::int64_t bytes = 0;
  std::string same_as;  // another variant of the file with the same text; may be empty
  std::string proof;    // what a prover says of all sizes; empty: only swept
  // When it does not:
  std::string defect_class;
  std::vector<std::string> branches;
  std::string detail;     // one sentence; may be empty
  std::string condition;  // where it fails: true exactly there in the sweep
  Configured layout;      // the smallest one where it fails
};

/// What was tried on one variant.
struct RepairReport {
  std::string variant;
  Configured smallest;           // the smallest layout that fails
  std::int64_t collectives = 0;  // of the variant as it is, there
  std::int64_t bytes = 0;
  std::size_t layouts = 0;        // of the sweep
  std::size_t candidates = 0;     // judged
  bool limited = false;           // there were more candidates than the limit
  std::vector<Repair> works;      // the best, best first
  std::vector<Repair> not_works;  // what a reader would try and would not mend it
};

/// A sum that a branch goes through.
struct PassedSum {
  std::string text;   // of the call
  std::string group;  // its axes larger than 1: `moe_ep`, `dp * tp`
  Position at;
};

/// A wrong branch where it is first used: who computed its shares, and which of them are there.
struct BranchState {
  std::string branch;              // `experts[0]`
  std::vector<std::string> split;  // axes larger than 1 that its shares are spread over
  std::vector<PassedSum> passed;   // on the way, in their order
  std::string used_by;             // `norm(residual)`, `output y`
  Position used_at;
  int rank = 0;               // that holds the wrong value
  std::vector<int> has;       // ranks whose share is in the value
  std::vector<int> misses;    // ranks whose share is not
  bool one_row = false;       // said of the first wrong row: other rows hold other shares
  bool other_tokens = false;  // the ranks of the split compute on different tokens
};

}  // namespace reducecheck
