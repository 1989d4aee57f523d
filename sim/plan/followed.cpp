// SPDX-License-Identifier: Apache-2.0
#include "sim/plan/followed.hpp"

#include <algorithm>

#include "sim/prove/region.hpp"
#include "sim/prove/undecided.hpp"

namespace reducecheck::planning {

using prove::Leaf;

Followed::Followed(const Scenario& scenario, const Variant& variant, const ProveOptions& options)
    : scenario_(scenario),
      variant_(variant),
      options_(options),
      prover_(std::make_unique<prove::Prover>(scenario_, variant_, options_)) {
  try {
    for (const Leaf& leaf : prover_->run()) {
      if (leaf.verdict == Verdict::holds || !reason_.empty()) continue;
      reason_ = leaf.verdict == Verdict::defect ? "is wrong in some case"
                                                : "is undecided in some case: " + leaf.reason;
    }
  } catch (const prove::Undecided& undecided) {
    reason_ = std::string("is undecided: ") + undecided.what();
  }
}

std::optional<bool> Followed::has(const Leaf& leaf, const Configuration& at) const {
  try {
    const Scope scope(scenario_, at);
    return prove::lies_in(scenario_, leaf.facts, prover_->symbols(), scope, at);
  } catch (const TextError&) {
    return false;
  }
}

const Leaf* Followed::case_of(const Configuration& at) const {
  for (const Leaf& leaf : cases()) {
    if (!leaf.empty && has(leaf, at) == true) return &leaf;
  }
  return nullptr;
}

std::optional<Configuration> Followed::smallest(const Leaf& leaf, std::int64_t ranks) const {
  std::optional<Configuration> found;
  const auto visit = [&](const Configuration& at) {
    if (has(leaf, at) == true) found = at;
    return !found;
  };
  prove::for_each_configuration(scenario_, leaf.facts, ranks, visit);
  return found;
}

std::optional<Configuration> Followed::larger(const Leaf& leaf, const Configuration& smallest,
                                              std::int64_t ranks) const {
  for (const std::int64_t factor : {8, 4, 2}) {
    Configuration at = smallest;
    std::int64_t total = 1;
    for (std::size_t i = 0; i < at.axes.size(); ++i) {
      if (at.axes[i] > 1 && scenario_.axes[i].sizes.size() != 1) at.axes[i] *= factor;
      total *= at.axes[i];
    }
    if (total <= ranks && !(at == smallest) && has(leaf, at) == true) return at;
  }
  return std::nullopt;
}

std::unique_ptr<prove::CaseRun> Followed::journey(const Leaf& leaf, prove::Follow how) const {
  try {
    return prove::run_case(scenario_, &variant_, leaf.facts, prover_->symbols(), how);
  } catch (const prove::Split&) {
  } catch (const prove::Undecided&) {
  } catch (const prove::Excluded&) {
  }
  return nullptr;
}

}  // namespace reducecheck::planning
