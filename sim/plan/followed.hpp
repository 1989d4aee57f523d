// SPDX-License-Identifier: Apache-2.0
// Internal to sim/plan: a variant that is proved, and its journey in each case of the proof.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/prove/prover.hpp"

namespace reducecheck::planning {

class Followed {
 public:
  Followed(const Scenario& scenario, const Variant& variant, const ProveOptions& options);

  [[nodiscard]] const std::string& name() const { return variant_.name; }
  [[nodiscard]] bool holds() const { return reason_.empty(); }
  /// Why it is not planned for; empty where it holds for all sizes.
  [[nodiscard]] const std::string& reason() const { return reason_; }

  [[nodiscard]] const std::vector<prove::Leaf>& cases() const { return prover_->run(); }
  [[nodiscard]] const prove::SymbolTable& symbols() const { return prover_->symbols(); }

  /// The case that has the layout; nullptr if it is not known to lie in any.
  [[nodiscard]] const prove::Leaf* case_of(const Configuration& at) const;

  /// The smallest layout of the case within the given number of ranks.
  [[nodiscard]] std::optional<Configuration> smallest(const prove::Leaf& leaf,
                                                      std::int64_t ranks) const;

  /// A layout of the case with up to eight times the size of each axis; nothing if there is none.
  [[nodiscard]] std::optional<Configuration> larger(const prove::Leaf& leaf,
                                                    const Configuration& smallest,
                                                    std::int64_t ranks) const;

  /// The case run again and followed; nullptr if it does not run.
  [[nodiscard]] std::unique_ptr<prove::CaseRun> journey(
      const prove::Leaf& leaf, prove::Follow how = prove::Follow::closed) const;

 private:
  [[nodiscard]] std::optional<bool> has(const prove::Leaf& leaf, const Configuration& at) const;

  const Scenario& scenario_;
  const Variant& variant_;
  ProveOptions options_;
  std::unique_ptr<prove::Prover> prover_;
  std::string reason_;
};

}  // namespace reducecheck::planning
