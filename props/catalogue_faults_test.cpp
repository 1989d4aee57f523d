// SPDX-License-Identifier: Apache-2.0
// Every single fault in every right variant of the catalogue, as in the language manual,
// section 6.3: none ends unclassified, none ends the judge.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "props/fault_experiment.hpp"

namespace reducecheck::props {
namespace {

const std::string directory = REDUCECHECK_SOURCE_DIR "/scenarios/catalogue";

TEST(CatalogueFaults, EveryFaultOfTheManualIsNamed) {
  const FaultTotals totals = plant_all(catalogue(directory), 0, 1, true);
  fmt::print("{}", table(totals));
  for (const std::string& one : failure_texts(totals)) ADD_FAILURE() << one;
  // The manual planted 922 in fewer variants.
  EXPECT_GE(totals.planted, 922U);
  EXPECT_GT(totals.found, totals.planted / 2);
}

TEST(CatalogueFaults, EveryFaultOfEveryKindIsNamed) {
  const FaultTotals totals = plant_all(catalogue(directory), 0, 1, false);
  fmt::print("{}", table(totals));
  for (const std::string& one : failure_texts(totals)) ADD_FAILURE() << one;
}

}  // namespace
}  // namespace reducecheck::props
