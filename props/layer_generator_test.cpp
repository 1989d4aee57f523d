// SPDX-License-Identifier: Apache-2.0
// The generator: every layer and everything it shrinks to is valid, and all pairs of features
// occur.
#include "props/layer_generator.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "props/judged.hpp"

namespace reducecheck::props {
namespace {

using Feature = std::pair<std::string, std::string>;
using Pair = std::pair<Feature, Feature>;

/// Why two features exclude each other; in words of features(), either way round.
struct Exclusion {
  Feature one;
  std::vector<Feature> others;
};
const std::vector<Exclusion> exclusions = {
    {{"layers", "1"}, {{"dense_first", "yes"}}},  // the dense layer is the first of two
    {{"dp", "1"}, {{"uneven", "yes"}}},           // one owner
    {{"branches", "routed"}, {{"gated", "yes"}, {"sums", "merged"}, {"sums", "per_branch"}}},
    {{"branches", "shared"},
     {{"scale", "output"},
      {"scale", "weights"},
      {"shuffled", "yes"},
      {"sums", "merged"},
      {"sums", "per_branch"},
      {"ep", "1"},
      {"ep", ">1"}}},
    {{"branches", "both"}, {{"sums", "one"}}},
    // Features that only exist beside experts.
    {{"ep", "unused"},
     {{"branches", "routed"},
      {"branches", "both"},
      {"scale", "output"},
      {"scale", "weights"},
      {"shuffled", "yes"},
      {"sums", "merged"},
      {"sums", "per_branch"}}},
};

bool excluded(const Feature& a, const Feature& b) {
  return std::ranges::any_of(exclusions, [&](const Exclusion& e) {
    const auto lists = [&](const Feature& f) {
      return std::ranges::find(e.others, f) != e.others.end();
    };
    return (e.one == a && lists(b)) || (e.one == b && lists(a));
  });
}

LayerSpec drawn(int seed) {
  const auto random = rc::Random(static_cast<std::uint64_t>(seed));
  return rc::gen::arbitrary<LayerSpec>()(random, rc::kNominalSize).value();
}

TEST(LayerGenerator, TheSmallestLayerIsSmall) {
  const std::string text = scenario_text(LayerSpec{});
  EXPECT_LE(std::ranges::count(text, '\n'), 34) << text;
  EXPECT_EQ(judged(scenario_of(LayerSpec{})).unexpected(), 0U);
}

RC_GTEST_PROP(LayerGenerator, EveryShrunkLayerIsValid, ()) {
  const auto random = *rc::gen::arbitrary<std::uint64_t>();
  const auto layer = rc::gen::arbitrary<LayerSpec>()(rc::Random(random), rc::kNominalSize);
  RC_ASSERT(scenario_of(layer.value()).variants.size() == 1U);
  auto shrinks = layer.shrinks();
  while (const auto smaller = shrinks.next()) {
    RC_ASSERT(first_plan(scenario_of(smaller->value())).variants.size() == 1U);
  }
}

RC_GTEST_PROP(LayerGenerator, OnlyTheEffectiveFieldsCount, (const LayerSpec& spec)) {
  RC_ASSERT(effective(effective(spec)) == effective(spec));
  RC_ASSERT(scenario_text(effective(spec)) == scenario_text(spec));
}

TEST(LayerGenerator, CoversEveryFeasiblePairOfFeatures) {
  constexpr int draws = 2'000;
  std::map<std::string, std::set<std::string>> values;
  std::map<Pair, int> seen;
  for (int i = 0; i < draws; ++i) {
    std::vector<Feature> all = features(drawn(i));
    std::ranges::sort(all);
    for (std::size_t a = 0; a < all.size(); ++a) {
      values[all[a].first].insert(all[a].second);
      for (std::size_t b = a + 1; b < all.size(); ++b) ++seen[{all[a], all[b]}];
    }
  }
  int feasible = 0;
  int rarest = draws;
  std::string table;
  for (const auto& [name, choices] : values) {
    for (const std::string& choice : choices) {
      std::string row;
      for (auto other = values.upper_bound(name); other != values.end(); ++other) {
        for (const std::string& second : other->second) {
          const Feature a{name, choice};
          const Feature b{other->first, second};
          const int count = seen[{a, b}];
          if (excluded(a, b)) {
            EXPECT_EQ(count, 0) << name << '=' << choice << " with " << b.first << '=' << second;
            continue;
          }
          EXPECT_GT(count, 0) << name << '=' << choice << " with " << b.first << '=' << second;
          ++feasible;
          rarest = std::min(rarest, count);
          row += fmt::format(" {}={}:{}", b.first, second, count);
        }
      }
      table += fmt::format("{}={} with{}\n", name, choice, row);
    }
  }
  fmt::print("{}{} feasible pairs of {} features in {} draws, the rarest {} times\n", table,
             feasible, values.size(), draws, rarest);
  EXPECT_EQ(values.size(), features(LayerSpec{}).size());
}

}  // namespace
}  // namespace reducecheck::props
