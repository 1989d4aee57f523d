// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: the case split.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/prove/case_run.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prove.hpp"

namespace reducecheck::prove {

/// A case that needs no further split. `run` is absent where it was cut short.
struct Leaf {
  std::vector<Fact> facts;
  Verdict verdict = Verdict::undecided;
  bool empty = false;
  std::string reason;
  std::optional<Configuration> witness;
  std::unique_ptr<CaseRun> run;
};

/// Splits the configurations of one variant into cases until each has one verdict.
class Prover {
 public:
  Prover(const Scenario& scenario, const Variant& variant, const ProveOptions& options);

  /// The cases, which partition the configurations. Throws: Undecided beyond the limit of cases.
  const std::vector<Leaf>& run();

  /// Of the facts of all cases.
  [[nodiscard]] SymbolTable& symbols() { return symbols_; }

  /// Of the variant, with the seed of the options.
  [[nodiscard]] ExactRuns& exact_runs() { return exact_; }

 private:
  void explore(const std::vector<Fact>& known);
  [[nodiscard]] int answers(const Question& question) const;
  std::optional<Question> judge(Leaf& leaf);
  [[nodiscard]] std::optional<Question> exception(const Leaf& leaf, const Configuration& at) const;
  [[nodiscard]] std::optional<Question> root(const Leaf& leaf);
  [[nodiscard]] bool equal_with(const std::vector<Fact>& facts, const std::vector<Fact>& sizes,
                                const Configuration& at);
  [[nodiscard]] bool nested_exception(const Leaf& leaf, const Configuration& at);

  const Scenario& scenario_;
  const Variant& variant_;
  const ProveOptions& options_;
  ExactRuns exact_;
  SymbolTable symbols_;
  std::vector<Leaf> leaves_;
};

}  // namespace reducecheck::prove
