// SPDX-License-Identifier: Apache-2.0
#include "sim/repair/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/program/printer.hpp"

namespace reducecheck::repair {
namespace {

/// The scenario with the variant alone and nothing expected of it.
Scenario only(const Scenario& scenario, const std::string& variant) {
  Scenario result = scenario;
  std::erase_if(result.variants, [&](const Variant& one) { return one.name != variant; });
  result.expectations.clear();
  result.replay.reset();
  return result;
}

}  // namespace

std::string placement_text(const WeightDecl& weight) {
  std::string text = spelling(weight.kind);
  const char* before = "(";
  for (const Expr& dimension : weight.dimensions) {
    text += before + print(dimension);
    before = ", ";
  }
  return weight.dimensions.empty() ? text : text + ")";
}

std::vector<WeightDecl> placed_weights(const Scenario& scenario, const Variant& variant) {
  std::vector<WeightDecl> weights = scenario.weights;
  for (const WeightDecl& own : variant.weights) {
    const auto same = std::ranges::find(weights, own.name, &WeightDecl::name);
    if (same == weights.end()) {
      weights.push_back(own);
    } else {
      *same = own;
    }
  }
  return weights;
}

std::string text_of_variant(const Scenario& scenario) {
  const Variant& variant = scenario.variants[0];
  std::string text;
  for (const WeightDecl& weight : placed_weights(scenario, variant)) {
    text += weight.name + " = " + placement_text(weight) + '\n';
  }
  return text + print(variant.program) + print(scenario.distributed);
}

Draft::Draft(const Scenario& scenario, const std::string& variant, std::size_t most)
    : work_(only(scenario, variant)), text_(text_of_variant(work_)), most_(most), seen_{text_} {}

void Draft::propose(EditKind kind, std::string words, const Place& place, Expr replacement,
                    std::size_t more) {
  const std::string before = head_line(*place.statement);
  replacement.at = place.expression->at;
  Expr old = std::exchange(*place.expression, std::move(replacement));
  const Stmt& s = *place.statement;
  std::string after = head_line(s);
  // `y = y` and `return x` of a dropped sum: the first says nothing any more.
  if (s.kind == StmtKind::assign && s.targets.size() == 1 && print(s.value) == s.targets[0]) {
    after.clear();
  }
  const std::size_t count = candidates_.size();
  propose_changed(kind, std::move(words), s.at, before, std::move(after), more);
  std::swap(*place.expression, old);
  if (candidates_.size() == count) return;
  candidates_.back().near = place.of_variant;
  candidates_.back().place = place.index;
  candidates_.back().replacement = std::move(old);
}

void Draft::propose_only_where(const Expr& condition, const Candidate& candidate) {
  if (candidate.place == no_place || condition.kind == ExprKind::absent) return;
  const Place place = places()[candidate.place];
  propose(EditKind::only_there, fmt::format("{}, where {}", candidate.words, print(condition)),
          place, chosen(candidate.replacement, condition, *place.expression));
}

void Draft::propose_changed(EditKind kind, std::string words, Position at, std::string before,
                            std::string after, std::size_t more) {
  std::string text = text_of_variant(work_);
  if (seen_.contains(text)) return;
  if (candidates_.size() == most_) {
    limited_ = true;
    return;
  }
  candidates_.push_back({kind, std::move(words), at, std::move(before), std::move(after),
                         words_changed(text_, text) + more, true, work_});
  seen_.insert(std::move(text));
}

}  // namespace reducecheck::repair
