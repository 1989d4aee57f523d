// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/scenario.hpp"

#include <algorithm>

namespace reducecheck {
namespace {

// Plain functions and not operators: operators of the members would have to be public to be found
// by std::ranges::equal, and nobody else needs them.

bool same(const Axis& a, const Axis& b) {
  return a.name == b.name && a.sizes == b.sizes;
}

bool same(const NamedExpr& a, const NamedExpr& b) {
  return a.name == b.name && a.value == b.value;
}

bool same(const Switch& a, const Switch& b) {
  return a.name == b.name && a.values == b.values;
}

bool same(const WeightDecl& a, const WeightDecl& b) {
  return a.name == b.name && a.kind == b.kind && a.dimensions == b.dimensions;
}

bool same(const Layout& a, const Layout& b) {
  return a.name == b.name && a.rows == b.rows && a.features == b.features;
}

bool same(const Alias& a, const Alias& b) {
  return a.name == b.name && a.target == b.target;
}

bool same(const ExpectedVerdict& a, const ExpectedVerdict& b) {
  return a.verdict == b.verdict && a.branches == b.branches && a.when == b.when;
}

bool same(const Variant& a, const Variant& b);
bool same(const Expectation& a, const Expectation& b);

template <class T>
bool all_same(const std::vector<T>& a, const std::vector<T>& b) {
  return std::ranges::equal(a, b, [](const T& left, const T& right) { return same(left, right); });
}

bool same(const Variant& a, const Variant& b) {
  return a.name == b.name && a.program == b.program && all_same(a.weights, b.weights);
}

bool same(const Expectation& a, const Expectation& b) {
  return a.variant == b.variant && all_same(a.verdicts, b.verdicts);
}

bool same(const std::optional<Replay>& a, const std::optional<Replay>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->seed == b->seed && a->variant == b->variant;
}

}  // namespace

const char* spelling(WeightKind kind) {
  switch (kind) {
    case WeightKind::linear:
      return "linear";
    case WeightKind::mlp:
      return "mlp";
    case WeightKind::experts:
      return "experts";
    case WeightKind::table:
      return "table";
    case WeightKind::vector:
      return "vector";
    case WeightKind::scalar:
      return "scalar";
  }
  return "?";
}

bool operator==(const Scenario& a, const Scenario& b) {
  return a.title == b.title && a.source == b.source && a.entry == b.entry && a.note == b.note &&
         a.model == b.model && all_same(a.axes, b.axes) && a.ranks == b.ranks &&
         a.where == b.where && all_same(a.groups, b.groups) && all_same(a.switches, b.switches) &&
         all_same(a.sizes, b.sizes) && all_same(a.weights, b.weights) &&
         all_same(a.inputs, b.inputs) && all_same(a.outputs, b.outputs) &&
         all_same(a.aliases, b.aliases) && a.assume == b.assume && a.reference == b.reference &&
         a.distributed == b.distributed && all_same(a.variants, b.variants) &&
         all_same(a.expectations, b.expectations) && same(a.replay, b.replay);
}

}  // namespace reducecheck
