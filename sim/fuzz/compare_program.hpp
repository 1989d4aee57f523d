// SPDX-License-Identifier: Apache-2.0
// One program under every interpreter that gives an exact verdict, layout by layout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/unroll/scope.hpp"
#include "sim/report/result.hpp"

namespace reducecheck {

/// What a prover says of the first variant in each of the configurations; `undecided` where it says
/// nothing.
using VerdictFunction =
    std::function<std::vector<Verdict>(const Scenario&, const std::vector<Configuration>&)>;

/// The verdicts of prove_beside.
std::vector<Verdict> proved_verdicts(const Scenario& scenario,
                                     const std::vector<Configuration>& configurations);

/// Two verdicts that cannot both be true.
struct FuzzDisagreement {
  Configuration at;
  std::string sentence;  // `tp=2: right modulo 2^61 - 1, a defect says the prover`
};

struct ProgramComparison {
  std::size_t cells = 0;  // configurations in which the text has a meaning
  std::size_t right = 0;
  std::size_t wrong = 0;
  std::size_t modulo_64 = 0;                     // cells that were run modulo 2^64 as well
  std::size_t undecided = 0;                     // cells of which the prover says nothing
  std::size_t meaningless = 0;                   // configurations
  std::optional<FuzzDisagreement> disagreement;  // the first
};

/// The first variant in every configuration of at most `ranks` ranks: exact runs modulo 2^61 - 1
/// and, where no step divides, modulo 2^64, against each other and against `prover`. A verdict of
/// one run that nothing but a choice of inputs can explain is asked again with more inputs.
ProgramComparison compare_program(const Scenario& scenario, std::uint64_t seed, std::int64_t ranks,
                                  const VerdictFunction& prover);

}  // namespace reducecheck
