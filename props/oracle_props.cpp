// SPDX-License-Identifier: Apache-2.0
// The interpreter against the third oracle: equal on every element of every reference program, and
// no planted mistake of either goes unnoticed.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "props/oracle_compare.hpp"
#include "props/oracle_program_generator.hpp"

namespace reducecheck::oracle {
namespace {

constexpr std::uint64_t seeds[] = {1, 2, 0x9e3779b97f4a7c15U};

TEST(Oracle, AgreesWithTheInterpreterOnEveryReferenceOfTheCatalogue) {
  Interpreter<Prime> prime;
  Interpreter<Mod64> mod64;
  std::size_t compared_in_prime = 0;
  std::size_t compared_in_mod64 = 0;
  for (const Scenario& scenario : catalogue()) {
    for (const Configuration& configuration : configurations(scenario, 4)) {
      const Scope scope(scenario, configuration);
      const Plan plan = plan_of(scope);
      for (const std::uint64_t seed : seeds) {
        ++compared_in_prime;
        ASSERT_EQ(difference(plan, scenario, question_in(scope, seed, Domain::prime), prime), "")
            << scenario.file << " seed " << seed;
        if (!runs_in<Mod64>(plan)) continue;
        ++compared_in_mod64;
        ASSERT_EQ(difference(plan, scenario, question_in(scope, seed, Domain::mod64), mod64), "")
            << scenario.file << " seed " << seed;
      }
    }
  }
  RecordProperty("compared_in_prime", std::to_string(compared_in_prime));
  RecordProperty("compared_in_mod64", std::to_string(compared_in_mod64));
  EXPECT_GT(compared_in_prime, 1'000U);
  EXPECT_GT(compared_in_mod64, 500U);
}

RC_GTEST_PROP(Oracle, AgreesWithTheInterpreterOnRandomReferences, ()) {
  const std::string text = *random_scenario();
  const std::uint64_t seed = *rc::gen::arbitrary<std::uint64_t>();
  RC_LOG() << text;
  const Scenario scenario = scenario_of(text);
  const Scope scope(scenario, configurations(scenario, 8).at(0));
  const Plan plan = plan_of(scope);
  Interpreter<Prime> prime;
  RC_ASSERT(difference(plan, scenario, question_in(scope, seed, Domain::prime), prime) == "");
  const bool divides = !runs_in<Mod64>(plan);
  RC_CLASSIFY(divides, "divides");
  if (divides) return;
  Interpreter<Mod64> mod64;
  RC_ASSERT(difference(plan, scenario, question_in(scope, seed, Domain::mod64), mod64) == "");
}

}  // namespace
}  // namespace reducecheck::oracle
