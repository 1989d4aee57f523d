// SPDX-License-Identifier: Apache-2.0
// Internal to sim/mutate: one variant's text and the edits of it, one function for each kind of
// place.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/mutate/mutant.hpp"
#include "sim/repair/draft.hpp"

namespace reducecheck::mutation {

class MutantDraft {
 public:
  MutantDraft(const Scenario& scenario, const std::string& variant);

  [[nodiscard]] Variant& variant() { return draft_.variant(); }
  [[nodiscard]] Program& shared() { return draft_.scenario().distributed; }
  [[nodiscard]] std::vector<repair::Place> places() { return draft_.places(); }

  [[nodiscard]] const std::vector<Expr>& groups() const { return groups_; }
  /// Those that some collective of the text names; every one where none does.
  [[nodiscard]] const std::vector<Expr>& used_groups() const { return used_groups_; }
  [[nodiscard]] bool is_weight(const std::string& name) const { return weights_.contains(name); }
  /// Whether the text defines the function.
  [[nodiscard]] bool is_function(const std::string& name) const {
    return functions_.contains(name);
  }

  /// The text with `replacement` at the place, if no edit has that text yet.
  void propose(MutantKind kind, const repair::Place& place, Expr replacement);
  /// The text as it is now, after a change that the caller makes and takes back.
  void propose_changed(MutantKind kind, Position at, std::string before, std::string after);

  [[nodiscard]] Mutants take() { return std::move(mutants_); }

 private:
  void note_groups();
  void note_names();

  repair::Draft draft_;
  std::vector<Expr> groups_;  // axes, derived ones
  std::vector<Expr> used_groups_;
  std::set<std::string> weights_;
  std::set<std::string> functions_;
  std::set<std::string> seen_;
  std::size_t expressions_ = 0;  // of one mutant
  Mutants mutants_;
};

/// Whether the call takes rows to rows, so that its first argument can be exchanged with it.
bool maps_rows(const MutantDraft& draft, const Expr& e);
/// Whether it is an all_reduce or a reduce_scatter.
bool adds_ranks(const Expr& e);
/// Whether `rank` is called anywhere in it.
bool asks_rank(const Expr& e);

void mutate_collectives(MutantDraft& draft);
void mutate_sums(MutantDraft& draft);
void mutate_scales(MutantDraft& draft);
void mutate_conditions(MutantDraft& draft);
void mutate_statements(MutantDraft& draft);

}  // namespace reducecheck::mutation
