// SPDX-License-Identifier: Apache-2.0
// Internal to sim/repair: one variant's text, edited in one place at a time, and the candidates
// that came of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/repair/tree.hpp"

namespace reducecheck::repair {

enum class EditKind {
  other_value,      // of a flag of the variant
  as_variant,       // what another variant of the file says
  change_group,     // of a collective
  drop_collective,  // its argument stays
  add_collective,
  condition,
  move_addend,  // out of a sum, or into it
  scale,        // an addend divided, multiplied, or no longer
  guard,        // an addend on one rank only
  convert,      // all_reduce to reduce_scatter, and the like
  gathered,     // gather the rows, compute, reduce_scatter
  placement,    // of a weight
  only_there,   // another edit, where the variant fails only
};

constexpr std::size_t no_place = static_cast<std::size_t>(-1);

struct Candidate {
  EditKind kind = EditKind::other_value;
  std::string words;
  Position at;
  std::string before;
  std::string after;
  std::size_t size = 0;
  bool near = false;  // in the variant's own text, or at a weight's placement
  Scenario scenario;  // with the variant alone, expected to hold
  // Of an edit of one expression:
  std::size_t place = no_place;
  Expr replacement{ExprKind::absent};
};

class Draft {
 public:
  /// At most `most` candidates are kept.
  Draft(const Scenario& scenario, const std::string& variant, std::size_t most);

  [[nodiscard]] Scenario& scenario() { return work_; }
  [[nodiscard]] Variant& variant() { return work_.variants[0]; }
  [[nodiscard]] std::vector<Place> places() { return repair::places(variant(), work_.distributed); }

  /// The text with `replacement` at the place, if no candidate has that text yet. `more` is added
  /// to the size, for what is rewritten although it stays: the whole of a condition that is turned.
  void propose(EditKind kind, std::string words, const Place& place, Expr replacement,
               std::size_t more = 0);

  /// The same edit of one expression, but only where `condition` is true.
  void propose_only_where(const Expr& condition, const Candidate& candidate);

  /// The text as it is now, after a change that the caller makes and takes back.
  void propose_changed(EditKind kind, std::string words, Position at, std::string before,
                       std::string after, std::size_t more = 0);

  [[nodiscard]] bool limited() const { return limited_; }
  [[nodiscard]] std::vector<Candidate> take() { return std::move(candidates_); }

 private:
  Scenario work_;
  std::string text_;
  std::size_t most_;
  std::set<std::string> seen_;
  std::vector<Candidate> candidates_;
  bool limited_ = false;
};

/// Program and placements of a scenario of one variant: equal texts are equal programs.
std::string text_of_variant(const Scenario& scenario);

/// `experts(E / ep, inter)`.
std::string placement_text(const WeightDecl& weight);

/// The weights as the variant places them.
std::vector<WeightDecl> placed_weights(const Scenario& scenario, const Variant& variant);

}  // namespace reducecheck::repair
