// SPDX-License-Identifier: Apache-2.0
// The prover against exact runs on random straight-line programs over every operation. What it says
// of a configuration is what the run there shows, or nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "props/layer_generator.hpp"
#include "props/prover_agreement.hpp"
#include "props/prover_program.hpp"

namespace reducecheck::props {
namespace {

TEST(ProverRandom, StraightLines) {
  Agreement totals;
  EXPECT_TRUE(rc::check("the prover agrees with exact runs", [&](const StraightLine& line) {
    const std::string text = scenario_text(line);
    const std::string disagreement = first_disagreement(loaded(text), totals, REDUCECHECK_ONE_IN);
    if (!disagreement.empty()) RC_FAIL(disagreement + '\n' + text);
  }));
  fmt::print("{}", summary(totals));
  EXPECT_GT(totals.mixed, totals.programs / 10);
}

}  // namespace
}  // namespace reducecheck::props
