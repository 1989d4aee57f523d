// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: the names that the frame of a scenario declares, for all sizes at once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/prove/symbolic.hpp"

namespace reducecheck::prove {

/// A configuration in which the text has no meaning, such as 8 experts over 3 ranks: not a case.
struct Excluded {};

/// How a weight's dimension lies on the ranks: `extent` in all, shares over `split`.
struct Dimension {
  Polynomial extent;
  Axes split;
};

class Names {
 public:
  Names(const Scenario& scenario, const Variant* variant, Facts& facts, SymbolTable& symbols);

  /// The value of a name of the frame; nothing if it has none there.
  std::optional<Symbolic> find(const std::string& name);

  /// The weight of that name, as the variant places it. Throws: Undecided where the variant gives
  /// it another width than the reference has: it is then another function.
  const WeightDecl* weight(const std::string& name);

  /// The value of an expression over the frame. Throws: Split, Undecided.
  Symbolic evaluate(const Expr& expression);

  /// `inter / tp`; a placement that does not divide is no configuration. The expression outlives
  /// this. Throws: Excluded.
  const Dimension& dimension(const Expr& expression);

  /// What the ranks hold of the experts or rows of `decl`, as a list.
  std::vector<Segment> numbers(const WeightDecl& decl);

  /// A function of configuration values; nothing if `name` is none or there is a tensor.
  std::optional<Symbolic> call(const std::string& name, const std::vector<Symbolic>& arguments,
                               Position at);

  /// The file's `where`. Parts that only compare with numbers bound the sample, not the claim.
  /// Throws: Excluded where it is false.
  void check_where();

  [[nodiscard]] Arithmetic& arithmetic() { return arithmetic_; }
  [[nodiscard]] const Scenario& scenario() const { return scenario_; }

 private:
  Dimension found_dimension(const Expr& expression);
  bool same_function(const WeightDecl& a, const WeightDecl& b);
  std::optional<Symbolic> declared(const std::string& name);
  std::optional<Symbolic> group_suffix(const std::string& name);
  const NamedExpr* find_named(const std::string& name) const;
  Symbolic extremum(bool largest, const std::vector<Symbolic>& arguments, Position at);
  Symbolic range(const std::vector<Symbolic>& arguments, Position at);
  Symbolic share(Segment::Kind kind, const std::vector<Symbolic>& arguments, Position at);

  const Scenario& scenario_;
  const Variant* variant_;
  Facts& facts_;
  SymbolTable& symbols_;
  Arithmetic arithmetic_;
  std::map<std::string, Symbolic> known_;
  std::map<const Expr*, Dimension> dimensions_;
  std::vector<std::string> in_progress_;
};

}  // namespace reducecheck::prove
