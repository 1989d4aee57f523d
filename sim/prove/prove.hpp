// SPDX-License-Identifier: Apache-2.0
// One verdict for every size: whether a variant equals the reference for all sizes of all axes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// How often one weight's addend is counted where it is used first, in one case of the proof.
struct AddendCount {
  std::string name;  // of the weight or input
  std::int64_t layer = 0;
  std::string count;   // `1`, `tp`, `partial over moe_tp`, `0`; as a person writes it
  std::string wanted;  // the reference's
  bool right = true;
};

/// One case: a region of configurations in which the program is uniform in the sizes.
struct ProofCase {
  std::vector<std::string> facts;  // `tp > 1`, `use_ep`, ...; all of them together are the case
  Verdict verdict = Verdict::undecided;
  bool empty = false;  // no configuration is in it, or none in which the text has a
                       // meaning; the verdict is then `holds`
  std::string reason;  // when undecided
  std::vector<AddendCount> counts;
  std::optional<Finding> finding;  // of a defect: as the exact run at `witness` shows it
  std::optional<Configuration> witness;
};

/// The proof of one variant.
struct Proof {
  std::string variant;
  Verdict verdict = Verdict::undecided;  // holds: in all cases; defect: in some; else undecided
  std::vector<ProofCase> cases;          // they partition the configurations
  std::string condition;    // of a defect: true exactly in the failing cases, for every size; empty
                            // where only the list of cases says it
  std::string coefficient;  // of a defect: of the wrong addend, in the words of the sizes
  std::string reason;       // of the first undecided case
};

struct ProveOptions {
  std::int64_t witness_ranks = 16;  // a defect is confirmed by an exact run of at most so many
  std::size_t cases = 4096;         // beyond it the variant is undecided
  std::uint64_t seed = 1;
};

/// Whether `variant` (an index into the variants; the only program if there are none) equals the
/// reference for all axis sizes. Axis lists, `ranks`, and comparisons of `where` with numbers are
/// samples and bound nothing; an axis with a single size keeps it, switches take their values, and
/// sizes that nobody set are free. A configuration whose placements do not divide is none.
/// `defect` is said only where the exact interpreter, run at the witness, is wrong too.
Proof prove_variant(const Scenario& scenario, std::size_t variant,
                    const ProveOptions& options = {});

/// Every variant, in the order of the file.
std::vector<Proof> prove_scenario(const Scenario& scenario, const ProveOptions& options = {});

/// A proof beside a sweep.
struct SweptProof {
  std::vector<Verdict>
      verdicts;                // of each configuration; undecided where no case is known to have it
  bool complete = false;       // every case is decided, those outside the sweep included
  std::string wrong_beyond{};  // a case that is wrong and has none of them: `tp > 4`
};

SweptProof prove_beside(const Scenario& scenario, std::size_t variant,
                        const std::vector<Configuration>& configurations,
                        const ProveOptions& options = {});

}  // namespace reducecheck
