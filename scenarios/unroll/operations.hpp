// SPDX-License-Identifier: Apache-2.0
// The operations of the language on tensors: what shape, rows and features come out, and which step
// of the plan computes it. Nothing here touches data.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scenarios/unroll/builder.hpp"
#include "scenarios/unroll/placement.hpp"
#include "scenarios/unroll/scope.hpp"

namespace reducecheck {

/// A call with its evaluated arguments; `keywords[i]` is empty for a positional one. Its words are
/// those of the text, and outlive it.
struct Call {
  const std::string& name;
  std::vector<Value> args;
  const std::vector<std::string>& keywords;
  Position at;
  const std::string& text;
};

/// An operator as a call without arguments: for messages.
Call operator_call(BinaryOp op, Position at);

/// A run cannot go on: the finding says why.
struct StopRun {
  RunFinding finding;
};

enum class CollectiveKind {
  all_reduce,
  reduce_scatter,
  reduce_scatter_v,
  all_gather,
  all_gather_v,
  broadcast,
  dispatch,
  combine,
  counts,
};

/// What a rank waits for: it goes on when every member of its group stands at a matching one.
struct CollectiveRequest {
  CollectiveKind kind = CollectiveKind::all_reduce;
  int rank = 0;
  std::vector<int> tensors;
  GroupValue group;
  std::vector<int> members;
  std::string op = "sum";
  bool columns = false;
  std::int64_t rows = 0;  // reduce_scatter_v
  WeightRef weight;       // dispatch, combine
  Position at;
  int section = 0;
  std::string text;
};

/// Builds the steps of one program (one variant, or the reference) into a plan.
class Operations {
 public:
  /// `weights` are those of the run; `whole` for the reference, which holds everything.
  Operations(PlanBuilder& builder, const Scope& scope, const HeldWeights& weights, bool whole,
             Run& run);

  /// The rank and place that the following calls are for.
  void enter(int rank, int section) { rank_ = rank, section_ = section; }

  /// The input of that name as the current rank holds it.
  int input(const Layout& layout);

  /// The result of a tensor operation; nothing if `call.name` is none.
  std::optional<Value> call(const Call& call);
  Value call_weight(const WeightRef& weight, const Call& call);
  Value binary(BinaryOp op, const Value& left, const Value& right, Position at);
  Value slice(const Value& value, const Value& begin, const Value& end, Position at);

  /// `value`, marked as brought by a rank guard to a variable that held `previous` before.
  Value guarded(const Value& value, const Value* previous, Position at);

  /// The request of a collective; nothing if `call.name` is none.
  std::optional<CollectiveRequest> collective(const Call& call);

  /// What each member gets, in group order. Throws: StopRun where the requests do not fit together,
  /// TextError where the call makes no sense.
  std::vector<Value> complete(const std::vector<const CollectiveRequest*>& requests);

 private:
  // operations.cpp
  int emit(Step&& step, PlanValue result, const Call& call);
  /// `results` lie outside the plan.
  int record(Step&& step, std::span<const PlanValue> results, Position at, const std::string& text);
  void executed(int step);  // by the current rank
  [[nodiscard]] const PlanValue& value(int id) const { return builder_.value(id); }
  [[nodiscard]] const std::vector<RowTag>& tags(int id) const {
    return builder_.tags(builder_.value(id).tags);
  }
  [[noreturn]] void stop(const std::string& defect_class, const Call& call,
                         const std::string& detail, std::vector<int> ranks) const;
  int tensor(const Value& value, const Call& call, const Wording& what);
  int table(const Value& value, const Call& call, int rows, const Wording& what);
  int constant(const Fraction& number, int rows, int columns, bool integer, const Call& call);
  const Value* keyword(const Call& call, const std::string& name) const;
  bool columns(const Call& call) const;
  void expect(const Call& call, std::size_t low, std::size_t high,
              const std::vector<std::string>& keywords = {}) const;

  // operations_weights.cpp
  [[nodiscard]] const HeldWeight& held(const WeightRef& weight, int rank, Position at) const;
  /// As the current rank holds it; all of it in the reference.
  [[nodiscard]] const HeldWeight& held_here(const WeightRef& weight, Position at) const;
  Step weight_step(StepKind kind, const WeightRef& weight, const HeldWeight& held);
  int weight_value(const WeightRef& weight, const Call& call);
  Value linear(const WeightRef& weight, const Call& call);
  Value mlp(const WeightRef& weight, const Call& call);
  Value experts(const WeightRef& weight, const Call& call);
  Value table_rows(const WeightRef& weight, const Call& call);

  // operations_elementwise.cpp
  PlanValue elementwise(int left, int right, bool additive, const Call& call);
  int with_number(BinaryOp op, int tensor, const Fraction& number, bool number_left,
                  const Call& call);
  int integer_binary(BinaryOp op, const Value& left, const Value& right, const Call& call);
  int matmul(int left, int right, const Call& call);
  Value pointwise(const Call& call);
  Value where(const Call& call);
  Value norm(const Call& call);
  Value statistic(const Call& call);

  // operations_rows.cpp
  Value topk(const Call& call);
  Value take(const Call& call);
  Value chunk(const Call& call);
  Value pad(const Call& call);
  Value cat(const Call& call);
  int slice_rows(int tensor, std::int64_t begin, std::int64_t end, const Call& call);
  int slice_columns(int tensor, std::int64_t begin, std::int64_t end, const Call& call);

  // operations_collective.cpp, operations_scatter.cpp, operations_dispatch.cpp
  std::string reduction(const Call& call) const;
  void route(const Call& call, const Value& experts, CollectiveRequest& request) const;
  void check_match(const std::vector<const CollectiveRequest*>& requests) const;
  void count(const std::vector<const CollectiveRequest*>& requests);
  std::vector<Value> deliver(Step&& step, std::span<const PlanValue> results,
                             const std::vector<const CollectiveRequest*>& requests);
  std::vector<Value> reduce(const std::vector<const CollectiveRequest*>& requests);
  std::vector<Value> scatter(const std::vector<const CollectiveRequest*>& requests);
  std::vector<Value> gather(const std::vector<const CollectiveRequest*>& requests);
  std::vector<Value> dispatch(const std::vector<const CollectiveRequest*>& requests);
  std::vector<Value> combine(const std::vector<const CollectiveRequest*>& requests);
  std::vector<std::int64_t> owners(const CollectiveRequest& request) const;
  std::vector<RowTag> summed_tags(const std::vector<const CollectiveRequest*>& requests);
  PlanValue gathered(const std::vector<const CollectiveRequest*>& requests, std::size_t tensor,
                     int dispatch);

  PlanBuilder& builder_;
  const Scope& scope_;
  const HeldWeights& weights_;
  std::vector<HeldWeight> whole_weights_;  // of the reference
  std::vector<int> sources_;               // of weights, -1: not used yet
  bool whole_;
  Run& run_;
  int first_step_;  // of this run: smaller ones are of runs before it
  int rank_ = 0;
  int section_ = 0;
  std::int64_t elements_ = 0;
};

}  // namespace reducecheck
