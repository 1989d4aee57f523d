// SPDX-License-Identifier: Apache-2.0
// Every single fault in every right variant of the catalogue: random programs seldom lie close to
// what is right, these do.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "props/fault_experiment.hpp"
#include "props/prover_agreement.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck::props {
namespace {

const std::string directory = REDUCECHECK_SOURCE_DIR "/scenarios/catalogue";

struct MutantTotals {
  Agreement agreement;
  std::size_t found = 0;       // decided everywhere, and wrong somewhere
  std::size_t equivalent = 0;  // proved right
  std::size_t undecided = 0;   // in some configuration
};

void take_mutants(const Scenario& scenario, const Variant& variant, MutantTotals& totals) {
  const std::vector<Configuration> all = configurations(scenario, 8);
  const Agreement right = compared(scenario, variant, all);
  if (right.wrong > 0 || right.right == 0) return;
  const Program program = whole_program(scenario, variant);
  for (const Fault& fault : faults(program, group_names(scenario))) {
    const Scenario mutant = with_program(scenario, variant, plant(program, fault));
    const Agreement one = compared(mutant, mutant.variants[0], all);
    totals.agreement += one;
    ++(one.undecided > 0 ? totals.undecided : one.wrong > 0 ? totals.found : totals.equivalent);
    for (const std::string& what : one.disagreements) {
      ADD_FAILURE() << scenario.file << ' ' << variant.name << ": " << fault.name << ": " << what;
    }
  }
}

TEST(ProverMutants, NoFaultIsOverlookedAndNoneIsInvented) {
  MutantTotals totals;
  for (const Scenario& scenario : catalogue(directory)) {
    for (const Variant* variant : prove::variants_of(scenario)) {
      take_mutants(scenario, *variant, totals);
    }
  }
  fmt::print("{} found, {} equivalent (proved), {} undecided somewhere\n{}", totals.found,
             totals.equivalent, totals.undecided, summary(totals.agreement));
  EXPECT_GT(totals.found, totals.agreement.programs / 2);
  EXPECT_LT(totals.undecided, totals.agreement.programs / 10);
}

/// A prover that has not seen the fault says of the mutant what it says of the right program.
TEST(ProverMutants, AProverThatOverlooksFaultsIsCaught) {
  std::size_t planted = 0;
  std::size_t caught = 0;
  for (const Scenario& scenario : catalogue(directory)) {
    const Variant& variant = *prove::variants_of(scenario).front();
    const std::vector<Configuration> all = configurations(scenario, 4);
    const Program program = whole_program(scenario, variant);
    for (const Fault& fault : faults(program, group_names(scenario))) {
      const Scenario right = with_program(scenario, variant, program);
      const Scenario mutant = with_program(scenario, variant, plant(program, fault));
      const Agreement seen = compared(mutant, mutant.variants[0], all);
      const Agreement overlooked = compared(right, right.variants[0], mutant.variants[0], all);
      if (seen.wrong != compared(right, right.variants[0], all).wrong) ++planted;
      if (!overlooked.disagreements.empty()) ++caught;
      break;  // one of each scenario
    }
  }
  fmt::print("{} of {} overlooked faults that matter are caught\n", caught, planted);
  EXPECT_GT(planted, 20U);
  EXPECT_GE(caught, planted * 9 / 10);
}

}  // namespace
}  // namespace reducecheck::props
