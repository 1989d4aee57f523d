// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: the operations of the language on abstract tensors (prover.md 3). Every
// rule is exact for all sizes of the case; where there is none, the result is an `unknown` tensor
// that is named by what made it, and which no later rule takes for anything else.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "sim/prove/atom.hpp"
#include "sim/prove/facts.hpp"
#include "sim/prove/journey.hpp"

namespace reducecheck::prove {

/// The axes of a group, major first; those of size 1 are left out.
using Axes = std::vector<int>;

/// The run cannot go on: calls or shapes do not fit together in this case.
struct Mismatch {
  std::string defect_class;
  std::string detail;
};

/// One use of a weight or input: with which coefficient and state it reaches a non-linear function
/// or an output. `place` counts the uses of a run.
struct Use {
  std::string name;
  std::int64_t layer = 0;
  Polynomial coefficient;
  std::vector<Role> roles;
  int place = 0;
  std::string lost_in;      // the operation after which no rule describes it; empty: none
  bool scale_free = false;  // by a norm that does not see a factor of all that it takes
};

class Algebra {
 public:
  Algebra(Arena& arena, Facts& facts, SymbolTable& symbols)
      : arena_(arena), facts_(facts), symbols_(symbols) {}

  /// From here on a function takes an unreduced or over-counted argument as if it were complete,
  /// and counted as in the uses of the reference, which must outlive this: what is wrong behind a
  /// first fault is then counted on its own.
  void mend_arguments(const std::vector<Use>& reference) { mends_ = &reference; }

  /// From here on what the file assumes is true; it must outlive this.
  void assume(const Assumptions& assumed) { assumed_ = &assumed; }

  // algebra.cpp: leaves, sums and products
  Tensor number(const Polynomial& value);
  [[nodiscard]] bool rank_local(const Polynomial& number) const;
  Tensor unknown(const std::string& name, const std::vector<Tensor>& from, const Polynomial& rows,
                 const Polynomial& cols);
  Tensor scaled(const Tensor& x, const Polynomial& by);
  /// Throws: Mismatch where the numbers of rows differ.
  Tensor sum(const Tensor& a, const Tensor& b);
  Tensor product(const Tensor& a, const Tensor& b);
  Tensor reciprocal(const Tensor& x);

  // algebra_functions.cpp: non-linear ones and statistics
  Tensor function(const std::string& name, const std::vector<Tensor>& arguments);
  Tensor square(const Tensor& x);
  Tensor norm(const Tensor& of);
  Tensor sum_features(const Tensor& x);
  Tensor sum_rows(const Tensor& x);
  Tensor largest(const Tensor& x, bool of_all);
  Tensor column(const Tensor& x, const Polynomial& which);
  /// Values and ids.
  std::pair<Tensor, Tensor> top(const Tensor& scores, const Polynomial& k);
  Tensor unknown_ids(const Tensor& from, const Polynomial& cols);

  // algebra_weights.cpp
  Tensor matmul(const Tensor& x, const Tensor& matrix);
  Tensor mlp(const std::string& name, std::int64_t layer, const Tensor& x, const Axes& inner);
  Tensor experts(const std::string& name, std::int64_t layer, const Tensor& x, int ids,
                 const Tensor& factor, const Axes& owners, const Axes& inner);
  /// What `experts` gives where rows came by a dispatch: only the first holder of an expert
  /// answers.
  Tensor answered(const Tensor& out, const std::string& name, std::int64_t layer,
                  const Axes& owners);
  Tensor table(const std::string& name, std::int64_t layer, int ids, const Layout& rows,
               const Tensor& factor, const Axes& owners, const Layout& cols,
               const Polynomial& width);
  Tensor dispatched(const Tensor& x, int dispatch);
  /// The number of the dispatch that delivers rows laid out as `rows`.
  int dispatch(const std::string& weight, std::int64_t layer, const Axes& group, int ids,
               const Layout& rows);
  Tensor combined(const Tensor& out, const std::string& weight, std::int64_t layer,
                  const Axes& group, const Tensor& ids);

  // algebra_collectives.cpp
  Tensor all_reduce(const Tensor& x, const Axes& group);
  Tensor average(const Tensor& x, const Axes& group);
  Tensor all_reduce_max(const Tensor& x, const Axes& group);
  Tensor broadcast(const Tensor& x, const Axes& group);
  /// Coordinate 0 of every axis keeps its value, others have zero.
  Tensor guarded(const Tensor& x, const Axes& group);

  // algebra_rows.cpp: one dimension cut, gathered, padded
  enum class Dimension { rows, cols };
  Tensor gathered(const Tensor& x, const Axes& group, Dimension dimension);
  /// This rank's share over the group; by ceil where `uneven`.
  Tensor cut(const Tensor& x, const Axes& group, Dimension dimension);
  Tensor owned_rows(const Tensor& x, int axis);
  std::optional<Tensor> cut_to_owners(const Tensor& x, const Axes& group, const Polynomial& rows);
  Tensor padded(const Tensor& x, const Polynomial& rows, bool garbage);
  Tensor sliced(const Tensor& x, const Polynomial& begin, const Polynomial& end);
  Tensor joined_rows(const std::vector<Tensor>& parts);

  /// From here on every use and move of a tensor is told to `journey` too.
  void follow(Journey& journey) { journey_ = &journey; }
  [[nodiscard]] Journey* journey() { return journey_; }

  /// Notes how each addend of `x` is counted where it is used, by `consumer` if that has a name.
  void used(const Tensor& x, const std::string& consumer = "");
  [[nodiscard]] const std::vector<Use>& uses() const& { return uses_; }
  [[nodiscard]] std::vector<Use> uses() && { return std::move(uses_); }

  [[nodiscard]] Arena& arena() { return arena_; }
  [[nodiscard]] Facts& facts() { return facts_; }
  [[nodiscard]] SymbolTable& symbols() { return symbols_; }

  /// The product of the sizes of `group`.
  [[nodiscard]] Polynomial size(const Axes& group) const;

 private:
  struct Dispatch {
    std::string weight;
    std::int64_t layer = 0;
    Axes group;
    int ids = -1;
    Layout rows;

    friend bool operator==(const Dispatch&, const Dispatch&) = default;
  };

  [[nodiscard]] bool broadcasts_rows(const Tensor& x) const;
  [[nodiscard]] bool broadcasts_cols(const Tensor& x) const;
  [[nodiscard]] bool same_extent(const Polynomial& a, const Polynomial& b) const;
  Polynomial common_rows(const Tensor& a, const Tensor& b) const;
  Polynomial common_cols(const Tensor& a, const Tensor& b) const;
  int product_atom(std::span<const int> factors);
  std::optional<Addend> product_addend(const Addend& a, const Addend& b);
  /// Of the arena, or `atom` itself.
  [[nodiscard]] std::span<const int> factors(const int& atom) const;
  /// `make` applied to the factors that have features (or rows); the others stand outside.
  template <class Make>
  int outside(int atom, bool Atom::*dimension, Make make);
  struct Clean {
    bool yes = true;
    Layout rows;
    Layout cols;
    bool has_rows = false;
    bool has_cols = false;
    std::vector<int> forms;
  };
  Clean clean(std::span<const Tensor> arguments);
  Clean clean(const Tensor& argument) { return clean({&argument, 1}); }
  void fill_padding(Clean& where, const Tensor& x, const std::string& name, bool of_zero);
  /// Notes the use of `x`; what the function takes it for.
  Tensor argument(const Tensor& x, const std::string& consumer);
  Tensor mended(const Tensor& x) const;
  [[nodiscard]] std::optional<Polynomial> wanted(int atom, const Polynomial& coefficient) const;
  Tensor applied(const std::string& name, const std::vector<Tensor>& arguments,
                 const Tensor& shape);
  Tensor from_atom(int atom, const Clean& where, const Polynomial& rows,
                   const Polynomial& cols) const;
  /// A place on the way of `x`, told to the journey.
  void pass(const Tensor& x, const std::string& consumer);
  void use_atom(int atom, const Polynomial& coefficient, const std::vector<Role>& roles,
                const std::string& lost_in);
  [[nodiscard]] bool rows_held_by(const Layout& layout, int axis) const;
  [[nodiscard]] bool held_by(const Addend& addend, int axis) const;
  void reduce_addend(Addend addend, Polynomial coefficient, int axis, const Tensor& of,
                     Tensor& into);
  /// The parts that a cut of `atom` as in `layout` makes of a sum or a maximum of it.
  void add_cut_parts(Addend& addend, int atom, const Layout& layout);
  void add_cut_maxima(Addend& addend, const Layout& layout, const std::string& of);
  int cut_name(int atom, const Layout& layout, std::size_t digit, const std::string& of);
  Addend unknown_addend(const std::string& name, const Addend& addend, const Tensor& of);
  Tensor reduced(const Tensor& x, int axis);
  Tensor gathered(const Tensor& x, int axis, Dimension dimension);
  Tensor cut(const Tensor& x, int axis, Dimension dimension, bool uneven);
  [[nodiscard]] Polynomial rows_before_ceil(const Tensor& x, int axis) const;
  std::optional<Addend> parts_as_columns(const Addend& addend, int axis);
  [[nodiscard]] const Layout* owner_rows(const Polynomial& rows) const;
  [[nodiscard]] bool within(const Polynomial& inner, const Polynomial& outer) const;
  [[nodiscard]] bool is_positive(Symbol symbol) const;
  Tensor without_scale(const Tensor& x) const;
  std::optional<Addend> contracted(const Addend& x, const Addend& matrix);

  Arena& arena_;
  Facts& facts_;
  SymbolTable& symbols_;
  std::vector<Dispatch> dispatches_;
  std::vector<std::pair<Polynomial, Layout>> owner_rows_;  // of owners with their own numbers
  std::vector<Use> uses_;
  int place_ = 0;
  Journey* journey_ = nullptr;
  const std::vector<Use>* mends_ = nullptr;
  const Assumptions* assumed_ = nullptr;
};

template <class Make>
int Algebra::outside(int atom, bool Atom::*dimension, Make make) {
  std::vector<int> inside;
  std::vector<int> others;
  for (const int factor : factors(atom)) {
    (arena_.atom(factor).*dimension ? inside : others).push_back(factor);
  }
  others.push_back(make(product_atom(inside)));
  return product_atom(others);
}

/// `mlp`, `mlp[1]`
std::string layer_name(const std::string& weight, std::int64_t layer);

/// `x` with coefficient `by` taken into `into`.
void accumulate(Tensor& into, const Tensor& x, const Polynomial& by = 1);

}  // namespace reducecheck::prove
