// SPDX-License-Identifier: Apache-2.0
// Internal to sim/run: the interpreter's state and the steps it computes, in one file a family.
#pragma once

#include <unsupported/Eigen/CXX11/Tensor>

#include <compare>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "sim/run/aligned.hpp"
#include "sim/run/arena.hpp"
#include "sim/run/gated_mlp.hpp"
#include "sim/run/interpreter.hpp"
#include "sim/run/scale_free.hpp"
#include "sim/run/sum_orders.hpp"
#include "sim/run/weight_families.hpp"

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
  /// An entry of a table of ids that names an expert.
  struct NamedRow {
    std::int64_t id = 0;
    int row = 0;
    int column = 0;

    friend auto operator<=>(const NamedRow&, const NamedRow&) = default;
  };

  /// An operand of a sum over ranks.
  struct Addend {
    const Scalar* elements = nullptr;
    int value = 0;
  };

  /// A value with so many rows has a bit for each of them in rows_added_.
  static constexpr int most_rows = 64;
  static constexpr std::uint64_t all_rows = ~std::uint64_t{0};

  /// A step that is not left to another.
  struct Computed {
    std::size_t step = 0;
    const WeightFamilies::Family* family = nullptr;  // that it leads
  };

  void execute(const Computed& computed);
  void execute_family(const WeightFamilies::Family& family);
  void execute_leaf(const Step& step);
  void execute_weight(const Step& step);
  void execute_elementwise(const Step& step, Function function);
  void execute_rows(const Step& step);
  void execute_table(const Step& step);
  void execute_collective(const Step& step);

  // leaves_and_weights
  void input(const Step& step);
  void table_rows(const Step& step);
  void row_of_table(const Step& step, std::int64_t logical);
  void pad(const Step& step);
  [[nodiscard]] std::uint64_t key(const Step& step, std::int64_t expert, std::uint64_t part) const;

  // weight families
  void load_families();
  void clear_added_rows();
  void experts(const WeightFamilies::Family& family, const Step& step);
  void find_named_rows(const Step& step);
  void expert(const WeightFamilies::Group& group, const Step& step, std::int64_t logical,
              std::span<const NamedRow> rows);
  void apply(const WeightFamilies::Group& group, const Step& step, std::int64_t logical,
             const Scalar* x, const Scalar* weights);

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
  void load_addends();
  void add_in_group_order(const Step& step, std::ptrdiff_t first, std::ptrdiff_t count,
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
  /// The rows of `from` become rows of `to`, from `to_row` on.
  void copy_rows(int from, int to, std::int64_t to_row);
  /// Columns [begin, begin + width) of `from` become the columns of `to` from `to_column` on.
  void copy_columns(int from, std::int64_t begin, std::int64_t width, int to,
                    std::int64_t to_column);

  const Plan* plan_ = nullptr;
  const SumOrders* orders_ = nullptr;
  Arena arena_;
  AlignedVector<Scalar> numbers_;
  std::vector<std::int64_t> tables_;
  std::vector<Computed> computed_;          // in the order of the plan
  std::vector<Function> functions_;         // of each step
  std::vector<std::uint64_t> source_hash_;  // of each source
  std::vector<std::uint64_t> source_key_;   // of each source, for the current seed
  Contractor<D> contractor_;
  Representatives representatives_;  // of the rows of scale-free norms
  std::vector<std::int64_t> expert_list_;
  WeightFamilies families_;
  std::vector<InnerRun<Scalar>> shares_;  // of the entries of the families' groups
  std::vector<NamedRow> named_;           // ascending
  std::vector<std::size_t> places_;       // of the rows of one expert in a value,
  std::vector<Scalar> weights_;           // what they are multiplied by,
  AlignedVector<Scalar> gathered_;        // and their elements
  // Of each value: the rows that are not all zeros, as far as that is followed.
  std::vector<std::uint64_t> rows_added_;
  std::vector<int> added_;                     // values with such rows, for which it is followed
  std::vector<Addend> addends_;                // of the sums over ranks
  std::vector<std::size_t> addends_of_;        // of each step: its first addend
  std::vector<const Scalar*> added_operands_;  // of one sum
  std::vector<Scalar> sums_;                   // of the additions of a tree
  std::vector<Encoding> encodings_;            // of one block: the sum, then an operand a rank
  std::vector<const Encoding*> operands_;      // in encodings_
};

}  // namespace reducecheck
