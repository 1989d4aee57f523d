// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/cell.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/unroll.hpp"
#include "sim/judge/compare_variants.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/profile/phase.hpp"

namespace reducecheck {
namespace {

constexpr int seed_tries = 24;
constexpr std::uint64_t further_seeds = 2;

Plan lowered(const Scope& scope, const std::vector<const Variant*>& variants) {
  const InPhase phase(Phase::lowering);
  return unroll(scope, variants);
}

/// Experts that the reference calls but no token chose: a fault in them could not be seen.
template <class D>
std::vector<std::string> uncovered(const Plan& plan, const Interpreter<D>& values,
                                   std::int64_t experts) {
  std::map<std::pair<int, std::int64_t>, std::set<std::int64_t>> chosen;
  for (const Execution& execution : plan.reference.executions[0]) {
    const Step& step = plan.steps[static_cast<std::size_t>(execution.step)];
    if (step.kind != StepKind::experts) continue;
    const PlanValue& ids = plan.values[static_cast<std::size_t>(step.operands[1])];
    if (plan.steps[static_cast<std::size_t>(ids.step)].kind == StepKind::integer_constant) continue;
    const std::int64_t* table = values.ids(step.operands[1]);
    auto& seen = chosen[{step.source, step.layer}];
    seen.insert(table, table + static_cast<std::ptrdiff_t>(ids.rows) * ids.width);
  }
  std::vector<std::string> missing;
  for (const auto& [key, seen] : chosen) {
    for (std::int64_t e = 0; e < experts; ++e) {
      if (seen.contains(e)) continue;
      missing.push_back(fmt::format(
          "{}[{}] {}", plan.sources[static_cast<std::size_t>(key.first)].name, key.second, e));
    }
  }
  return missing;
}

/// Whether one input may hide a fault: where the largest element lies on the right rank by chance.
bool has_maximum(const Plan& plan) {
  return std::ranges::any_of(plan.steps, [](const Step& step) {
    return step.kind == StepKind::max_cols || step.kind == StepKind::max_all ||
           step.kind == StepKind::all_reduce_max;
  });
}

}  // namespace

SizeOverrides sizes_of(const CheckOptions& options, Shape shape) {
  SizeOverrides sizes;
  if (shape == Shape::full) sizes = options.model_sizes;
  if (options.tokens) sizes["tokens"] = *options.tokens;
  return sizes;
}

Configured configured(const Scenario& scenario, const Configuration& configuration) {
  Configured result;
  for (std::size_t i = 0; i < scenario.axes.size(); ++i) {
    result.mesh.emplace_back(scenario.axes[i].name, configuration.axes[i]);
    result.ranks *= configuration.axes[i];
  }
  for (std::size_t i = 0; i < scenario.switches.size(); ++i) {
    result.switches.emplace_back(scenario.switches[i].name, configuration.switches[i]);
  }
  return result;
}

ConditionPoint condition_point(const Scope& scope, const Configuration& at) {
  ConditionPoint point;
  point.configuration = configured(scope.scenario(), at);
  point.configuration.groups = scope.derived();
  const auto tokens = scope.find("tokens", -1);
  const auto* number = tokens ? std::get_if<Fraction>(&tokens->data) : nullptr;
  if (number != nullptr) point.tokens = number->numerator();
  return point;
}

/// The work on one configuration.
class CellJudge::Work {
 public:
  Work(CellJudge& judge, const Configuration& configuration)
      : judge_(judge),
        options_(judge.options_),
        scope_(judge.scenario_, configuration, sizes_of(options_, options_.shape)),
        configuration_(configuration) {}

  JudgedConfiguration run() {
    JudgedConfiguration result;
    result.point = condition_point(scope_, configuration_);
    const Plan plan = lowered(scope_, judge_.variants_);
    if (options_.shape == Shape::full && runs_in<Mod64>(plan)) {
      judge_all(plan, judge_.mod64_, result);
      judge_.mod64_ = Interpreter<Mod64>();  // a model's size is not kept
    } else {
      judge_all(plan, judge_.prime_, result);
      if (options_.shape == Shape::full) judge_.prime_ = Interpreter<Prime>();
    }
    for (const Format dtype : options_.dtypes) compare_bits(plan, dtype, result);
    return result;
  }

 private:
  /// Runs the plan with a seed for which every expert is chosen, if one is near.
  template <class D>
  std::vector<std::string> run_covered(const Plan& plan, Interpreter<D>& values) {
    values.load(plan);
    std::vector<std::string> best;
    std::uint64_t best_seed = options_.seed;
    const int tries = options_.shape == Shape::full ? 1 : seed_tries;
    for (int i = 0; i < tries; ++i) {
      seed_ = i == 0 ? options_.seed : mix(options_.seed + static_cast<std::uint64_t>(i));
      values.run(seed_);
      std::vector<std::string> missing = uncovered(plan, values, scope_.size("E"));
      if (missing.empty()) return missing;
      if (i == 0 || missing.size() < best.size()) best = std::move(missing), best_seed = seed_;
    }
    if (seed_ != best_seed) values.run(best_seed);
    seed_ = best_seed;
    return best;
  }

  /// Of each variant the first seed with which it is wrong. A plan with a maximum is also run with
  /// further seeds, while a variant looks right.
  template <class D>
  std::vector<std::optional<std::uint64_t>> wrong_seeds(const Plan& plan, Interpreter<D>& values) {
    std::vector<std::optional<std::uint64_t>> seeds(plan.variants.size());
    for (std::size_t v = 0; v < seeds.size(); ++v) {
      const Run& run = plan.variants[v];
      if (run.finding || !wrong_outputs(plan, run, values).empty()) seeds[v] = seed_;
    }
    if (options_.shape == Shape::full || !has_maximum(plan)) return seeds;
    for (std::uint64_t i = 1; i <= further_seeds; ++i) {
      const std::uint64_t seed = options_.seed + i;
      if (std::ranges::all_of(seeds, [](const auto& shown) { return shown.has_value(); })) break;
      values.run(seed);
      for (std::size_t v = 0; v < seeds.size(); ++v) {
        if (!seeds[v] && !OutputJudge(plan, plan.variants[v]).holds(values)) seeds[v] = seed;
      }
    }
    return seeds;
  }

  template <class D>
  void judge_all(const Plan& plan, Interpreter<D>& values, JudgedConfiguration& result) {
    const std::vector<std::string> missing = run_covered(plan, values);
    const auto wrong = wrong_seeds(plan, values);
    std::map<std::uint64_t, std::vector<std::size_t>> to_explain;  // by the seed
    for (std::size_t v = 0; v < plan.variants.size(); ++v) {
      const Run& run = plan.variants[v];
      result.cells.push_back(judge_cell(run, wrong[v].has_value()));
      Cell& cell = result.cells.back().cell;
      cell.configuration = result.point.configuration;
      cell.uncovered = missing;
      const bool sections = run.sections > 1 && options_.shape == Shape::toy;
      if (!run.finding && (wrong[v] || sections)) {
        to_explain[wrong[v].value_or(seed_)].push_back(v);
      }
    }
    // Variants share their explanation run, unless they place weights differently: an addend is a
    // share of a weight as it is cut.
    const bool alone = std::ranges::any_of(
        judge_.variants_, [](const Variant* variant) { return !variant->weights.empty(); });
    for (const auto& [seed, variants] : to_explain) {
      if (!alone) explain(variants, seed, result);
      for (std::size_t i = 0; alone && i < variants.size(); ++i) {
        explain({variants[i]}, seed, result);
      }
    }
  }

  static JudgedCell judge_cell(const Run& run, bool wrong) {
    JudgedCell judged;
    Cell& cell = judged.cell;
    cell.variant = run.name;
    cell.collectives = *std::ranges::max_element(run.collectives);
    cell.bytes = 4 * *std::ranges::max_element(run.elements);
    cell.verdict = wrong ? Verdict::defect : Verdict::holds;
    if (run.finding) {
      const RunFinding& f = *run.finding;
      cell.finding =
          Finding{f.defect_class, {}, "", f.group, f.ranks, f.operation, f.at, "", f.detail};
      std::ranges::sort(cell.finding->ranks);
    }
    return judged;
  }

  /// The second run, of `variants` at toy dimensions in the prime field, with tangents.
  void explain(const std::vector<std::size_t>& variants, std::uint64_t seed,
               JudgedConfiguration& result) {
    const InPhase phase(Phase::explaining);
    const Scope scope(judge_.scenario_, configuration_, sizes_of(options_, Shape::toy));
    std::vector<const Variant*> chosen;
    for (const std::size_t v : variants) chosen.push_back(judge_.variants_[v]);
    Plan plan = lowered(scope, chosen);
    judge_.explained_.load(plan);
    judge_.explained_.run(seed);
    const TangentRun tangents(plan, judge_.explained_, seed);
    for (std::size_t i = 0; i < variants.size(); ++i) {
      place_by(plan.variants[i], plan);
      explain_run(scope, plan, plan.variants[i], tangents, result.cells[variants[i]]);
    }
  }

  void explain_run(const Scope& scope, const Plan& plan, const Run& run, const TangentRun& tangents,
                   JudgedCell& judged) {
    const std::vector<WrongOutput> wrong = wrong_outputs(plan, run, judge_.explained_);
    Cell& cell = judged.cell;
    if (cell.verdict == Verdict::defect && wrong.empty()) {
      cell.verdict = Verdict::undecided;
      cell.reason = "wrong at the full dimensions, right at small ones: not explained";
      return;
    }
    note_deferrals(plan, run, tangents, judged);
    if (wrong.empty()) return;
    const Consumer consumer = find_consumer(plan, run, judge_.explained_, wrong);
    std::vector<NamedSize> names;
    for (int axis = 0; axis < scope.mesh().axes(); ++axis) {
      names.emplace_back(scope.mesh().name(axis), scope.mesh().size(axis));
    }
    for (const NamedSize& derived : scope.derived()) names.push_back(derived);
    Diagnosis diagnosis = classify(plan, run, scope.mesh(), tangents, consumer, names);
    if (diagnosis.finding.output.empty()) {
      diagnosis.finding.output = plan.output_names[static_cast<std::size_t>(wrong[0].output)];
    }
    cell.finding = std::move(diagnosis.finding);
    judged.question = std::move(diagnosis.question);
    judged.deviation = diagnosis.deviation;
  }

  static void note_deferrals(const Plan& plan, const Run& run, const TangentRun& tangents,
                             JudgedCell& judged) {
    std::set<int> steps;
    for (const auto& rank : run.executions) {
      for (const Execution& execution : rank) steps.insert(execution.step);
    }
    for (const Deferral& deferral : tangents.deferrals()) {
      if (!steps.contains(deferral.step)) continue;
      judged.deferred_events.insert(plan.steps[static_cast<std::size_t>(deferral.step)].at);
      judged.deferred_weights.insert(plan.sources[static_cast<std::size_t>(deferral.source)].name);
    }
  }

  /// Every variant that holds against the first one that does.
  void compare_bits(const Plan& plan, Format dtype, JudgedConfiguration& result) const {
    std::vector<std::size_t> right;
    for (std::size_t v = 0; v < result.cells.size(); ++v) {
      if (result.cells[v].cell.verdict == Verdict::holds) right.push_back(v);
    }
    if (right.size() < 2) return;
    const InPhase phase(Phase::comparing);
    SumOrders orders = orders_named(options_.order, options_.order_settings, dtype);
    for (BitComparison& bits :
         compare_variants(plan, right, seed_, dtype, options_.order.empty() ? nullptr : &orders)) {
      bits.configuration = result.point.configuration;
      bits.order = options_.order;
      result.bits.push_back(std::move(bits));
    }
  }

  CellJudge& judge_;
  const CheckOptions& options_;
  Scope scope_;
  const Configuration& configuration_;
  std::uint64_t seed_ = 0;
};

CellJudge::CellJudge(const Scenario& scenario, const CheckOptions& options,
                     std::vector<const Variant*> variants)
    : scenario_(scenario), options_(options), variants_(std::move(variants)) {}

CellJudge::~CellJudge() = default;

JudgedConfiguration CellJudge::judge(const Configuration& configuration) {
  const InPhase phase(Phase::judging);
  JudgedConfiguration result;
  try {
    result = Work(*this, configuration).run();
    const Scope scope(scenario_, configuration, sizes_of(options_, options_.shape));
    for (JudgedCell& judged : result.cells) {
      if (!options_.expect_none) judged.expected = expected_verdict(scope, judged.cell.variant);
    }
  } catch (const TextError& error) {
    result.point.configuration = configured(scenario_, configuration);
    result.error = Diagnostic{error.at, error.what(), error.hint};
  }
  return result;
}

}  // namespace reducecheck
