// SPDX-License-Identifier: Apache-2.0
// What a check found, as values: the judge makes them, the reports print them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/certify/rounding_judge.hpp"

namespace reducecheck {

enum class Verdict { holds, defect, wasteful, undecided };

/// `holds`, `defect`, ...
const char* spelling(Verdict verdict);

/// Why one variant is wrong in one configuration (design: section 6.5 of the language).
struct Finding {
  std::string defect_class;           // id, such as `double_reduce`
  std::vector<std::string> branches;  // weights or inputs, in program order; may be empty
  std::string coefficient;            // `2 = tp`, `0`, `1/4`, `s`, `partly`, `?`; may be empty
  std::string group;                  // `tp`, `dp * tp`; may be empty
  std::vector<int> ranks;             // that hold a wrong value, ascending
  std::string operation;              // text of the first wrong operation; may be empty
  Position at;                        // where it stands in the file; line 0 when unknown
  std::string output;                 // name of the first wrong output; may be empty
  std::string detail;                 // one sentence for a person; may be empty
};

/// One value of the sweep: an axis size, a derived group's size, or a switch.
using NamedSize = std::pair<std::string, std::int64_t>;
using NamedSwitch = std::pair<std::string, SwitchValue>;

/// One configuration of a sweep.
struct Configured {
  std::vector<NamedSize> mesh;    // axes in their order
  std::vector<NamedSize> groups;  // derived groups in the order of the file
  std::vector<NamedSwitch> switches;
  std::int64_t ranks = 1;
};

/// The judgement of one variant in one configuration.
struct Cell {
  Configured configuration;
  std::string variant;
  Verdict verdict = Verdict::undecided;
  std::optional<Finding> finding;  // when verdict is defect
  std::string reason;              // when verdict is undecided
  std::string expected;            // `holds`, or `double_reduce(shared)`
  bool as_expected = false;
  std::int64_t collectives = 0;        // calls on the busiest rank, groups of size 1 not counted
  std::int64_t bytes = 0;              // elements that these calls move on that rank, times 4
  std::vector<std::string> uncovered;  // experts that no token chose: `experts[0] 3`
};

/// All failing cells of one variant with the same class and branches.
struct Condition {
  std::string variant;
  std::string defect_class;
  std::vector<std::string> branches;
  std::string condition;     // true exactly in the failing cells of the sweep; `always` possible
  std::size_t failing = 0;   // cells
  std::size_t layouts = 0;   // cells of the variant
  std::size_t smallest = 0;  // index into ScenarioResult::cells
};

/// Two variants run in one floating format in one configuration.
struct BitComparison {
  Configured configuration;
  std::string dtype;  // as in FormatTraits::name
  std::string left;   // variants
  std::string right;
  std::int64_t elements = 0;   // of all outputs, each distinct value once
  std::int64_t differing = 0;  // in bits; two NaN are the same
  std::string order{};         // of the collectives; empty: rank_order
  std::string refusal{};       // why the order is none here, and nothing was compared; else empty
  RoundingReport rounding{};   // of the elements, with the exact sum of what each is the sum of
  std::string undecided{};     // why it is undecided; else empty
};

/// What a proof beside the sweep says of a variant.
struct ProofNote {
  std::string variant;
  bool complete = false;       // every size is decided, and as the sweep has it where that looked
  std::string wrong_beyond{};  // sizes at which it is wrong, of which no layout was looked at
};

/// Everything about one scenario file.
struct ScenarioResult {
  std::string file;
  std::string title;
  std::string source;
  std::uint64_t seed = 0;
  std::string shape;        // `toy`, `full`
  std::vector<Cell> cells;  // variants in order of the file, then configurations in sweep order
  std::vector<Condition> conditions;
  std::vector<BitComparison> bits;
  std::vector<ProofNote> proofs;  // empty: none was tried
  std::size_t layouts = 0;        // configurations of the sweep
  std::size_t not_run = 0;        // configurations that ended in an error of the text
  std::size_t skipped = 0;        // configurations that a restriction of the command line left out
  double seconds = 0;             // wall time; never part of a comparison

  [[nodiscard]] std::size_t unexpected() const;
  [[nodiscard]] std::size_t undecided() const;
  /// Those of one variant, in order.
  [[nodiscard]] std::vector<const Cell*> cells_of(const std::string& variant) const;
};

struct Report {
  std::string version;  // `0.1.0 (1a2b3c4)`
  std::uint64_t seed = 0;
  std::vector<ScenarioResult> scenarios;
};

}  // namespace reducecheck
