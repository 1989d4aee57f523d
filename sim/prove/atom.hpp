// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: logical tensors by name and structure, and sums of them as ranks hold
// them.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/prove/layout.hpp"
#include "sim/prove/polynomial.hpp"
#include "sim/prove/terms.hpp"

namespace reducecheck::prove {

/// What one axis does to an addend, beside cutting its rows or features (prover.md 2.3).
struct Role {
  enum class Kind {
    part,     // coordinate k holds part k of a sum; `id`: the tensor whose contraction was cut
    once,     // coordinate 0 holds it, others zero
    guarded,  // coordinate 0 holds its part, others zero
    maximum,  // coordinate k holds the largest of its slice
    varying,  // nothing is known; the axis is -1
  };
  int axis = -1;
  Kind kind = Kind::part;
  int id = -1;

  friend auto operator<=>(const Role&, const Role&) = default;
};

enum class AtomKind {
  one,     // the number 1
  input,   // `name`
  vector,  // weights as values: `name`, `layer`
  matrix,
  matmul,    // children: rows, matrix
  mlp,       // `name`, `layer`; forms: argument
  experts,   // `name`, `layer`; children: factor (p); forms: argument; tables: ids
  table,     // `name`, `layer`; children: factor; tables: ids
  function,  // `name`; forms: one an argument
  product,   // children, sorted: a multiset
  sum_cols,  // children: one
  sum_rows,
  max_cols,  // forms: one
  max_all,
  column,      // number: which; children: one
  top_values,  // number: k; forms: the scores
  ids,         // tables: an integer table as the rows of a rank hold it
  mask,        // tables: the condition
  first_part,  // the part that coordinate 0 of axis `layer` holds; children: tensor, id
  parts,       // the parts along axis `layer` as columns; children: tensor, id
  unknown,     // `name`: what made it; tensors: from what
};

/// `layer` of an unknown tensor that was one addend before a collective, a cut or a guard.
inline constexpr std::int64_t moved_unknown = 1;

/// A tensor without a place. Equal atoms are one node, so equality is that of indices.
struct Atom {
  AtomKind kind = AtomKind::one;
  std::string name{};
  std::int64_t layer = 0;
  std::vector<int> children{};
  std::vector<int> forms{};
  std::vector<int> tables{};
  std::vector<int> tensors{};
  Polynomial number{};
  bool has_rows = true;
  bool has_cols = true;

  friend bool operator==(const Atom&, const Atom&) = default;
};

/// A sum of atoms with coefficients: the argument of a function.
using Form = std::vector<std::pair<int, Polynomial>>;

/// One addend of a tensor: an atom, what each axis does to it, and how it is laid out.
struct Addend {
  int atom = 0;
  std::vector<Role> roles{};  // sorted
  Layout rows{};              // whole if the atom has no rows
  Layout cols{};

  friend bool operator==(const Addend&, const Addend&) = default;
  friend bool operator<(const Addend& a, const Addend& b);

  [[nodiscard]] bool has_role(int axis) const;
  [[nodiscard]] bool varying() const { return !roles.empty() && roles.front().axis < 0; }
  /// Whether it is a pending maximum, which nothing linear commutes with.
  [[nodiscard]] bool has_maximum() const;
};

/// What all ranks hold, as a sum: addends in order, each with a non-zero coefficient. The extents
/// are those of a rank.
struct Tensor {
  Polynomial rows = 1;
  Polynomial cols = 1;
  Terms<std::pair<Addend, Polynomial>> terms{};
  bool uneven = false;  // ranks hold different numbers of rows; `rows` is then a name
  bool loose = false;   // under a rank guard: some ranks hold only what spreads to this shape

  friend bool operator==(const Tensor&, const Tensor&) = default;

  void add(const Addend& addend, const Polynomial& coefficient);
};

/// Integer tables by structure.
struct IdTable {
  enum class Kind {
    top,       // ids of topk: forms {scores}, number k; below `number` of columns
    input,     // name
    constant,  // number
    binary,    // name: the operator; children
    choose,    // where(c, a, b): children
    look_up,   // numbers [child]
    unknown,
  };
  Kind kind = Kind::constant;
  std::string name{};
  Polynomial number{};
  Polynomial range{};  // ids lie in [0, range); 0: not known
  std::vector<int> children{};
  std::vector<int> forms{};
  std::vector<std::int64_t> numbers{};

  friend bool operator==(const IdTable&, const IdTable&) = default;
};

/// Of equal nodes the same.
struct NodeHash {
  std::size_t operator()(const Atom& node) const;
  std::size_t operator()(const Form& node) const;
  std::size_t operator()(const Tensor& node) const;
  std::size_t operator()(const IdTable& node) const;
};

/// The nodes of one case. Nothing outlives the case but its verdict and certificate.
class Arena {
 public:
  int intern(const Atom& atom) { return find(atoms_, atom_index_, atom); }
  int intern(const Form& form) { return find(forms_, form_index_, form); }
  int intern(const Tensor& tensor) { return find(tensors_, tensor_index_, tensor); }
  int intern(const IdTable& table) { return find(tables_, table_index_, table); }

  [[nodiscard]] const Atom& atom(int index) const { return *atoms_[at(index)]; }
  [[nodiscard]] const Form& form(int index) const { return *forms_[at(index)]; }
  [[nodiscard]] const Tensor& tensor(int index) const { return *tensors_[at(index)]; }
  [[nodiscard]] const IdTable& table(int index) const { return *tables_[at(index)]; }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

  template <class Node>
  using Index = std::unordered_map<Node, int, NodeHash>;

  template <class Node>
  static int find(std::vector<const Node*>& nodes, Index<Node>& index, const Node& node) {
    const auto [place, added] = index.try_emplace(node, static_cast<int>(nodes.size()));
    if (added) nodes.push_back(&place->first);
    return place->second;
  }

  Index<Atom> atom_index_;
  Index<Form> form_index_;
  Index<Tensor> tensor_index_;
  Index<IdTable> table_index_;
  std::vector<const Atom*> atoms_;
  std::vector<const Form*> forms_;
  std::vector<const Tensor*> tensors_;
  std::vector<const IdTable*> tables_;
};

}  // namespace reducecheck::prove
