// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/sentence.hpp"

#include <algorithm>

#include "scenarios/program/parser.hpp"
#include "sim/judge/cell.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/region.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::prove {
namespace {

constexpr std::int64_t sample_ranks = 8;
constexpr std::size_t sample_points = 4'000;

/// Configurations with the verdict of their case; those of undecided and empty cases are left out.
struct Sample {
  std::vector<ConditionPoint> points;
  std::vector<bool> failing;
};

/// `tp != 2`, for a case that is right only because a size has one value; empty for others.
std::string exception_of(const Scenario& scenario, const Leaf& leaf) {
  if (leaf.empty || leaf.verdict != Verdict::holds) return "";
  for (const Fact& fact : leaf.facts) {
    if (fact.question.kind != Question::Kind::equal || fact.answer != 1) continue;
    for (std::size_t axis = 0; axis < scenario.axes.size(); ++axis) {
      const Polynomial size = Polynomial::symbol(static_cast<Symbol>(axis));
      const bool left = fact.question.left == size;
      const auto number = (left ? fact.question.right : fact.question.left).integer();
      if (!number || !(left || fact.question.right == size)) continue;
      return scenario.axes[axis].name + " != " + std::to_string(*number);
    }
  }
  return "";
}

Sample sample_of(const Scenario& scenario, Prover& prover) {
  Sample sample;
  const std::vector<Leaf>& leaves = prover.run();
  for_each_configuration(scenario, {}, sample_ranks, [&](const Configuration& at) {
    std::optional<Scope> scope;
    try {
      scope.emplace(scenario, at);
    } catch (const TextError&) {
      return true;
    }
    for (const Leaf& leaf : leaves) {
      if (leaf.empty || leaf.verdict == Verdict::undecided) continue;
      if (!exception_of(scenario, leaf).empty()) continue;
      if (lies_in(scenario, leaf.facts, prover.symbols(), *scope, at) != true) continue;
      sample.points.push_back(condition_point(*scope, at));
      sample.failing.push_back(leaf.verdict == Verdict::defect);
      break;
    }
    return sample.points.size() < sample_points;
  });
  return sample;
}

/// Whether the predicate has the wanted value in all configurations that the facts allow.
bool always(const Scenario& scenario, const Expr& predicate, const std::vector<Fact>& known,
            SymbolTable& symbols, bool wanted, int depth) {
  constexpr int most = 12;
  if (depth > most) return false;
  try {
    Facts facts(scenario, symbols, known);
    if (facts.contradictory()) return true;
    Names names(scenario, nullptr, facts, symbols);
    return names.arithmetic().truth(names.evaluate(predicate), predicate.at) == wanted;
  } catch (const Split& split) {
    int answers = 2;
    for (const Switch& one : scenario.switches) {
      const bool asked = split.question.kind == Question::Kind::choice;
      if (asked && one.name == split.question.name) answers = static_cast<int>(one.values.size());
    }
    for (int answer = 0; answer < answers; ++answer) {
      std::vector<Fact> more = known;
      more.push_back({split.question, answer});
      if (!always(scenario, predicate, more, symbols, wanted, depth + 1)) return false;
    }
    return true;
  } catch (const Undecided&) {
    return false;
  }
}

}  // namespace

std::string failing_sentence(const Scenario& scenario, Prover& prover) {
  const Sample sample = sample_of(scenario, prover);
  const bool some =
      std::find(sample.failing.begin(), sample.failing.end(), true) != sample.failing.end();
  if (!some) return "";
  std::string sentence = failing_condition(sample.points, sample.failing);
  std::string exceptions;
  for (const Leaf& leaf : prover.run()) {
    const std::string one = exception_of(scenario, leaf);
    if (one.empty() || exceptions.find(one) != std::string::npos) continue;
    exceptions += (exceptions.empty() ? "" : " and ") + one;
  }
  if (!exceptions.empty()) {
    const bool brackets = sentence.find(" or ") != std::string::npos;
    const std::string base = brackets ? "(" + sentence + ")" : sentence;
    sentence = sentence == "always" ? exceptions : base + " and " + exceptions;
  }
  Diagnostics diagnostics;
  const Expr predicate = sentence == "always" ? Expr{ExprKind::truth, {}, {}, Fraction(1)}
                                              : parse_expression(sentence, {}, diagnostics);
  if (!diagnostics.empty() || predicate.kind == ExprKind::absent) return "";
  for (const Leaf& leaf : prover.run()) {
    if (leaf.empty || leaf.verdict == Verdict::undecided) continue;
    const bool wanted = leaf.verdict == Verdict::defect;
    if (!always(scenario, predicate, leaf.facts, prover.symbols(), wanted, 0)) return "";
  }
  return sentence;
}

}  // namespace reducecheck::prove
