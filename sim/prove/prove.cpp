// SPDX-License-Identifier: Apache-2.0
#include "sim/prove/prove.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/prove/counts.hpp"
#include "sim/prove/exact_runs.hpp"
#include "sim/prove/prover.hpp"
#include "sim/prove/region.hpp"
#include "sim/prove/sentence.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck {

namespace {

using prove::Leaf;

std::vector<std::string> facts_of(const Scenario& scenario, const Leaf& leaf,
                                  const prove::SymbolTable& symbols) {
  std::vector<std::string> facts;
  for (const prove::Fact& fact : leaf.facts) facts.push_back(to_string(fact, scenario, symbols));
  return facts;
}

ProofCase case_of(const Scenario& scenario, const Leaf& leaf, const prove::SymbolTable& symbols) {
  ProofCase result;
  result.facts = facts_of(scenario, leaf, symbols);
  result.verdict = leaf.verdict;
  result.empty = leaf.empty;
  result.reason = leaf.reason;
  result.witness = leaf.witness;
  if (leaf.run) result.counts = prove::counts_of(*leaf.run);
  return result;
}

}  // namespace

Proof prove_variant(const Scenario& scenario, std::size_t variant, const ProveOptions& options) {
  const Variant& of = *prove::variants_of(scenario).at(variant);
  Proof proof;
  proof.variant = of.name;
  prove::Prover prover(scenario, of, options);
  try {
    prover.run();
  } catch (const prove::Undecided& undecided) {
    proof.reason = undecided.what();
    return proof;
  }
  for (const Leaf& leaf : prover.run()) {
    proof.cases.push_back(case_of(scenario, leaf, prover.symbols()));
  }
  const auto any = [&](Verdict verdict) {
    return std::find_if(proof.cases.begin(), proof.cases.end(),
                        [&](const ProofCase& c) { return c.verdict == verdict; });
  };
  const auto defect = any(Verdict::defect);
  const auto open = any(Verdict::undecided);
  if (open != proof.cases.end()) proof.reason = open->reason;
  if (defect != proof.cases.end()) {
    proof.verdict = Verdict::defect;
    defect->finding = prove::exact_finding(scenario, of, *defect->witness, options.seed);
    proof.condition = prove::failing_sentence(scenario, prover);
    const auto wrong = std::find_if(defect->counts.begin(), defect->counts.end(),
                                    [](const AddendCount& c) { return !c.right; });
    if (wrong != defect->counts.end()) proof.coefficient = wrong->count;
  } else if (open == proof.cases.end()) {
    proof.verdict = Verdict::holds;
  }
  return proof;
}

SweptProof prove_beside(const Scenario& scenario, std::size_t variant,
                        const std::vector<Configuration>& configurations,
                        const ProveOptions& options) {
  SweptProof result;
  result.verdicts.assign(configurations.size(), Verdict::undecided);
  prove::Prover prover(scenario, *prove::variants_of(scenario).at(variant), options);
  try {
    prover.run();
  } catch (const prove::Undecided&) {
    return result;
  }
  const std::vector<Leaf>& leaves = prover.run();
  result.complete = std::none_of(leaves.begin(), leaves.end(), [](const Leaf& leaf) {
    return leaf.verdict == Verdict::undecided;
  });
  std::set<const Leaf*> looked_at;
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    const Scope scope(scenario, configurations[i]);
    const auto has = [&](const Leaf& leaf) {
      return lies_in(scenario, leaf.facts, prover.symbols(), scope, configurations[i]) == true;
    };
    const auto leaf = std::find_if(leaves.begin(), leaves.end(), has);
    const bool known = leaf != leaves.end() && !leaf->empty;
    if (known) result.verdicts[i] = leaf->verdict;
    if (known) looked_at.insert(&*leaf);
  }
  const auto beyond = std::find_if(leaves.begin(), leaves.end(), [&](const Leaf& leaf) {
    return leaf.verdict == Verdict::defect && !leaf.empty && !looked_at.contains(&leaf);
  });
  if (beyond != leaves.end()) {
    result.wrong_beyond =
        fmt::format("{}", fmt::join(facts_of(scenario, *beyond, prover.symbols()), " and "));
  }
  return result;
}

std::vector<Proof> prove_scenario(const Scenario& scenario, const ProveOptions& options) {
  std::vector<Proof> proofs;
  for (std::size_t i = 0; i < prove::variants_of(scenario).size(); ++i) {
    proofs.push_back(prove_variant(scenario, i, options));
  }
  return proofs;
}

}  // namespace reducecheck
