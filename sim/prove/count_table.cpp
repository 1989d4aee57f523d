// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/count_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "scenarios/unroll/sweep.hpp"
#include "sim/judge/cell.hpp"
#include "sim/prove/case_run.hpp"
#include "sim/prove/counts.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/region.hpp"
#include "sim/prove/roots.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck {
namespace {

using prove::CaseRun;
using prove::Polynomial;

/// The case that a configuration lies in. What was run of it stays for the next configuration.
struct CountedCase {
  std::vector<prove::Fact> facts;
  std::unique_ptr<CaseRun> plain;
  std::unique_ptr<CaseRun> mended;
  std::string reason;  // not empty: a run is missing
};

std::string sentence(const prove::Undecided& undecided) {
  const std::string what = undecided.what();
  return undecided.at.line > 0 ? fmt::format("{} (line {})", what, undecided.at.line) : what;
}

/// Counts one variant.
class Counter {
 public:
  Counter(const Scenario& scenario, const Variant& variant)
      : scenario_(scenario), variant_(variant) {}

  CountedCell count(const Configuration& at, const Cell& judged) {
    const Scope scope(scenario_, at);
    const CountedCase& found = case_of(scope, at);
    CountedCell cell;
    cell.verdict = judged.verdict;
    if (judged.finding) cell.defect_class = judged.finding->defect_class;
    if (judged.finding) cell.branches = judged.finding->branches;
    cell.reason = found.reason;
    if (!found.reason.empty()) return cell;
    cell.proved = found.plain->equal() || prove::vanishes_at(*found.plain, at);
    take_counts(cell.proved ? *found.plain : *found.mended, at, cell);
    return cell;
  }

 private:
  const CountedCase& case_of(const Scope& scope, const Configuration& at) {
    for (const CountedCase& known : cases_) {
      if (lies_in(scenario_, known.facts, symbols_, scope, at) == true) return known;
    }
    CountedCase made;
    while (!run(made, scope, at)) {
    }
    if (!made.reason.empty()) {
      // More has a rule where the sizes are numbers; the counts are then numbers too.
      CountedCase pinned;
      pinned.facts = sizes_pinned(at);
      while (!run(pinned, scope, at)) {
      }
      if (pinned.reason.empty()) made = std::move(pinned);
    }
    cases_.push_back(std::move(made));
    return cases_.back();
  }

  [[nodiscard]] std::vector<prove::Fact> sizes_pinned(const Configuration& at) const {
    std::vector<prove::Fact> facts;
    for (std::size_t i = 0; i < at.axes.size(); ++i) {
      using Kind = prove::Question::Kind;
      facts.push_back({{Kind::live, scenario_.axes[i].name, {}, {}}, at.axes[i] > 1 ? 1 : 0});
      if (at.axes[i] == 1) continue;
      Polynomial left = at.axes[i];
      Polynomial right = Polynomial::symbol(static_cast<prove::Symbol>(i));
      if (right < left) std::swap(left, right);
      facts.push_back({{Kind::equal, "", left, right}, 1});
    }
    return facts;
  }

  /// Runs the case; false after a question was answered, so that it is worth another try.
  bool run(CountedCase& made, const Scope& scope, const Configuration& at) {
    try {
      using prove::ArgumentsTaken;
      made.plain = run_case(scenario_, &variant_, made.facts, symbols_);
      if (made.plain->equal()) return true;
      made.mended = run_case(scenario_, &variant_, made.facts, symbols_, prove::Follow::no,
                             ArgumentsTaken::mended);
    } catch (const prove::Split& split) {
      const auto answer = answer_at(scenario_, split.question, symbols_, scope, at);
      if (answer) {
        made.facts.push_back({split.question, *answer});
        return false;
      }
      made.reason = "it depends on a number that has no value here: " +
                    to_string(prove::Fact{split.question, 1}, scenario_, symbols_);
    } catch (const prove::Excluded&) {
      made.reason = "a placement does not divide for all sizes like these";
    } catch (const prove::Undecided& undecided) {
      made.reason = sentence(undecided);
    } catch (const FractionError& error) {
      made.reason = fmt::format("a number is too large: {}", error.what());
    }
    return true;
  }

  static void take_counts(const CaseRun& run, const Configuration& at, CountedCell& cell);

  const Scenario& scenario_;
  const Variant& variant_;
  prove::SymbolTable symbols_;
  std::vector<CountedCase> cases_;
};

/// What is counted right at these sizes only, such as tp/2 at tp = 2, is right here.
std::vector<prove::Use> uses_at(const CaseRun& run, const Configuration& at) {
  std::vector<prove::Use> uses = run.uses;
  for (prove::Use& use : uses) {
    for (const prove::Use& reference : run.reference_uses) {
      const bool same = use.name == reference.name && use.layer == reference.layer;
      if (same && at_sizes(use.coefficient - reference.coefficient, at).is_zero()) {
        use.coefficient = reference.coefficient;
      }
    }
  }
  return uses;
}

void Counter::take_counts(const CaseRun& run, const Configuration& at, CountedCell& cell) {
  const bool ended = !run.mismatch_class.empty();
  for (const AddendCount& one : counts_of(run, uses_at(run, at))) {
    const auto is_used = [&](const prove::Use& use) {
      return use.name == one.name && use.layer == one.layer;
    };
    if (ended && std::none_of(run.uses.begin(), run.uses.end(), is_used)) continue;
    LayoutCount count{one.name, one.layer, one.count, one.wanted, CountStanding::wrong};
    if (one.right) count.standing = CountStanding::right;
    if (cell.proved && !one.right) {
      // A place that the reference does not have, such as a sum of parts that is paid later.
      if (count.wanted != "0") count.count = count.wanted;
      count.standing = CountStanding::right;
    } else if (one.count == "?") {
      count.standing = CountStanding::unknown;
      cell.reason = "an operation on its way has no rule";
    } else if (!one.right && cell.verdict == Verdict::holds) {
      count.count = "?";
      count.standing = CountStanding::unknown;
      cell.reason = "the exact run is right where the algebra differs";
    }
    cell.counts.push_back(std::move(count));
  }
}

/// The cells of the exact check, by variant and configuration.
const Cell* cell_of(const ScenarioResult& result, const std::string& variant,
                    const Configured& configuration) {
  const auto found = std::ranges::find_if(result.cells, [&](const Cell& cell) {
    return cell.variant == variant && cell.configuration.mesh == configuration.mesh &&
           cell.configuration.switches == configuration.switches;
  });
  return found == result.cells.end() ? nullptr : &*found;
}

}  // namespace

CountTable count_table(const Scenario& scenario, const CheckOptions& options,
                       Diagnostics& diagnostics) {
  CountTable table;
  const ScenarioResult judged = check_scenario(scenario, options, diagnostics);
  if (judged.cells.empty()) return table;
  Diagnostics reported;
  const Sweep all = sweep(scenario, {options.mesh, options.up_to_ranks}, reported);
  std::vector<Configuration> configurations;
  for (const Configuration& at : all.configurations) {
    ConditionPoint point;
    try {
      point = condition_point(Scope(scenario, at), at);
    } catch (const TextError&) {
      continue;
    }
    if (cell_of(judged, judged.cells.front().variant, point.configuration) == nullptr) continue;
    configurations.push_back(at);
    table.layouts.push_back({point.configuration, point.tokens});
  }
  std::vector<std::string> names = options.variants;
  if (names.empty()) {
    for (const Variant& variant : scenario.variants) names.push_back(variant.name);
  }
  for (const std::string& name : names) {
    const auto variant = std::ranges::find(scenario.variants, name, &Variant::name);
    CountedColumn column{scenario.file, name, {}};
    Counter counter(scenario, *variant);
    for (std::size_t i = 0; i < configurations.size(); ++i) {
      const Cell* cell = cell_of(judged, name, table.layouts[i].configuration);
      column.cells.push_back(counter.count(configurations[i], *cell));
    }
    table.columns.push_back(std::move(column));
  }
  return table;
}

void put_beside(CountTable& table, const CountTable& other) {
  CountTable both;
  for (const CountedColumn& column : table.columns) {
    both.columns.push_back({column.file, column.variant, {}});
  }
  for (const CountedColumn& column : other.columns) {
    both.columns.push_back({column.file, column.variant, {}});
  }
  for (std::size_t i = 0; i < table.layouts.size(); ++i) {
    const Configured& at = table.layouts[i].configuration;
    const auto same = std::ranges::find_if(other.layouts, [&](const CountedLayout& layout) {
      return layout.configuration.mesh == at.mesh && layout.configuration.switches == at.switches;
    });
    if (same == other.layouts.end()) continue;
    const auto place = static_cast<std::size_t>(same - other.layouts.begin());
    both.layouts.push_back(table.layouts[i]);
    for (std::size_t c = 0; c < both.columns.size(); ++c) {
      const bool left = c < table.columns.size();
      both.columns[c].cells.push_back(left ? table.columns[c].cells[i]
                                           : other.columns[c - table.columns.size()].cells[place]);
    }
  }
  table = std::move(both);
}

}  // namespace reducecheck
