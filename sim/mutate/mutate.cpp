// SPDX-License-Identifier: Apache-2.0
#include "sim/mutate/mutate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>

#include "scenarios/unroll/sweep.hpp"
#include "sim/judge/cell.hpp"
#include "sim/judge/on_threads.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck {
namespace {

/// Layouts beyond the sweep that are run where the prover does not decide.
constexpr std::size_t most_beyond = 64;
constexpr std::int64_t ranks_beyond = 8;

std::int64_t ranks_in(const Configuration& at) {
  std::int64_t ranks = 1;
  for (const std::int64_t size : at.axes) ranks *= size;
  return ranks;
}

/// Small layouts first; those of one rank, where no collective does anything, last.
void sort_by_promise(std::vector<Configuration>& configurations) {
  std::ranges::stable_sort(configurations, {}, [](const Configuration& at) {
    const std::int64_t ranks = ranks_in(at);
    return ranks == 1 ? std::numeric_limits<std::int64_t>::max() : ranks;
  });
}

/// Judges mutants of one scenario; one for all threads.
class MutantJudge {
 public:
  MutantJudge(const Scenario& scenario, const CheckOptions& options)
      : scenario_(scenario), options_(options) {
    options_.dtypes.clear();
    options_.progress = nullptr;
    Diagnostics ignored;
    of_file_ = sweep(scenario, {}, ignored).configurations;
    inside_ = sweep(scenario, {options.mesh, options.up_to_ranks}, ignored).configurations;
    for (Configuration& at : sweep(scenario, {{}, beyond_ranks()}, ignored).configurations) {
      const bool known = std::ranges::find(inside_, at) != inside_.end();
      if (!known) beyond_.push_back(std::move(at));
    }
    sort_by_promise(inside_);
    sort_by_promise(beyond_);
    beyond_.resize(std::min(beyond_.size(), most_beyond));
  }

  /// What the check would say decides; the plain exact run, which asks for no explanation, says
  /// where to look, and a proof that there is no use in looking.
  void judge(JudgedMutant& judged) const {
    const Scenario& edited = judged.mutant.scenario;
    CellJudge cells(edited, options_, {&edited.variants[0]});
    bool errors = false;
    for (const Configuration& at : inside_) {
      const prove::Exact exact = prove::exact_run(edited, edited.variants[0], at, options_.seed);
      errors = errors || exact == prove::Exact::meaningless;
      if (exact == prove::Exact::wrong && wrong_at(cells, at, judged)) {
        judged.outcome = MutantOutcome::caught;
        return;
      }
    }
    ProveOptions options;
    options.seed = options_.seed;
    const Proof proof = errors ? Proof{} : prove_variant(edited, 0, options);
    if (proof.verdict == Verdict::holds) {
      judged.outcome = MutantOutcome::equivalent;
      return;
    }
    for (const Configuration& at : inside_) {
      if (wrong_at(cells, at, judged)) {
        judged.outcome = MutantOutcome::caught;
        return;
      }
    }
    if (!judged.reason.empty()) {
      judged.outcome = MutantOutcome::invalid;
      return;
    }
    look_beyond(cells, proof, judged);
  }

 private:
  [[nodiscard]] std::int64_t beyond_ranks() const {
    return std::max(ranks_beyond, scenario_.ranks);
  }

  /// Whether the mutant is wrong in the layout; notes class and layout, or the error of the text
  /// that comes instead.
  static bool wrong_at(CellJudge& cells, const Configuration& at, JudgedMutant& judged) {
    const JudgedConfiguration found = cells.judge(at);
    if (found.error) {
      if (!judged.reason.empty()) return false;
      judged.reason = found.error->message;
      judged.layout = found.point.configuration;
      return false;
    }
    const Cell& cell = found.cells.at(0).cell;
    if (cell.verdict == Verdict::holds) return false;
    judged.layout = cell.configuration;
    judged.reason.clear();
    if (cell.finding) {
      judged.defect_class = cell.finding->defect_class;
      judged.branches = cell.finding->branches;
    }
    return true;
  }

  /// Whether the program was right there before the edit: only there is it the edit that shows.
  [[nodiscard]] bool was_right(const Variant& edited, const Configuration& at) const {
    return std::ranges::any_of(prove::variants_of(scenario_), [&](const Variant* one) {
      return one->name == edited.name &&
             prove::exact_run(scenario_, *one, at, options_.seed) == prove::Exact::right;
    });
  }

  void look_beyond(CellJudge& cells, const Proof& proof, JudgedMutant& judged) const {
    const Variant& edited = judged.mutant.scenario.variants[0];
    const Configuration* smallest = nullptr;
    for (const ProofCase& one : proof.cases) {
      if (one.verdict != Verdict::defect || !one.witness) continue;
      if (!was_right(edited, *one.witness)) continue;
      if (smallest == nullptr || ranks_in(*one.witness) < ranks_in(*smallest)) {
        smallest = &*one.witness;
      }
    }
    if (smallest != nullptr) return missed_at(cells, *smallest, judged);
    for (const Configuration& at : beyond_) {
      if (!was_right(edited, at)) continue;
      if (wrong_at(cells, at, judged)) return missed_at(cells, at, judged);
    }
    judged.outcome = judged.layout ? MutantOutcome::invalid : MutantOutcome::undecided;
    if (judged.layout) return;
    judged.reason = proof.reason;
    if (proof.verdict == Verdict::defect && proof.reason.empty()) {
      judged.reason = "wrong beyond the sweep, where the program is wrong without the edit too";
    }
  }

  void missed_at(CellJudge& cells, const Configuration& at, JudgedMutant& judged) const {
    judged.outcome = MutantOutcome::missed;
    const bool shows = wrong_at(cells, at, judged);
    judged.addition = mesh_addition(scenario_, at);
    judged.reason.clear();
    if (!shows) {
      judged.layout = condition_point(Scope(scenario_, at), at).configuration;
      judged.reason = "with other inputs only: try another --seed";
    } else if (judged.addition.empty()) {
      const bool known = std::ranges::find(of_file_, at) != of_file_.end();
      judged.reason = known ? "the file has this layout, the command line leaves it out"
                            : "the sweep of the file cannot have this layout";
    }
  }

  const Scenario& scenario_;
  CheckOptions options_;
  std::vector<Configuration> of_file_;
  std::vector<Configuration> inside_;
  std::vector<Configuration> beyond_;
};

void judge_mutants(const MutantJudge& judge, const std::vector<JudgedMutant*>& mutants,
                   const CheckOptions& options) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> done = 0;
  on_threads(thread_count(options.threads, mutants.size()), [&] {
    for (std::size_t i = next++; i < mutants.size(); i = next++) {
      judge.judge(*mutants[i]);
      const std::size_t finished = ++done;
      if (options.progress) options.progress(finished, mutants.size());
    }
  });
}

/// The variants of the sweep, with how often each is wrong in it.
std::vector<MutatedVariant> swept_variants(const ScenarioResult& swept) {
  std::vector<MutatedVariant> variants;
  for (const Cell& cell : swept.cells) {
    if (variants.empty() || variants.back().variant != cell.variant) {
      variants.push_back({cell.variant});
    }
    ++variants.back().layouts;
    if (cell.verdict != Verdict::holds) ++variants.back().wrong;
  }
  return variants;
}

}  // namespace

const char* spelling(MutantOutcome outcome) {
  switch (outcome) {
    case MutantOutcome::caught: return "caught";
    case MutantOutcome::missed: return "missed";
    case MutantOutcome::equivalent: return "equivalent";
    case MutantOutcome::undecided: return "undecided";
    case MutantOutcome::invalid: return "invalid";
  }
  return "";
}

OutcomeCounts counts_of(const MutatedVariant& variant) {
  OutcomeCounts counts{};
  for (const JudgedMutant& one : variant.mutants) ++counts[static_cast<std::size_t>(one.outcome)];
  return counts;
}

OutcomeCounts counts_of(const MutationResult& result) {
  OutcomeCounts counts{};
  for (const MutatedVariant& variant : result.variants) {
    const OutcomeCounts own = counts_of(variant);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += own[i];
  }
  return counts;
}

MutationResult mutate_scenario(const Scenario& scenario, const CheckOptions& options,
                               bool only_list, Diagnostics& diagnostics) {
  const auto start = std::chrono::steady_clock::now();
  MutationResult result{scenario.file, scenario.title, {}, 0};
  CheckOptions quiet = options;
  quiet.progress = nullptr;
  const ScenarioResult swept = check_scenario(scenario, quiet, diagnostics);
  if (!diagnostics.empty()) return result;
  result.variants = swept_variants(swept);
  std::vector<JudgedMutant*> mutants;
  for (MutatedVariant& one : result.variants) {
    if (one.wrong > 0) continue;
    Mutants made = mutants_of(scenario, one.variant);
    one.limited = made.limited;
    for (Mutant& mutant : made.list) {
      one.mutants.push_back({std::move(mutant)});
    }
    for (JudgedMutant& mutant : one.mutants) mutants.push_back(&mutant);
  }
  if (!only_list) judge_mutants(MutantJudge(scenario, options), mutants, options);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  result.seconds = elapsed.count();
  return result;
}

}  // namespace reducecheck
