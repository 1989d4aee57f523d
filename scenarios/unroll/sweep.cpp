// SPDX-License-Identifier: Apache-2.0
#include "scenarios/unroll/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/unroll/limits.hpp"

namespace reducecheck {
namespace {

/// Enumerates configurations depth first: axes, then switches.
class Enumerator {
 public:
  Enumerator(const Scenario& scenario, const SweepOptions& options, Diagnostics& diagnostics)
      : scenario_(scenario),
        options_(options),
        diagnostics_(diagnostics),
        ranks_(options.up_to_ranks.value_or(scenario.ranks)) {}

  Sweep run() {
    axes(0, 1);
    return std::move(result_);
  }

 private:
  void axes(std::size_t i, std::int64_t ranks) {
    if (stop_) return;
    if (i == scenario_.axes.size()) return switches(0);
    for (const std::int64_t size : sizes(scenario_.axes[i])) {
      if (ranks * size > ranks_) continue;
      current_.axes.push_back(size);
      axes(i + 1, ranks * size);
      current_.axes.pop_back();
    }
  }

  [[nodiscard]] std::vector<std::int64_t> sizes(const Axis& axis) const {
    const auto fixed = options_.mesh.find(axis.name);
    if (fixed != options_.mesh.end() && axis.sizes.size() != 1) return {fixed->second};
    if (!axis.sizes.empty() && !options_.up_to_ranks) return axis.sizes;
    // A single size is a fact about the engine, not the end of a list.
    if (axis.sizes.size() == 1) return axis.sizes;
    std::vector<std::int64_t> all;
    for (std::int64_t size = 1; size <= ranks_; ++size) all.push_back(size);
    return all;
  }

  void switches(std::size_t i) {
    if (stop_) return;
    if (i == scenario_.switches.size()) return add();
    for (const SwitchValue& value : scenario_.switches[i].values) {
      current_.switches.push_back(value);
      switches(i + 1);
      current_.switches.pop_back();
    }
  }

  void add() {
    try {
      const Scope scope(scenario_, current_);
      if (scenario_.where.kind != ExprKind::absent &&
          !as_condition(scope.evaluate(scenario_.where), scenario_.where.at)) {
        return;
      }
      if (!chosen(scope)) return;
    } catch (const TextError& error) {
      diagnostics_.error(error.at, error.what(), error.hint);
      stop_ = true;
      return;
    }
    if (static_cast<std::int64_t>(result_.configurations.size()) >= Limits::configurations) {
      diagnostics_.error(
          {}, fmt::format("the sweep has more than {} configurations", Limits::configurations),
          "restrict it with `ranks`, `where` or --mesh");
      stop_ = true;
      return;
    }
    result_.configurations.push_back(current_);
  }

  [[nodiscard]] bool chosen(const Scope& scope) const {
    return std::ranges::all_of(options_.mesh, [&](const auto& fixed) {
      const auto value = scope.find(fixed.first, -1);
      return value && as_number(*value, {}, fixed.first) == Fraction(fixed.second);
    });
  }

  const Scenario& scenario_;
  const SweepOptions& options_;
  Diagnostics& diagnostics_;
  std::int64_t ranks_;
  Configuration current_;
  Sweep result_;
  bool stop_ = false;
};

}  // namespace

Sweep sweep(const Scenario& scenario, const SweepOptions& options, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const Axis& axis : scenario.axes) names.push_back(axis.name);
  for (const NamedExpr& group : scenario.groups) names.push_back(group.name);
  SweepOptions effective = options;
  std::int64_t needed = 1;
  for (const auto& [name, size] : options.mesh) {
    if (std::ranges::find(names, name) == names.end()) {
      diagnostics.error(
          {}, fmt::format("--mesh names `{}`, which is no axis or group of this file", name),
          did_you_mean(name, names));
      return {};
    }
    needed *= size;
  }
  // `--mesh tp=8` on a file that stops at 4 asks for 8, not for nothing.
  if (!options.up_to_ranks && needed > scenario.ranks) effective.up_to_ranks = needed;
  Sweep result = Enumerator(scenario, effective, diagnostics).run();
  if (options.mesh.empty() || !diagnostics.empty()) return result;
  SweepOptions whole = options;
  whole.mesh.clear();
  // The layouts that --mesh leaves out may be too many, or in error, which is no fault of the rest.
  Diagnostics of_others;
  for (const Configuration& other : Enumerator(scenario, whole, of_others).run().configurations) {
    if (std::ranges::find(result.configurations, other) == result.configurations.end()) {
      ++result.left_out;
    }
  }
  return result;
}

}  // namespace reducecheck
