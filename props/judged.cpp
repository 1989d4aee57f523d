// SPDX-License-Identifier: Apache-2.0
#include "props/judged.hpp"

#include <fmt/format.h>

#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/report/json.hpp"

namespace reducecheck::props {
namespace {

template <class D>
TokenRows rows_of(const Plan& plan, const Run& run, const Interpreter<D>& values,
                  std::size_t rank) {
  const Requirement& required = plan.required[0][rank];
  const auto& tags = plan.tag_lists[static_cast<std::size_t>(required.tags)];
  const int id = run.outputs[0][rank];
  const PlanValue& shape = plan.values[static_cast<std::size_t>(id)];
  if (shape.rows != static_cast<int>(tags.size()) || shape.width != required.width) {
    throw std::logic_error("an output has another shape than is required");
  }
  TokenRows rows;
  const auto* first = values.numbers(id);
  for (const RowTag& tag : tags) {
    rows[{tag.owner, tag.index}] = std::vector<std::uint64_t>(first, first + shape.width);
    first += shape.width;
  }
  return rows;
}

}  // namespace

ScenarioResult judged(const Scenario& scenario, const CheckOptions& options) {
  Diagnostics diagnostics;
  ScenarioResult result = check_scenario(scenario, options, diagnostics);
  if (!diagnostics.empty()) throw IllFormed(diagnostics.sorted().front().message);
  return result;
}

ScenarioResult judged(const Scenario& scenario, std::uint64_t seed, int threads) {
  CheckOptions options;
  options.seed = seed;
  options.threads = threads;
  return judged(scenario, options);
}

std::string everything(const ScenarioResult& result) {
  ScenarioResult timeless = result;
  timeless.seconds = 0;
  Report report;
  report.seed = result.seed;
  report.scenarios = {timeless};
  return json_report(report);
}

Plan first_plan(const Scenario& scenario) {
  Diagnostics diagnostics;
  const Sweep configurations = sweep(scenario, {}, diagnostics);
  if (!diagnostics.empty() || configurations.configurations.empty()) {
    throw std::logic_error("the scenario has no configuration");
  }
  const Scope scope(scenario, configurations.configurations.front());
  std::vector<const Variant*> variants;
  for (const Variant& variant : scenario.variants) variants.push_back(&variant);
  return unroll(scope, variants);
}

template <class D>
std::vector<TokenRows> rows_by_rank(const Plan& plan, const Run& run, std::uint64_t seed) {
  if (run.finding) throw std::logic_error(run.finding->detail);
  Interpreter<D> values;
  values.load(plan);
  values.run(seed);
  std::vector<TokenRows> rows;
  for (std::size_t rank = 0; rank < run.outputs[0].size(); ++rank) {
    rows.push_back(rows_of(plan, run, values, rank));
  }
  return rows;
}

template <class D>
TokenRows rows_by_token(const Plan& plan, const Run& run, std::uint64_t seed) {
  TokenRows all;
  for (const TokenRows& rows : rows_by_rank<D>(plan, run, seed)) {
    for (const auto& [token, row] : rows) {
      const auto [found, is_new] = all.try_emplace(token, row);
      if (is_new || found->second == row) continue;
      throw std::logic_error(fmt::format("two ranks hold different rows of token ({}, {})",
                                         token.first, token.second));
    }
  }
  return all;
}

template std::vector<TokenRows> rows_by_rank<Prime>(const Plan&, const Run&, std::uint64_t);
template TokenRows rows_by_token<Prime>(const Plan&, const Run&, std::uint64_t);
template TokenRows rows_by_token<Mod64>(const Plan&, const Run&, std::uint64_t);

}  // namespace reducecheck::props
