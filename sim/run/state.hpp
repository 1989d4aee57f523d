// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: the interpreter's state and the steps it computes, in one file a family.
#pragma once

#include <unsupported/Eigen/CXX11/Tensor>

#include <cstdint>
#include <vector>

#include "sim/run/arena.hpp"
#include "sim/run/gated_mlp.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

template <class D>
class Interpreter<D>::State {
 public:
  /// A value as an Eigen tensor over the arena.
  using View = Eigen::TensorMap<Eigen::Tensor<Scalar, 2, Eigen::RowMajor>>;
  using Table = Eigen::TensorMap<Eigen::Tensor<std::int64_t, 2, Eigen::RowMajor>>;

  void load(const Plan& plan);
  void run(std::uint64_t seed);

  [[nodiscard]] const PlanValue& shape(int value) const {
    return plan_->values[static_cast<std::size_t>(value)];
  }
  Scalar* data(int value) { return numbers_.data() + arena_.offset(value); }
  std::int64_t* table_data(int value) { return tables_.data() + arena_.offset(value); }
  View view(int value) { return {data(value), shape(value).rows, shape(value).width}; }
  Table table(int value) { return {table_data(value), shape(value).rows, shape(value).width}; }

 private:
  void execute(std::size_t index);
  void execute_leaf(const Step& step);
  void execute_weight(const Step& step);
  void execute_elementwise(const Step& step, Function function);
  void execute_rows(const Step& step);
  void execute_table(const Step& step);
  void execute_collective(const Step& step);

  // leaves_and_weights
  void input(const Step& step);
  void experts(const Step& step);
  void expert(const Step& step, std::int64_t logical, std::int64_t wanted);
  void table_rows(const Step& step);
  void row_of_table(const Step& step, std::int64_t logical);
  void pad(const Step& step);
  [[nodiscard]] std::uint64_t key(const Step& step, std::int64_t expert, std::uint64_t part) const;

  // elementwise
  void matmul(const Step& step);
  void unary(const Step& step, Function function);

  // rows
  void topk(const Step& step);
  void sum_columns(const Step& step);
  void sum_rows(const Step& step);
  void maximum(const Step& step);
  void norm(const Step& step);
  void cat(const Step& step);
  typename D::Compute sum_of_squares(const Scalar* row, int width);

  // collectives
  template <class Combine>
  void fold(const Step& step, Combine combine);
  void reduce(const Step& step);
  void scatter(const Step& step);
  void gather(const Step& step);
  void dispatch(const Step& step);
  void combine(const Step& step);
  void copy(int from, std::int64_t begin_row, std::int64_t rows, int to, std::int64_t to_row);
  /// Columns [begin, begin + width) of `from` become the columns of `to` from `to_column` on.
  void copy_columns(int from, std::int64_t begin, std::int64_t width, int to,
                    std::int64_t to_column);

  const Plan* plan_ = nullptr;
  Arena arena_;
  std::vector<Scalar> numbers_;
  std::vector<std::int64_t> tables_;
  std::vector<Function> functions_;         // of each step
  std::vector<std::uint64_t> source_hash_;  // of each source
  std::vector<std::uint64_t> source_key_;   // of each source, for the current seed
  Contractor<D> contractor_;
  std::vector<Scalar> gathered_;  // rows of one expert
  std::vector<Scalar> returned_;
  std::vector<std::pair<int, int>> chosen_;  // (row, slot of the row)
  std::vector<std::int64_t> expert_list_;
};

}  // namespace reducecheck
