// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/draft.hpp"

#include <filesystem>
#include <set>

#include "sim/repair/edits.hpp"
#include "sim/repair/repaired_test.hpp"

namespace reducecheck::repair {
namespace {

std::vector<Candidate> candidates_of(Draft& draft, const Scenario& scenario,
                                     const ScenarioResult& result, const std::string& variant) {
  std::vector<const Cell*> cells;
  for (const Cell& cell : result.cells) {
    if (cell.variant == variant) cells.push_back(&cell);
  }
  const Facts facts = facts_of(draft.scenario(), cells);
  edit_flags(draft, facts);
  edit_collectives(draft, facts);
  edit_placements(draft, facts);
  edit_addends(draft, facts);
  edit_conditions(draft, facts);
  edit_as_variants(draft, scenario);
  return draft.take();
}

TEST(Draft, IsLeftAsItWasByEveryEdit) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() != ".toml") continue;
    const std::filesystem::path name = entry.path().lexically_relative("scenarios/catalogue");
    const Scenario scenario = from_catalogue((name.parent_path() / name.stem()).string());
    const ScenarioResult result = sweep_of(scenario);
    for (const std::string& variant : failing_variants(result)) {
      Draft draft(scenario, variant, 1'000);
      const std::string before = text_of_variant(draft.scenario());
      std::set<std::string> texts{before};
      for (const Candidate& one : candidates_of(draft, scenario, result, variant)) {
        EXPECT_TRUE(texts.insert(text_of_variant(one.scenario)).second)
            << name << ": " << variant << ": " << one.words << " changes nothing new";
        EXPECT_GT(one.size, 0U) << one.words;
        EXPECT_FALSE(one.words.empty());
      }
      EXPECT_GT(texts.size(), 1U) << name << ": " << variant;
      EXPECT_EQ(text_of_variant(draft.scenario()), before) << name << ": " << variant;
    }
  }
}

TEST(WordsChanged, CountsWordsTakenAwayAndAdded) {
  EXPECT_EQ(words_changed("y = a + b", "y = a + b"), 0U);
  EXPECT_EQ(words_changed("y = all_reduce(a, tp)", "y = all_reduce(a, ep)"), 2U);
  EXPECT_EQ(words_changed("y = a", "y = a / tp"), 2U);
  EXPECT_EQ(words_changed("y = all_reduce(a + b, tp)", "y = all_reduce(a, tp) + b"), 4U);
}

TEST(IsBoolean, KnowsConditionsByTheirForm) {
  EXPECT_TRUE(is_boolean(binary(BinaryOp::greater, named("tp"), number(1))));
  EXPECT_TRUE(is_boolean(negated(named("fused"))));
  EXPECT_FALSE(is_boolean(named("fused")));
  EXPECT_FALSE(is_boolean(binary(BinaryOp::add, named("a"), named("b"))));
}

}  // namespace
}  // namespace reducecheck::repair
