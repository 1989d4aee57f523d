// SPDX-License-Identifier: Apache-2.0
// Every kind of step is run by some scenario: by the catalogue, or by the one below.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>

#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {
namespace {

constexpr int kinds = static_cast<int>(StepKind::combine) + 1;

// What no file of the catalogue uses: an input of ids, a number divided by a tensor, sums over
// rows, the maximum of each row, all_reduce to an average, reduce_scatter by columns, and
// broadcast. `right` is equal to the reference on every rank.
const std::string rest = R"toml(title = "the rest"
mesh = { axes = ["tp"], tp = [2, 4] }
input = { x = "tokens, hidden", words = "tokens, index(vocab)" }
output = { y = "tokens, hidden" }

[weights]
embedding = "table(vocab, hidden)"
scale = "scalar"
square = "linear(hidden, hidden)"
[program]
reference = '''
h = embedding(words) * scale + quant(x, amax(x)) - x @ square
y = h + 1 / (2 + max(h)) + sum(h, rows) + where(words > 1, 1, h)
'''
distributed = '''
h = broadcast(embedding(words), tp) * scale + quant(x, all_reduce(amax(chunk(x, tp)), tp, op="max"))
h = all_reduce(h - x @ square, tp, op="avg")
part = (chunk(h, tp, dim=cols) + reduce_scatter(h, tp, dim=cols) / tp) / 2
largest = all_reduce(max(part), tp, op="max")
part = part + 1 / (2 + largest) + sum(part, rows) + where(words > 1, 1, part)
y = all_gather(part, tp, dim=cols)
'''

[variant]
right = "pass"
)toml";

std::optional<Scenario> load(const std::string& text, const std::string& file) {
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, file, diagnostics);
  if (!scenario) ADD_FAILURE() << render(diagnostics, file, text);
  return scenario;
}

/// The plans of every configuration of at most four ranks.
std::vector<Plan> plans(const Scenario& scenario) {
  Diagnostics diagnostics;
  std::vector<Plan> all;
  for (const Configuration& configuration : sweep(scenario, {}, diagnostics).configurations) {
    const auto& axes = configuration.axes;
    if (std::accumulate(axes.begin(), axes.end(), std::int64_t{1}, std::multiplies()) > 4) continue;
    std::vector<const Variant*> variants;
    for (const Variant& variant : scenario.variants) variants.push_back(&variant);
    all.push_back(unroll(Scope(scenario, configuration), variants));
  }
  EXPECT_TRUE(diagnostics.empty());
  return all;
}

std::set<int> kinds_of(const std::vector<Plan>& plans) {
  std::set<int> found;
  for (const Plan& plan : plans) {
    for (const Step& step : plan.steps) found.insert(static_cast<int>(step.kind));
  }
  return found;
}

std::set<int> kinds_of_catalogue() {
  std::set<int> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/catalogue")) {
    if (entry.path().extension() != ".toml") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const auto scenario =
        load(std::string(std::istreambuf_iterator<char>(in), {}), entry.path().string());
    if (scenario) found.merge(kinds_of(plans(*scenario)));
  }
  return found;
}

std::string missing_from(const std::set<int>& found) {
  std::string text;
  for (int kind = 0; kind < kinds; ++kind) {
    if (!found.contains(kind)) text += std::to_string(kind) + ' ';
  }
  return text;
}

TEST(StepKinds, EveryOneIsReached) {
  std::set<int> found = kinds_of_catalogue();
  RecordProperty("not_in_the_catalogue", missing_from(found));
  const auto scenario = load(rest, "rest.toml");
  ASSERT_TRUE(scenario);
  found.merge(kinds_of(plans(*scenario)));
  EXPECT_EQ(missing_from(found), "");
}

TEST(StepKinds, TheRestHolds) {
  const auto scenario = load(rest, "rest.toml");
  ASSERT_TRUE(scenario);
  Interpreter<Prime> interpreter;
  for (const Plan& plan : plans(*scenario)) {
    ASSERT_FALSE(plan.variants[0].finding) << plan.variants[0].finding->detail;
    interpreter.load(plan);
    interpreter.run(1);
    EXPECT_EQ(wrong_outputs(plan, plan.variants[0], interpreter).size(), 0U);
  }
}

}  // namespace
}  // namespace reducecheck
