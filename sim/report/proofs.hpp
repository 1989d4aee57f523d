// SPDX-License-Identifier: Apache-2.0
// Proofs as text and JSON.
#pragma once

#include <string>
#include <vector>

#include "sim/prove/prove.hpp"
#include "sim/report/columns.hpp"

namespace reducecheck {

/// The proofs of one scenario.
struct ScenarioProofs {
  const Scenario* scenario = nullptr;
  std::vector<Proof> proofs;
  double seconds = 0;  // wall time; never part of a comparison
};

/// `holds for all sizes`, `defect for all sizes where ...`, `undecided`, and how many cases.
std::string proof_words(const Proof& proof);

/// A table with a line for each variant, a block for each defect and each undecided variant; with
/// `options.verbose` every case. Ends in a line break.
std::string proofs_text(const ScenarioProofs& proofs, TextOptions options);

/// Format `reducecheck.proofs/1`: verdict, condition and cases of every variant.
std::string proofs_json(const std::vector<ScenarioProofs>& all, const std::string& version);

}  // namespace reducecheck
