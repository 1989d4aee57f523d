// SPDX-License-Identifier: Apache-2.0
#include "props/shrink_cell.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "props/judged.hpp"
#include "scenarios/frame/print.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "sim/report/minimal.hpp"

namespace reducecheck::props {
namespace {

/// The scope of the only configuration; nothing where there is none.
std::optional<Configuration> only_configuration(const Scenario& one) {
  Diagnostics diagnostics;
  const Sweep all = sweep(one, {}, diagnostics);
  if (!diagnostics.empty() || all.configurations.size() != 1) return std::nullopt;
  return all.configurations.front();
}

std::int64_t largest_of(const Scope& scope, const std::string& name) {
  const auto value = scope.find(name, -1);
  if (!value) return 0;
  if (const auto* number = std::get_if<Fraction>(&value->data)) return number->numerator();
  std::int64_t most = 0;
  if (const auto* list = std::get_if<List>(&value->data)) {
    for (const std::int64_t one : as_integers(Value{*list}, {}, name)) most = std::max(most, one);
  }
  return most;
}

/// A list of two numbers, for owners that differ.
Expr pair_of(std::int64_t first, std::int64_t second) {
  Expr list{ExprKind::list};
  for (const std::int64_t value : {first, second}) {
    Expr number{ExprKind::number};
    number.number = Fraction(value);
    list.children.push_back(std::move(number));
  }
  return list;
}

class CellShrinking {
 public:
  explicit CellShrinking(const Scenario& one)
      : best_(one), defect_class_(finding_of(one).value().defect_class) {}

  SmallCell run() {
    for (bool smaller = true; smaller;) smaller = ranks();
    own_sizes();
    tokens();
    // What was needed for many tokens may not be for few.
    ranks();
    for (const char* name : {"L", "k", "E", "inter", "shared_inter", "hidden", "vocab"}) {
      width(name);
    }
    SmallCell small{best_, trials_};
    const Scope scope(best_, only_configuration(best_).value());
    small.ranks = scope.mesh().ranks();
    small.tokens = largest_of(scope, "tokens");
    small.experts = largest_of(scope, "E");
    small.hidden = largest_of(scope, "hidden");
    return small;
  }

 private:
  template <class Change>
  bool take(Change change) {
    Scenario candidate = best_;
    change(candidate);
    ++trials_;
    const std::optional<Finding> finding = finding_of(candidate);
    if (!finding || finding->defect_class != defect_class_) return false;
    best_ = std::move(candidate);
    return true;
  }

  /// Sizes below `size` in the order in which they are tried: the smallest, then halves.
  static std::vector<std::int64_t> below(std::int64_t size) {
    std::vector<std::int64_t> all;
    for (const std::int64_t small : {1, 2}) {
      if (small < size) all.push_back(small);
    }
    for (std::int64_t half = 3; half < size; half = half == 3 ? 4 : half * 2) all.push_back(half);
    return all;
  }

  bool ranks() {
    bool smaller = false;
    for (std::size_t axis = 0; axis < best_.axes.size(); ++axis) {
      for (const std::int64_t size : below(best_.axes[axis].sizes.front())) {
        if (!take([&](Scenario& s) { s.axes[axis].sizes = {size}; })) continue;
        smaller = true;
        break;
      }
    }
    return smaller;
  }

  void tokens() {
    const Scope scope(best_, only_configuration(best_).value());
    const std::int64_t now = largest_of(scope, "tokens");
    for (const std::int64_t size : below(now)) {
      if (take([&](Scenario& s) { set_size(s, "tokens", size); })) return;
      // Owners that have as many each may be right where others are not.
      if (size <= 2 && take([&](Scenario& s) { set_pair(s, size, size - 1); })) return;
    }
  }

  /// Sizes that the file has of its own, such as the most rows of a kernel.
  void own_sizes() {
    std::vector<std::string> names;
    for (const NamedExpr& size : best_.sizes) names.push_back(size.name);
    for (const std::string& name : names) {
      const auto& built_in = built_in_sizes();
      if (std::ranges::find(built_in, name) == built_in.end()) width(name);
    }
  }

  static void set_pair(Scenario& s, std::int64_t first, std::int64_t second) {
    set_size(s, "tokens", first);
    const auto found = std::ranges::find(s.sizes, "tokens", &NamedExpr::name);
    if (found != s.sizes.end()) found->value = pair_of(first, second);
  }

  void width(const std::string& name) {
    if (print_scenario(best_).find(name) == std::string::npos) return;
    const Scope scope(best_, only_configuration(best_).value());
    const std::int64_t now = largest_of(scope, name);
    for (const std::int64_t size : {1, 2}) {
      if (size < now && take([&](Scenario& s) { set_size(s, name, size); })) return;
    }
  }

  Scenario best_;
  std::string defect_class_;
  std::size_t trials_ = 0;
};

}  // namespace

void set_size(Scenario& scenario, const std::string& name, std::int64_t value) {
  const auto found = std::ranges::find(scenario.switches, name, &Switch::name);
  if (found == scenario.switches.end()) return fix_size(scenario, name, value);
  found->values = {value};
}

Scenario in_configuration(const Scenario& scenario, const Variant& variant,
                          const Configuration& at) {
  Scenario one = scenario;
  one.variants = {variant};
  one.expectations.clear();
  one.ranks = 64;
  for (std::size_t i = 0; i < at.axes.size(); ++i) one.axes[i].sizes = {at.axes[i]};
  for (std::size_t i = 0; i < at.switches.size(); ++i) one.switches[i].values = {at.switches[i]};
  return one;
}

std::optional<Finding> finding_of(const Scenario& one) {
  if (!only_configuration(one)) return std::nullopt;
  try {
    const ScenarioResult result = judged(one);
    if (result.cells.size() != 1) return std::nullopt;
    return result.cells.front().finding;
  } catch (const IllFormed&) {
    return std::nullopt;
  }
}

SmallCell shrunk_cell(const Scenario& one) {
  return CellShrinking(one).run();
}

}  // namespace reducecheck::props
