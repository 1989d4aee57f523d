// SPDX-License-Identifier: Apache-2.0
#include "sim/fuzz/compare_program.hpp"

#include <fmt/format.h>

#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/domain/domain.hpp"
#include "sim/judge/cell.hpp"
#include "sim/judge/verdict.hpp"
#include "sim/prove/prove.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

constexpr std::uint64_t few_inputs = 3;
constexpr std::uint64_t many_inputs = 120;  // a choice of experts may hide a fault from a few

/// The exact runs of one configuration.
class ExactRuns {
 public:
  /// Throws: TextError where the text has no meaning.
  ExactRuns(const Scenario& scenario, const Configuration& at)
      : plan_(unroll(Scope(scenario, at), {&scenario.variants.front()})),
        run_(plan_.variants.front()) {
    if (!run_.finding) judge_.emplace(plan_, run_);
  }

  [[nodiscard]] bool has_mod64() const { return !run_.finding && runs_in<Mod64>(plan_); }

  template <class D>
  [[nodiscard]] bool right(std::uint64_t seed, std::uint64_t inputs) const {
    if (!judge_) return false;
    thread_local Interpreter<D> values;
    values.load(plan_);
    for (std::uint64_t i = 0; i < inputs; ++i) {
      values.run(seed + i);
      if (!judge_->holds(values)) return false;
    }
    return true;
  }

 private:
  Plan plan_;
  const Run& run_;
  std::optional<OutputJudge> judge_;
};

struct Runs {
  bool prime = false;
  std::optional<bool> modulo_64;
};

/// The verdicts of the exact runs, with more inputs where something says otherwise.
Runs run_exactly(const ExactRuns& exact, std::uint64_t seed, Verdict proved) {
  Runs runs;
  runs.prime = exact.right<Prime>(seed, few_inputs);
  if (exact.has_mod64()) runs.modulo_64 = exact.right<Mod64>(seed, few_inputs);
  const bool denied = proved == Verdict::defect || !runs.modulo_64.value_or(true);
  if (runs.prime && denied) runs.prime = exact.right<Prime>(seed, many_inputs);
  const bool other = runs.modulo_64.value_or(false) && (proved == Verdict::defect || !runs.prime);
  if (other) runs.modulo_64 = exact.right<Mod64>(seed, many_inputs);
  return runs;
}

const char* word(bool right) {
  return right ? "right" : "wrong";
}

/// What is wrong with these verdicts together; or empty.
std::string contradiction(const Runs& runs, Verdict proved) {
  if (runs.modulo_64 && *runs.modulo_64 != runs.prime) {
    return fmt::format("{} modulo 2^61 - 1, {} modulo 2^64", word(runs.prime),
                       word(*runs.modulo_64));
  }
  if (proved == Verdict::undecided || (proved == Verdict::holds) == runs.prime) return "";
  return fmt::format("{} in the exact run, {} says the prover", word(runs.prime),
                     proved == Verdict::holds ? "right" : "wrong");
}

}  // namespace

std::vector<Verdict> proved_verdicts(const Scenario& scenario,
                                     const std::vector<Configuration>& configurations) {
  return prove_beside(scenario, 0, configurations).verdicts;
}

ProgramComparison compare_program(const Scenario& scenario, std::uint64_t seed, std::int64_t ranks,
                                  const VerdictFunction& prover) {
  ProgramComparison result;
  Diagnostics ignored;
  const std::vector<Configuration> configurations =
      sweep(scenario, {{}, ranks}, ignored).configurations;
  const std::vector<Verdict> proved = prover(scenario, configurations);
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    const Configuration& at = configurations[i];
    try {
      const ExactRuns exact(scenario, at);
      const Runs runs = run_exactly(exact, seed, proved[i]);
      ++result.cells;
      ++(runs.prime ? result.right : result.wrong);
      if (runs.modulo_64) ++result.modulo_64;
      if (proved[i] == Verdict::undecided) ++result.undecided;
      const std::string sentence = contradiction(runs, proved[i]);
      if (sentence.empty() || result.disagreement) continue;
      const Configured named = condition_point(Scope(scenario, at), at).configuration;
      result.disagreement = {at, fmt::format("{}: {}", layout_text(named), sentence)};
    } catch (const TextError&) {
      ++result.meaningless;
    }
  }
  return result;
}

}  // namespace reducecheck
