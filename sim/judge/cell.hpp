// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: one configuration of a sweep, judged.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/unroll/scope.hpp"
#include "sim/judge/check.hpp"
#include "sim/judge/classify.hpp"
#include "sim/judge/condition.hpp"
#include "sim/judge/tangent_run.hpp"

namespace reducecheck {

/// A cell with what the second pass over the sweep asks of it.
struct JudgedCell {
  Cell cell;
  const ExpectedVerdict* expected = nullptr;  // of the scenario; nothing: holds
  DeferralQuestion question;
  Deviation deviation = Deviation::none;
  std::set<Position> deferred_events;      // places of deferred reductions in this cell
  std::set<std::string> deferred_weights;  // and whose they are
};

struct JudgedConfiguration {
  ConditionPoint point;
  std::vector<JudgedCell> cells;  // in the order of the variants
  std::vector<BitComparison> bits;
  std::optional<Diagnostic> error;
};

/// Judges configurations one after the other; keeps its arenas between them. One for each thread.
class CellJudge {
 public:
  CellJudge(const Scenario& scenario, const CheckOptions& options,
            std::vector<const Variant*> variants);
  ~CellJudge();

  JudgedConfiguration judge(const Configuration& configuration);

 private:
  class Work;
  const Scenario& scenario_;
  const CheckOptions& options_;
  std::vector<const Variant*> variants_;
  Interpreter<Prime> prime_;
  Interpreter<Mod64> mod64_;
  Interpreter<Prime> explained_;
};

/// The sizes that the options put in place of those of the scenario.
SizeOverrides sizes_of(const CheckOptions& options, Shape shape);

/// Axes and switches of a configuration, without the derived groups.
Configured configured(const Scenario& scenario, const Configuration& configuration);

/// What a condition may say of a configuration.
ConditionPoint condition_point(const Scope& scope, const Configuration& at);

/// What `[expect]` says of the variant in the configuration: a verdict of the file, or nothing for
/// `holds`.
const ExpectedVerdict* expected_verdict(const Scope& scope, const std::string& variant);

/// `holds`, or `double_reduce(shared)`.
std::string spelled(const ExpectedVerdict* expected);

/// Whether the verdict, the class and, where the file names them, exactly these branches came out.
bool matches(const Cell& cell, const ExpectedVerdict* expected);

}  // namespace reducecheck
