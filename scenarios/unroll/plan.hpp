// SPDX-License-Identifier: Apache-2.0
// A program unrolled for one configuration: the straight line of every rank, as one list of steps.
//
// Control flow reads configuration values only, so shapes, row identities and the matching of
// collectives are known without any data. A step that several ranks would compute from the same
// operands stands in the list once: replicated work costs what one rank's would, and every
// interpreter (integers, floats, tangents) just walks the list.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/frame/scenario.hpp"
#include "scenarios/mesh/mesh.hpp"
#include "scenarios/program/fraction.hpp"

namespace reducecheck {

/// Whose data a row of a tensor is. Ghost state: no step reads it to compute a number, and the
/// verdict does not read it; it explains. (`combine` does use `dispatch`, the handle of the call.)
struct RowTag {
  enum class Kind : std::uint8_t {
    token,      // (owner, index)
    broadcast,  // a weight or a statistic over rows: the same for every row
    padding,    // zeros
    stained,    // padding that is no longer zero
    garbage,    // uninitialised memory
    mixed,      // rows of different tokens were combined, first by step `index`
  };
  Kind kind = Kind::token;
  std::int32_t owner = 0;
  std::int32_t index = 0;
  std::int32_t dispatch = -1;  // the step of the dispatch that delivered the row, or -1

  friend bool operator==(const RowTag&, const RowTag&) = default;
};

/// Which logical features the columns are: [begin, begin + width) of `total`, or unknown (total 0).
struct Features {
  std::int64_t begin = 0;
  std::int64_t total = 0;

  friend bool operator==(const Features&, const Features&) = default;
};

/// A tensor of the plan: rows x width, row-major; `integer` for tables of ids.
struct PlanValue {
  int step = -1;
  int rows = 0;
  int width = 0;
  int tags = 0;  // index into Plan::tag_lists, one tag a row
  Features features;
  bool integer = false;
  bool statistic = false;  // sum, max or amax of what a rank holds, or computed from one
  bool uneven = false;     // other ranks may hold another number of rows
};

enum class StepKind : std::uint8_t {
  // Leaves: no operands; the rows are those of the result's tags.
  input,      // numbers: feature begin, features in all
  ids_input,  // numbers: 0, range of the ids
  vector,     // numbers: begin, total
  scalar,
  matrix,    // a linear as a value; numbers: in begin, in total, out begin, out total, out width
  constant,  // `scalar` in every element
  // Weights as functions. `whole` is 1 in the reference, which holds all experts and rows.
  linear,   // operands: x. numbers: as of a matrix
  mlp,      // operands: x. numbers: inter begin, inter width, inter total
  experts,  // operands: x, ids, p. numbers: as of an mlp, whole, by slot. experts: of each slot
  table,    // operands: ids [, p]. numbers: width begin, width, total, whole. experts: rows held
  // Elementwise
  add,
  subtract,
  multiply,
  divide,
  matmul,
  scale,       // by `scalar`
  shift,       // plus `scalar`
  reciprocal,  // `scalar` / x
  pointwise,   // `function`
  quantise,    // operands: x, scale
  select,      // operands: condition, value if it is not 0, value if it is
  // Integer tables
  integer_binary,    // numbers: BinaryOp
  integer_constant,  // `scalar` in every element
  look_up,           // experts: the list
  // Rows and statistics
  topk,  // results: values, ids. numbers: k
  sum_cols,
  sum_rows,
  max_cols,
  max_all,
  norm,        // operands: x [, weight]
  slice_rows,  // numbers: begin, end
  slice_cols,  // numbers: begin, end
  pad,         // numbers: rows, 0 for zeros or 1 + rank for uninitialised memory
  cat_rows,
  cat_cols,
  guarded,  // operands: value [, what the variable held before]; the value, under a rank guard
  // Collectives; operands: one of each member in group order
  all_reduce_sum,
  all_reduce_avg,
  all_reduce_max,
  reduce_scatter,       // results: rows of each member
  reduce_scatter_cols,  // results: features of each member
  reduce_scatter_v,     // numbers: rows of each member. results: one a member
  all_gather,           // numbers: the step of the dispatch that it delivers for; else none
  all_gather_cols,
  broadcast,
  dispatch,  // operands: ids of each member. results: ids as each member sees them. experts: the
             // member that answers for each expert, -1: none
  combine,   // operands: what each member returns, then ids of each member. results: one a member.
             // numbers: the step of the dispatch. experts: as of a dispatch
};

/// One weight or input as the steps name it; an index into Plan::sources.
struct Source {
  std::string name;
  WeightKind kind = WeightKind::linear;
  bool is_input = false;
  bool positive = false;  // a scalar that the file assumes to be above zero
};

struct Step {
  StepKind kind = StepKind::input;
  std::vector<int> operands;
  std::vector<int> results;
  int source = -1;
  std::int64_t layer = 0;
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> experts;
  Fraction scalar;
  std::string function;
  Group group;  // collectives
  std::vector<int> members;
  int chunk = 0;   // weights: which share of the split inner dimension this is ...
  int chunks = 1;  // ... and of how many
  Group split;     // weights: the axes whose ranks hold the shares
  Position at;     // of the first execution
  int section = 0;
  std::string text;  // of the call, for messages
};

/// Which step a rank executed, in its own order; replicated steps appear for each rank.
struct Execution {
  int step = -1;
  int section = 0;
};

/// A run that could not go on: the first thing that is wrong is a shape or a call, not a number.
struct RunFinding {
  std::string defect_class;
  Position at;
  std::string operation;
  std::string group;
  std::vector<int> ranks;
  std::string detail;
};

/// What one rank must hold of one output.
struct Requirement {
  int tags = 0;  // list of tokens
  Features features;
  int width = 0;
};

/// One program (a variant, or the reference) unrolled.
/// Where a run asks for a step.
struct StepPlace {
  Position at;
  std::string text;
};

struct Run {
  std::string name;
  std::vector<std::vector<int>> outputs;           // [output][rank]: a value, or -1
  std::vector<std::vector<Execution>> executions;  // [rank]
  std::vector<std::int64_t> collectives;           // [rank]
  std::vector<std::int64_t> elements;              // [rank]: moved by them
  std::optional<RunFinding> finding;
  int sections = 0;
  std::map<int, StepPlace> places;  // of its steps that a run before it has too, elsewhere
};

struct Plan {
  std::vector<Source> sources;
  std::vector<Step> steps;
  std::vector<PlanValue> values;
  std::vector<std::vector<RowTag>> tag_lists;
  std::vector<std::string> output_names;
  std::vector<std::vector<Requirement>> required;  // [output][rank]
  std::vector<Run> variants;
  Run reference;                 // one rank; outputs[output][0] has all tokens, owners in order
  bool scale_free_norm = false;  // norm(c * x) == norm(x); c > 0 of sizes and positive scalars
};

/// Steps that `run` shares with runs before it are told by its text from here on.
inline void place_by(const Run& run, Plan& plan) {
  for (const auto& [step, place] : run.places) {
    plan.steps[static_cast<std::size_t>(step)].at = place.at;
    plan.steps[static_cast<std::size_t>(step)].text = place.text;
  }
}

}  // namespace reducecheck
