// SPDX-License-Identifier: Apache-2.0
// The shipped scenarios notice the faults of their own programs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "scenarios/frame/load.hpp"
#include "scenarios/text/files_test.hpp"
#include "sim/mutate/mutation_report.hpp"

namespace reducecheck {
namespace {

std::size_t number(const OutcomeCounts& counts, MutantOutcome outcome) {
  return counts[static_cast<std::size_t>(outcome)];
}

/// Caught, of those that are known to be wrong for some sizes.
double score(const OutcomeCounts& counts) {
  const std::size_t caught = number(counts, MutantOutcome::caught);
  const std::size_t all = caught + number(counts, MutantOutcome::missed);
  return all == 0 ? 1 : static_cast<double>(caught) / static_cast<double>(all);
}

TEST(CatalogueMutants, AtLeast95PercentOfEachProgramsFaultsAreCaught) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  EXPECT_GT(files.size(), 70U);
  OutcomeCounts all{};
  for (const std::filesystem::path& file : files) {
    Diagnostics diagnostics;
    const auto scenario = load_scenario(file_text(file), file.string(), diagnostics);
    ASSERT_TRUE(scenario) << file;
    const MutationResult result = mutate_scenario(*scenario, {}, false, diagnostics);
    ASSERT_TRUE(diagnostics.empty()) << render(diagnostics, file.string(), file_text(file));
    for (const MutatedVariant& variant : result.variants) {
      const OutcomeCounts own = counts_of(variant);
      for (std::size_t i = 0; i < all.size(); ++i) all[i] += own[i];
      if (variant.wrong > 0) continue;
      EXPECT_GE(score(own), 0.95) << mutation_text(result, false);
      std::cout << fmt::format("{:5.1f} %  {} {}: {}", 100 * score(own), file.string(),
                               variant.variant, mutation_summary(own));
    }
    std::cout << mutation_text(result, false);
  }
  std::cout << fmt::format("{:5.1f} %  {}", 100 * score(all), mutation_summary(all));
  EXPECT_GE(number(all, MutantOutcome::caught), 3000U);
  // Right in every layout of up to eight ranks, and beyond the prover's rules.
  EXPECT_LE(number(all, MutantOutcome::undecided), 25U);
}

}  // namespace
}  // namespace reducecheck
