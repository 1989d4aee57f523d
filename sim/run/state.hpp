// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: the interpreter's state and the steps it computes, in one file a family.
#pragma once

#include <unsupported/Eigen/CXX11/Tensor>

#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/run/arena.hpp"
#include "sim/run/gated_mlp.hpp"
#include "sim/run/interpreter.hpp"
#include "sim/run/scale_free.hpp"
#include "sim/run/sum_orders.hpp"

namespace reducecheck {

template <class D>
class Interpreter<D>::State {
 public:
  /// A value as an Eigen tensor over the arena.
  using View = Eigen::TensorMap<Eigen::Tensor<Scalar, 2, Eigen::RowMajor>>;
  using Table = Eigen::TensorMap<Eigen::Tensor<std::int64_t, 2, Eigen::RowMajor>>;
  using Encoding =
      std::conditional_t<sizeof(Scalar) == 1, std::uint8_t,
                         std::conditional_t<sizeof(Scalar) == 2, std::uint16_t, std::uint32_t>>;

  void load(const Plan& plan, const SumOrders* orders);
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
  Scalar norm_factor(const Scalar* row, int width);
  void cat(const Step& step);
  typename D::Compute sum_of_squares(const Scalar* row, int width);

  // collectives
  template <class Combine>
  void fold(const Step& step, std::ptrdiff_t first, std::ptrdiff_t count, Scalar* out,
            Combine combine);
  [[nodiscard]] const OrderedSum* order_of(const Step& step) const;
  /// out[i] is element first + i of the sum over the operands.
  void sum(const Step& step, const OrderedSum* order, std::ptrdiff_t first, std::ptrdiff_t count,
           Scalar* out);
  void add_exactly(const Step& step, const SumOrder& order, std::ptrdiff_t first,
                   std::ptrdiff_t count, Scalar* out);
  void replay(const Step& step, const OrderReplay& replay, std::ptrdiff_t first,
              std::ptrdiff_t count, Scalar* out);
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
  const SumOrders* orders_ = nullptr;
  Arena arena_;
  std::vector<Scalar> numbers_;
  std::vector<std::int64_t> tables_;
  std::vector<Function> functions_;         // of each step
  std::vector<std::uint64_t> source_hash_;  // of each source
  std::vector<std::uint64_t> source_key_;   // of each source, for the current seed
  Contractor<D> contractor_;
  Representatives representatives_;  // of the rows of scale-free norms
  std::vector<Scalar> gathered_;     // rows of one expert
  std::vector<Scalar> returned_;
  std::vector<std::pair<int, int>> chosen_;  // (row, slot of the row)
  std::vector<std::int64_t> expert_list_;
  std::vector<Scalar> sums_;               // of the additions of a tree
  std::vector<Encoding> encodings_;        // of one block: the sum, then an operand a rank
  std::vector<const Encoding*> operands_;  // in encodings_
};

}  // namespace reducecheck
