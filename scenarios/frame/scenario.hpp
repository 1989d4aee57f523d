// SPDX-License-Identifier: Apache-2.0
// A scenario file as a value: mesh, switches, weights, layouts, the two programs, the variants and
// what is expected of them. Made by load_scenario, printed by print_scenario, or built in code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/program/ast.hpp"

namespace reducecheck {

/// A mesh axis, slowest first in Scenario::axes. No sizes means 1, 2, ... up to the number of
/// ranks.
struct Axis {
  std::string name;
  Position at;
  std::vector<std::int64_t> sizes;
};

/// A name with the expression it stands for: a derived group or a size.
struct NamedExpr {
  std::string name;
  Position at;
  Expr value;
};

using SwitchValue = std::variant<bool, std::int64_t, std::string>;

/// A dimension of the sweep that is not a mesh axis, such as `use_ep = [false, true]`.
struct Switch {
  std::string name;
  Position at;
  std::vector<SwitchValue> values;
};

enum class WeightKind { linear, mlp, experts, table, vector, scalar };

/// The word of the text: `linear`, `mlp`, ...
const char* spelling(WeightKind kind);

/// A weight and its placement: `experts(E / ep, inter / tp)`. A dimension is a size, `size /
/// group`, or (first dimension of experts and table) a list of the logical numbers that the rank
/// holds.
struct WeightDecl {
  std::string name;
  Position at;
  WeightKind kind = WeightKind::linear;
  std::vector<Expr> dimensions;
};

/// `"tokens / dp // tp, hidden / tp"`: the rows a rank holds and the features of each.
struct Layout {
  std::string name;
  Position at;
  Expr rows;
  Expr features;
};

/// A spelling of an engine: `ep_world_size = "ep"`.
struct Alias {
  std::string name;
  Position at;
  std::string target;
};

/// A named prefix of the distributed program; `weights` replace or add placements.
struct Variant {
  std::string name;
  Position at;
  Program program;
  std::vector<WeightDecl> weights;
};

/// One line of `[expect]`: `double_reduce(shared) when tp > 1`. No branches means any.
struct ExpectedVerdict {
  Position at;
  std::string verdict;  // "holds" or the id of a defect class
  std::vector<std::string> branches;
  Expr when{ExprKind::absent};  // absent: always
};

/// What is expected of a variant; the first entry whose predicate is true counts, none means holds.
struct Expectation {
  std::string variant;
  Position at;
  std::vector<ExpectedVerdict> verdicts;
};

/// What the file says of functions and scalars beyond their names: `[assume]`.
struct Assumptions {
  bool scale_free_norm = false;       // norm(c * x) == norm(x) for a number c > 0
  std::vector<std::string> positive;  // scalar weights, of which c may be made beside sizes

  friend bool operator==(const Assumptions&, const Assumptions&) = default;
};

/// How a saved counterexample is run again; absent in files written by hand.
struct Replay {
  Position at;
  std::uint64_t seed = 0;
  std::string variant;
};

struct Scenario {
  std::string file;  // as given by the user, for messages
  std::string title;
  std::string source;
  std::string entry;  // empty: the file's name
  std::string note;
  std::string model;  // preset that `--shape full` takes the sizes from; may be empty
  std::vector<Axis> axes;
  std::int64_t ranks = 8;
  Expr where{ExprKind::absent};
  std::vector<NamedExpr> groups;  // derived: `ep = "dp * tp if use_ep else 1"`
  std::vector<Switch> switches;
  std::vector<NamedExpr> sizes;
  std::vector<WeightDecl> weights;
  std::vector<Layout> inputs;
  std::vector<Layout> outputs;
  std::vector<Alias> aliases;
  Assumptions assume;
  Program reference;
  Program distributed;
  std::vector<Variant> variants;  // in the order of the file
  std::vector<Expectation> expectations;
  std::optional<Replay> replay;
};

/// Equality ignores `file` and every position.
bool operator==(const Scenario& a, const Scenario& b);

}  // namespace reducecheck
