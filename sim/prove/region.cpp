// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/region.hpp"

#include <algorithm>

namespace reducecheck::prove {
namespace {

/// The number that `polynomial` is in the configuration.
std::optional<Fraction> value_of(const Polynomial& polynomial, const SymbolTable& symbols,
                                 const Scope& scope, const Configuration& at) {
  Polynomial result = at_sizes(polynomial, at);
  for (Symbol s = 0; s < symbols.size(); ++s) {
    if (!result.mentions(s)) continue;
    if (symbols.at(s).kind != SymbolKind::size) return std::nullopt;
    const auto size = scope.find(symbols.at(s).name, -1);
    const auto* number = size ? std::get_if<Fraction>(&size->data) : nullptr;
    if (number == nullptr) return std::nullopt;
    result = result.substituted(s, *number);
  }
  return result.constant();
}

}  // namespace

std::optional<int> answer_at(const Scenario& scenario, const Question& question,
                             const SymbolTable& symbols, const Scope& scope,
                             const Configuration& at) {
  if (question.kind == Question::Kind::live) {
    for (std::size_t i = 0; i < scenario.axes.size(); ++i) {
      if (scenario.axes[i].name == question.name) return at.axes[i] > 1 ? 1 : 0;
    }
  }
  if (question.kind == Question::Kind::choice) {
    for (std::size_t i = 0; i < scenario.switches.size(); ++i) {
      if (scenario.switches[i].name != question.name) continue;
      const auto& values = scenario.switches[i].values;
      return static_cast<int>(std::find(values.begin(), values.end(), at.switches[i]) -
                              values.begin());
    }
  }
  const auto left = value_of(question.left, symbols, scope, at);
  const auto right = value_of(question.right, symbols, scope, at);
  if (!left || !right) return std::nullopt;
  switch (question.kind) {
    case Question::Kind::less: return *left < *right ? 1 : 0;
    case Question::Kind::equal: return *left == *right ? 1 : 0;
    default: return (*right / *left).is_integer() ? 1 : 0;
  }
}

Polynomial at_sizes(const Polynomial& polynomial, const Configuration& at) {
  Polynomial result = polynomial;
  for (std::size_t i = 0; i < at.axes.size(); ++i) {
    result = result.substituted(static_cast<Symbol>(i), at.axes[i]);
  }
  return result;
}

std::optional<bool> lies_in(const Scenario& scenario, const std::vector<Fact>& facts,
                            const SymbolTable& symbols, const Scope& scope,
                            const Configuration& at) {
  bool known = true;
  for (const Fact& fact : facts) {
    const auto answer = answer_at(scenario, fact.question, symbols, scope, at);
    if (answer && *answer != fact.answer) return false;
    known = known && answer.has_value();
  }
  return known ? std::optional(true) : std::nullopt;
}

void for_each_configuration(const Scenario& scenario, const std::vector<Fact>& facts,
                            std::int64_t ranks,
                            const std::function<bool(const Configuration&)>& visit) {
  const auto fixed = [&](Question::Kind kind, const std::string& name) -> std::optional<int> {
    for (const Fact& fact : facts) {
      if (fact.question.kind == kind && fact.question.name == name) return fact.answer;
    }
    return std::nullopt;
  };
  std::vector<std::vector<std::int64_t>> meshes;
  std::vector<std::int64_t> mesh;
  const std::function<void(std::int64_t)> extend = [&](std::int64_t left) {
    if (mesh.size() == scenario.axes.size()) return meshes.push_back(mesh);
    const Axis& axis = scenario.axes[mesh.size()];
    const auto live = fixed(Question::Kind::live, axis.name);
    for (std::int64_t n = 1; n <= left; ++n) {
      if (axis.sizes.size() == 1 && n != axis.sizes.front()) continue;
      if (live && (n > 1) != (*live == 1)) continue;
      mesh.push_back(n);
      extend(left / n);
      mesh.pop_back();
    }
  };
  extend(ranks);
  const auto product = [](const std::vector<std::int64_t>& sizes) {
    std::int64_t result = 1;
    for (const std::int64_t n : sizes) result *= n;
    return result;
  };
  std::stable_sort(meshes.begin(), meshes.end(),
                   [&](const auto& a, const auto& b) { return product(a) < product(b); });
  for (const auto& sizes : meshes) {
    Configuration at{sizes, {}};
    const std::function<bool()> choose = [&]() -> bool {
      if (at.switches.size() == scenario.switches.size()) return visit(at);
      const Switch& one = scenario.switches[at.switches.size()];
      const auto choice = fixed(Question::Kind::choice, one.name);
      for (std::size_t v = 0; v < one.values.size(); ++v) {
        if (choice && static_cast<std::size_t>(*choice) != v) continue;
        at.switches.push_back(one.values[v]);
        const bool on = choose();
        at.switches.pop_back();
        if (!on) return false;
      }
      return true;
    };
    if (!choose()) return;
  }
}

}  // namespace reducecheck::prove
