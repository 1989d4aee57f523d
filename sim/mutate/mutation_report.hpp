// SPDX-License-Identifier: Apache-2.0
// Mutants as text and JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/mutate/mutate.hpp"

namespace reducecheck {

/// A line `file:line:col: missed: before -> after  [kind]` for each mutant that is missed or
/// undecided, with what shows it below; with `all` for every mutant. Then the variants that are not
/// mutated. Ends in a line break, or is empty.
std::string mutation_text(const MutationResult& result, bool all);

/// The same lines without an outcome.
std::string mutant_list(const MutationResult& result);

/// `31 mutants: 20 caught, 3 missed, 8 equivalent, 0 undecided, 0 invalid`.
std::string mutation_summary(const OutcomeCounts& counts);

/// Format `reducecheck.mutants/1`: every mutant with its outcome, which is `listed` where none was
/// judged. Times are left out, so that equal runs give equal files.
std::string mutation_json(const std::vector<MutationResult>& results, bool only_list,
                          const std::string& version, std::uint64_t seed);

}  // namespace reducecheck
