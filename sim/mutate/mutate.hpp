// SPDX-License-Identifier: Apache-2.0
// Whether the layouts of a file would notice each single fault of its own programs.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/text/diagnostic.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/judge/check.hpp"
#include "sim/mutate/mutant.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

enum class MutantOutcome {
  caught,      // a layout of the sweep is wrong
  missed,      // none is, but one beyond the sweep where the program holds, or with other inputs
  equivalent,  // right for all sizes that `where` allows, which is proved
  undecided,   // no layout that was run is wrong, and the proof does not go all the way
  invalid,     // an error of the text in some layout, and wrong in none
};

/// `caught`, `missed`, ...
const char* spelling(MutantOutcome outcome);

struct JudgedMutant {
  Mutant mutant;
  MutantOutcome outcome = MutantOutcome::undecided;
  std::optional<Configured> layout;  // caught, missed, invalid: a small one in which it shows
  std::string defect_class;          // there; empty where only other inputs show it
  std::vector<std::string> branches;
  std::string addition;  // missed: what `mesh` must say for the sweep to have that layout; empty
                         // where no list of sizes is what hides it
  std::string reason;    // invalid, undecided, and missed without an addition
};

struct MutatedVariant {
  std::string variant;
  std::size_t layouts = 0;  // of the sweep
  std::size_t wrong = 0;    // of these, without any edit; there are no mutants then
  bool limited = false;     // a text too long for all of its mutants
  std::vector<JudgedMutant> mutants;
};

struct MutationResult {
  std::string file;
  std::string title;
  std::vector<MutatedVariant> variants;
  double seconds = 0;  // wall time; never part of a comparison
};

/// How many mutants of the variant, or of all, ended so; by the number of the outcome.
using OutcomeCounts = std::array<std::size_t, 5>;
OutcomeCounts counts_of(const MutatedVariant& variant);
OutcomeCounts counts_of(const MutationResult& result);

/// Every mutant of each variant that `options` names and that holds in every layout of the sweep,
/// judged as a check judges that sweep at toy dimensions, and by the prover; equal
/// for every number of threads. With `only_list` the mutants are made and not judged. Errors of the
/// unedited text, and unknown names in `options`, go to `diagnostics`; nothing is mutated then.
MutationResult mutate_scenario(const Scenario& scenario, const CheckOptions& options,
                               bool only_list, Diagnostics& diagnostics);

/// What must be added to `mesh` so that the sweep of the file has the configuration, such as
/// `tp = [1, 2], ranks = 4`; empty if it has it, or if that is not enough.
std::string mesh_addition(const Scenario& scenario, const Configuration& at);

}  // namespace reducecheck
