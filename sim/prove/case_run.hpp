// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: the reference and one variant, run in one case and compared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/prove/walk.hpp"

namespace reducecheck::prove {

/// One output: what the ranks hold, what they must hold, and the difference.
struct Compared {
  std::string output;
  Tensor held;
  Tensor required;
  Tensor difference;  // without terms: equal for all sizes of the case
  bool shape = true;  // the extents agree
};

/// Everything of one case. Terms refer to `arena`.
struct CaseRun {
  const SymbolTable* symbols = nullptr;
  Arena arena;
  std::vector<Compared> outputs;
  std::vector<Tensor> values;  // that the variant computes, in its order
  std::vector<Use> uses;       // of the variant, in its order
  std::vector<Use> reference_uses;
  std::unique_ptr<Journey> journey;  // of the variant, where it was followed
  std::string mismatch_class;        // not empty: the variant's run cannot go on
  std::string mismatch;

  [[nodiscard]] bool equal() const;
  /// Whether the difference rests on tensors that the rules do not describe.
  [[nodiscard]] bool has_unknown() const;
};

/// What the functions of the variant take.
enum class ArgumentsTaken {
  as_they_are,
  mended,  // as the reference gives them: of such a run only the uses mean something
};

/// Whether a run notes the variant's journey, and whether gathers after a combine are calls in it.
enum class Follow { no, closed, open };

/// Runs `variant` of `scenario` under `known`. Symbols keep their index over the runs that share
/// `symbols`, so that facts of one run can be given to the next. Throws: Split, Undecided,
/// Excluded. `follow`: with the variant's journey.
std::unique_ptr<CaseRun> run_case(const Scenario& scenario, const Variant* variant,
                                  const std::vector<Fact>& known, SymbolTable& symbols,
                                  Follow follow = Follow::no,
                                  ArgumentsTaken arguments = ArgumentsTaken::as_they_are);

}  // namespace reducecheck::prove
