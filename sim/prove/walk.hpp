// SPDX-License-Identifier: Apache-2.0
// Internal to sim/prove: one program run once for all ranks and all sizes of a case.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/prove/names.hpp"

namespace reducecheck::prove {

/// A call with its evaluated arguments; `keywords[i]` is empty for a positional one.
struct Arguments {
  const std::string& name;  // empty where the callee is not one; of the text, like `keywords`
  std::vector<Symbolic> values;
  const std::vector<std::string>& keywords;
  Position at;
};

/// Interprets the reference (`whole`: no group exists there) or a variant's text.
class Walk {
 public:
  Walk(Names& names, Algebra& algebra, bool whole);

  /// Runs the texts one after the other as one program. Throws: Split, Undecided, Mismatch,
  /// Excluded.
  void run(const std::vector<const Program*>& text);

  /// From here on every tensor that a call gives or a name takes is appended to `values`.
  void record_into(std::vector<Tensor>& values) { record_ = &values; }

  /// The tensor that a top-level variable holds.
  Tensor output(const reducecheck::Layout& layout);

  /// The input as a rank holds it, or all of it in the reference.
  Tensor input(const reducecheck::Layout& layout);

 private:
  using Variables = std::map<std::string, Symbolic>;

  // walk.cpp: statements, names
  std::optional<Symbolic> block(const Program& statements);
  std::optional<Symbolic> statement(const Stmt& statement);
  std::optional<Symbolic> branch(const Stmt& statement);
  std::optional<Symbolic> loop(const Stmt& statement);
  std::optional<Symbolic> guarded_branch(const Stmt& statement, const RankTest& test);
  void check_absent(const std::string& name, Position at);
  Symbolic merged(const Symbolic& then, const Symbolic& otherwise, const RankTest& test);
  void assign(const std::vector<std::string>& targets, const Symbolic& value, Position at);
  std::optional<Symbolic> look_up(const std::string& name);
  Symbolic call_function(const Stmt& function, const Arguments& call);
  void record(const Symbolic& value);

  // walk_expressions.cpp
  Symbolic evaluate(const Expr& e);
  Symbolic binary(const Expr& e);
  Symbolic logical(const Expr& e);
  Symbolic conditional(const Expr& e);
  Symbolic arithmetic(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at);
  /// Of the operands `a` and `b`, which the text has as `left` and `right`.
  Tensor elementwise(BinaryOp op, const Tensor& a, const Tensor& b, const Symbolic& left,
                     const Symbolic& right, Position at);
  Symbolic tensor_arithmetic(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at);
  Symbolic index(const Symbolic& value, const Symbolic& at_index, Position at);
  Symbolic slice(const Expr& e);
  Symbolic slice_tensor(const Tensor& x, const Polynomial& begin, const Polynomial& end);
  Symbolic call(const Expr& e);

  // walk_operations.cpp
  std::optional<Symbolic> operation(const Arguments& call);
  std::optional<Symbolic> local_operation(const Arguments& call);
  std::optional<Symbolic> row_operation(const Arguments& call);
  std::optional<Symbolic> collective(const Arguments& call);
  Symbolic reduction(const Tensor& x, const Axes& group, const Arguments& call);
  Symbolic join(const Arguments& call);
  Symbolic pad(const Arguments& call);
  Symbolic choose(const Arguments& call);
  Symbolic take(const Arguments& call);
  Symbolic dispatch(const Arguments& call);
  Symbolic combine(const Arguments& call);
  Axes group_argument(const Arguments& call, std::size_t place);
  Algebra::Dimension dimension_argument(const Arguments& call);
  const Symbolic* keyword(const Arguments& call, const std::string& name) const;

  // walk_tables.cpp: tables of ids
  [[nodiscard]] bool is_table(const Symbolic& value) const;
  [[nodiscard]] bool is_own_table(const Symbolic& value) const;
  int table_of(const Symbolic& value, Position at);
  Symbolic table_like(int table, const Tensor& like);
  Symbolic table_arithmetic(BinaryOp op, const Symbolic& left, const Symbolic& right, Position at);
  std::optional<Symbolic> folded(BinaryOp op, const Symbolic& left, const Symbolic& right,
                                 Position at);
  std::optional<int> logical_ids(const WeightOf& weight, int index);

  // walk_weights.cpp
  Symbolic call_weight(const WeightOf& weight, const Arguments& call);
  Tensor weight_value(const WeightOf& weight);
  Symbolic call_experts(const WeightOf& weight, const Arguments& call);
  Tensor routed(const WeightOf& weight, const Tensor& x, const Symbolic& ids, const Tensor& p,
                Position at);
  void add_owned(const WeightOf& weight, const Segment& segment, const Tensor& x, int ids,
                 const Tensor& p, Tensor& into);
  Symbolic call_table(const WeightOf& weight, const Arguments& call);
  std::optional<std::pair<Polynomial, Axes>> owned(const Segment& segment, int ids);
  Axes inner_split(const WeightDecl& decl);
  Dimension held(const Expr& e);
  Layout features(const Axes& split) const;

  /// As one tensor; numbers are constants.
  Tensor tensor(const Symbolic& value, Position at);
  /// The same for an operand of arithmetic, which spreads a number, one row or one column.
  Tensor operand(const Symbolic& value, Position at);
  static void check_shape(const Tensor& x, Position at);
  const std::vector<Tensor>& blocks(const Symbolic& value, Position at);

  Names& names_;
  Algebra& algebra_;
  bool whole_;
  std::vector<Variables> frames_;
  std::map<std::string, const Stmt*> functions_;
  std::vector<Axes> guards_;  // axes of the rank guards that the text stands under
  int steps_ = 0;
  std::vector<Tensor>* record_ = nullptr;
};

}  // namespace reducecheck::prove
