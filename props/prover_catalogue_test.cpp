// SPDX-License-Identifier: Apache-2.0
// Every shipped scenario in every layout of many rank counts: what is proved for all sizes against
// exact runs at single ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "props/fault_experiment.hpp"
#include "props/prover_agreement.hpp"
#include "sim/prove/exact_runs.hpp"

namespace reducecheck::props {
namespace {

const std::string directory = REDUCECHECK_SOURCE_DIR "/scenarios/catalogue";

/// All to 16, and of the larger the powers of two and their multiples of 3.
std::vector<std::int64_t> rank_counts() {
  std::vector<std::int64_t> counts;
  for (std::int64_t ranks = 1; ranks <= 16; ++ranks) counts.push_back(ranks);
  counts.insert(counts.end(), {24, 32, 48, 64, 96, 128});
  return counts;
}

/// An exact run costs about as much as the square of its ranks; so many ranks squared are run for a
/// variant, smallest layouts first.
constexpr std::int64_t budget = 120'000;

TEST(ProverCatalogue, EveryLayoutOfEveryScenario) {
  Agreement totals;
  std::size_t left_out = 0;
  for (const Scenario& scenario : catalogue(directory)) {
    for (const Variant* variant : prove::variants_of(scenario)) {
      std::vector<Configuration> all;
      std::int64_t spent = 0;
      for (const std::int64_t ranks : rank_counts()) {
        for (const Configuration& at : configurations_of(scenario, ranks)) {
          spent += ranks * ranks;
          if (spent <= budget) all.push_back(at);
          left_out += spent > budget ? 1 : 0;
        }
      }
      const Agreement one = compared(scenario, *variant, all);
      totals += one;
      for (const std::string& what : one.disagreements) {
        ADD_FAILURE() << scenario.file << ' ' << variant->name << ": " << what;
      }
    }
  }
  fmt::print("{}{} of the largest layouts left out\n", summary(totals), left_out);
  EXPECT_LT(totals.undecided, totals.cells / 10);
}

}  // namespace
}  // namespace reducecheck::props
