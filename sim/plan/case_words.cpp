// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/case_words.hpp"

#include <algorithm>
#include <optional>

namespace reducecheck::planning {
namespace {

using prove::Fact;
using prove::Question;

struct Cube {
  std::vector<Fact> facts;
  bool reached = true;  // some configuration is in it
};

std::size_t answers(const Scenario& scenario, const Question& question) {
  if (question.kind != Question::Kind::choice) return 2;
  for (const Switch& one : scenario.switches) {
    if (one.name == question.name) return one.values.size();
  }
  return 2;
}

/// The cube without its fact number `place`, for a comparison of the others.
std::vector<Fact> without(const Cube& cube, std::size_t place) {
  std::vector<Fact> rest = cube.facts;
  rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
  return rest;
}

bool same_facts(const std::vector<Fact>& a, const std::vector<Fact>& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](const Fact& fact) {
           return std::ranges::any_of(b, [&](const Fact& other) {
             return other.question == fact.question && other.answer == fact.answer;
           });
         });
}

/// The places of cubes that together leave the fact `place` of cube `first` open.
std::optional<std::vector<std::size_t>> partners(const Scenario& scenario,
                                                 const std::vector<Cube>& cubes, std::size_t first,
                                                 std::size_t place) {
  const Question& question = cubes[first].facts[place].question;
  const std::vector<Fact> rest = without(cubes[first], place);
  std::vector<std::size_t> found;
  std::vector<int> seen;
  for (std::size_t i = 0; i < cubes.size(); ++i) {
    for (std::size_t f = 0; f < cubes[i].facts.size(); ++f) {
      const Fact& fact = cubes[i].facts[f];
      if (!(fact.question == question) || !same_facts(without(cubes[i], f), rest)) continue;
      if (std::ranges::find(seen, fact.answer) != seen.end()) continue;
      seen.push_back(fact.answer);
      found.push_back(i);
    }
  }
  if (seen.size() < answers(scenario, question)) return std::nullopt;
  return found;
}

bool merge_once(const Scenario& scenario, std::vector<Cube>& cubes) {
  for (std::size_t i = 0; i < cubes.size(); ++i) {
    for (std::size_t f = 0; f < cubes[i].facts.size(); ++f) {
      const auto together = partners(scenario, cubes, i, f);
      if (!together) continue;
      Cube merged{without(cubes[i], f), false};
      for (const std::size_t one : *together) merged.reached |= cubes[one].reached;
      std::vector<Cube> kept;
      for (std::size_t c = 0; c < cubes.size(); ++c) {
        if (std::ranges::find(*together, c) == together->end()) kept.push_back(cubes[c]);
      }
      kept.push_back(std::move(merged));
      cubes = std::move(kept);
      return true;
    }
  }
  return false;
}

}  // namespace

std::string condition_words(const Scenario& scenario, const prove::SymbolTable& symbols,
                            std::vector<std::vector<Fact>> cases,
                            const std::vector<std::vector<Fact>>& never) {
  std::vector<Cube> cubes;
  for (auto& facts : cases) cubes.push_back({std::move(facts), true});
  for (const auto& facts : never) cubes.push_back({facts, false});
  while (merge_once(scenario, cubes)) {
  }
  std::string text;
  for (const Cube& cube : cubes) {
    if (!cube.reached) continue;
    std::string words;
    for (const Fact& fact : cube.facts) {
      words += (words.empty() ? "" : " and ") + to_string(fact, scenario, symbols);
    }
    if (words.empty()) return "always";
    text += (text.empty() ? "" : " | ") + words;
  }
  return text;
}

}  // namespace reducecheck::planning
