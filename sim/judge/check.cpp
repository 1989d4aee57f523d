// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "scenarios/unroll/sweep.hpp"
#include "sim/judge/check_parts.hpp"
#include "sim/judge/condition.hpp"
#include "sim/judge/on_threads.hpp"
#include "sim/profile/phase.hpp"

namespace reducecheck {
namespace {

using Judged = std::vector<JudgedConfiguration>;

std::vector<const Variant*> chosen_variants(const Scenario& scenario, const CheckOptions& options,
                                            Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const Variant& variant : scenario.variants) names.push_back(variant.name);
  for (const std::string& name : options.variants) {
    if (std::ranges::find(names, name) == names.end()) {
      diagnostics.error({}, fmt::format("unknown variant `{}`", name), did_you_mean(name, names));
    }
  }
  std::vector<const Variant*> chosen;
  for (const Variant& variant : scenario.variants) {
    if (options.variants.empty() ||
        std::ranges::find(options.variants, variant.name) != options.variants.end()) {
      chosen.push_back(&variant);
    }
  }
  return chosen;
}

std::string name_of(const Configured& c) {
  std::string text;
  for (const auto& [name, size] : c.mesh) text += fmt::format(" {}={}", name, size);
  for (const auto& [name, value] : c.switches) {
    if (const bool* truth = std::get_if<bool>(&value)) {
      text += fmt::format(" {}={}", name, *truth);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      text += fmt::format(" {}={}", name, *number);
    } else {
      text += fmt::format(" {}={}", name, std::get<std::string>(value));
    }
  }
  return text;
}

/// An error of many configurations is reported once, with the first of them.
void report_errors(const Judged& judged, Diagnostics& diagnostics) {
  std::set<Diagnostic> seen;
  for (const JudgedConfiguration& j : judged) {
    if (!j.error || !seen.insert(*j.error).second) continue;
    diagnostics.error(j.error->at,
                      fmt::format("{} (in{})", j.error->message, name_of(j.point.configuration)),
                      j.error->hint);
  }
}

/// A double or missing reduction whose sum is, somewhere in the sweep, a deferred one.
void defer(Judged& judged, std::size_t variant) {
  std::set<Position> events;
  std::set<std::string> weights;
  for (const JudgedConfiguration& j : judged) {
    if (j.error) continue;
    events.insert(j.cells[variant].deferred_events.begin(), j.cells[variant].deferred_events.end());
    weights.insert(j.cells[variant].deferred_weights.begin(),
                   j.cells[variant].deferred_weights.end());
  }
  for (JudgedConfiguration& j : judged) {
    if (j.error || !j.cells[variant].cell.finding) continue;
    const DeferralQuestion& question = j.cells[variant].question;
    const bool paid_twice = question.double_reduce && events.contains(question.event);
    const bool never_paid = std::ranges::any_of(
        question.missing, [&](const std::string& weight) { return weights.contains(weight); });
    if (paid_twice || never_paid) {
      j.cells[variant].cell.finding->defect_class = "deferred_reduce";
    }
  }
}

/// The conditions of one variant, whose cells begin with `first`. `deviations` are the causes that
/// one class and branch may have: a sum may be lost here and paid twice there.
std::vector<Condition> conditions_of(const ScenarioResult& result,
                                     const std::vector<ConditionPoint>& points, std::size_t first,
                                     const std::vector<int>& deviations) {
  const std::size_t count = points.size();
  std::vector<Condition> conditions;
  std::set<std::pair<std::string, std::vector<std::string>>> seen;
  for (std::size_t i = first; i < first + count; ++i) {
    const Cell& cell = result.cells[i];
    if (!cell.finding || cell.verdict != Verdict::defect) continue;
    const std::pair key{cell.finding->defect_class, cell.finding->branches};
    if (!seen.insert(key).second) continue;
    Condition condition{cell.variant, key.first, key.second, "", 0, count, i};
    std::vector<bool> failing(count);
    for (std::size_t k = 0; k < count; ++k) {
      const Cell& other = result.cells[first + k];
      failing[k] = other.verdict == Verdict::defect && other.finding &&
                   other.finding->defect_class == key.first &&
                   other.finding->branches == key.second;
      if (!failing[k]) continue;
      ++condition.failing;
      if (other.configuration.ranks < result.cells[condition.smallest].configuration.ranks) {
        condition.smallest = first + k;
      }
    }
    condition.condition = failing_condition(points, failing, deviations);
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

void collect(Judged& judged, std::size_t variants, ScenarioResult& result) {
  const InPhase phase(Phase::judging);
  std::vector<ConditionPoint> points;
  for (const JudgedConfiguration& j : judged) {
    if (!j.error) points.push_back(j.point);
  }
  for (std::size_t v = 0; v < variants; ++v) {
    defer(judged, v);
    const std::size_t first = result.cells.size();
    std::vector<int> deviations;
    for (JudgedConfiguration& j : judged) {
      if (j.error) continue;
      JudgedCell& cell = j.cells[v];
      cell.cell.expected = spelled(cell.expected);
      cell.cell.as_expected = matches(cell.cell, cell.expected);
      result.cells.push_back(std::move(cell.cell));
      deviations.push_back(static_cast<int>(cell.deviation));
    }
    std::vector<Condition> found = conditions_of(result, points, first, deviations);
    result.conditions.insert(result.conditions.end(), found.begin(), found.end());
  }
  for (const JudgedConfiguration& j : judged) {
    result.bits.insert(result.bits.end(), j.bits.begin(), j.bits.end());
  }
}

}  // namespace

std::vector<JudgedConfiguration> judge_all(const Scenario& scenario, const CheckOptions& options,
                                           const std::vector<const Variant*>& variants,
                                           const std::vector<Configuration>& configurations) {
  std::vector<JudgedConfiguration> judged(configurations.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> done = 0;
  on_threads(thread_count(options.threads, configurations.size()), [&] {
    CellJudge judge(scenario, options, variants);
    for (std::size_t i = next++; i < configurations.size(); i = next++) {
      judged[i] = judge.judge(configurations[i]);
      const std::size_t finished = ++done;
      if (options.progress) {
        options.progress(finished * variants.size(), configurations.size() * variants.size());
      }
    }
  });
  return judged;
}

std::optional<BegunCheck> begin_check(const Scenario& scenario, const CheckOptions& options,
                                      Diagnostics& diagnostics) {
  BegunCheck check;
  ScenarioResult& result = check.result;
  result.file = scenario.file;
  result.title = scenario.title;
  result.source = scenario.source;
  result.seed = options.seed;
  result.shape = options.shape == Shape::full ? "full" : "toy";
  check.variants = chosen_variants(scenario, options, diagnostics);
  Sweep configurations = sweep(scenario, {options.mesh, options.up_to_ranks}, diagnostics);
  if (!diagnostics.empty()) return std::nullopt;
  if (configurations.configurations.empty()) {
    diagnostics.error({}, "no configuration is left to check",
                      "the mesh of the file, its `where` and --mesh rule each other out");
    return std::nullopt;
  }
  result.layouts = configurations.configurations.size();
  result.skipped = configurations.left_out;
  check.configurations = std::move(configurations.configurations);
  return check;
}

ScenarioResult end_check(BegunCheck check, std::vector<JudgedConfiguration> judged,
                         Diagnostics& diagnostics) {
  report_errors(judged, diagnostics);
  check.result.not_run = static_cast<std::size_t>(
      std::ranges::count_if(judged, [](const auto& j) { return j.error.has_value(); }));
  collect(judged, check.variants.size(), check.result);
  return std::move(check.result);
}

ScenarioResult check_scenario(const Scenario& scenario, const CheckOptions& options,
                              Diagnostics& diagnostics) {
  const auto start = std::chrono::steady_clock::now();
  std::optional<BegunCheck> check = begin_check(scenario, options, diagnostics);
  if (!check) {
    ScenarioResult nothing;
    nothing.file = scenario.file;
    return nothing;
  }
  Judged judged = judge_all(scenario, options, check->variants, check->configurations);
  ScenarioResult result = end_check(std::move(*check), std::move(judged), diagnostics);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  result.seconds = elapsed.count();
  return result;
}

}  // namespace reducecheck
