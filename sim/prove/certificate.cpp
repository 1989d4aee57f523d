// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/certificate.hpp"

#include <array>
#include <filesystem>

#include "sim/prove/certificate_case.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prover.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;
using prove::Leaf;
using prove::Question;

json question_json(const Question& question, const prove::SymbolTable& symbols) {
  static constexpr std::array words = {"live", "switch", "less", "equal", "divides"};
  const char* word = words.at(static_cast<std::size_t>(question.kind));
  if (!question.name.empty()) return json::array({word, question.name});
  return json::array(
      {word, prove::to_json(question.left, symbols), prove::to_json(question.right, symbols)});
}

/// The tree over `leaves`, which stand in its order and agree in their first `depth` facts.
json tree_json(const std::vector<const Leaf*>& leaves, std::size_t depth,
               const prove::SymbolTable& symbols) {
  const Leaf& first = *leaves.front();
  if (first.facts.size() == depth) {
    if (first.empty) return {{"claim", "empty"}};
    return prove::CaseWriter(*first.run).written();
  }
  std::vector<std::vector<const Leaf*>> answers;
  for (const Leaf* leaf : leaves) {
    const auto answer = static_cast<std::size_t>(leaf->facts[depth].answer);
    if (answer == answers.size()) answers.emplace_back();
    answers[answer].push_back(leaf);
  }
  json children = json::array();
  for (const auto& part : answers) children.push_back(tree_json(part, depth + 1, symbols));
  return {{"question", question_json(first.facts[depth].question, symbols)}, {"answers", children}};
}

}  // namespace

std::optional<std::string> certificate(const Scenario& scenario, std::size_t variant,
                                       const ProveOptions& options) {
  const Variant& of = *prove::variants_of(scenario).at(variant);
  prove::Prover prover(scenario, of, options);
  std::vector<const Leaf*> leaves;
  try {
    for (const Leaf& leaf : prover.run()) {
      if (leaf.verdict != Verdict::holds) return std::nullopt;
      leaves.push_back(&leaf);
    }
  } catch (const prove::Undecided&) {
    return std::nullopt;
  }
  const json result = {{"format", "reducecheck.proof/1"},
                       {"file", std::filesystem::path(scenario.file).filename().string()},
                       {"variant", of.name},
                       {"tree", tree_json(leaves, 0, prover.symbols())}};
  return result.dump() + "\n";
}

}  // namespace reducecheck
