// SPDX-License-Identifier: Apache-2.0
// One rank of a plan, executed by a process that has only this rank's data.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "real/execute/arithmetic.hpp"
#include "real/execute/local_work.hpp"
#include "real/execute/transport.hpp"
#include "scenarios/unroll/plan.hpp"

namespace reducecheck::real {

/// Whether the type can carry every step of the plan that `run` executes; mod64 has no division.
bool can_execute(const Plan& plan, const Run& run, ElementType type);

class RankExecutor {
 public:
  /// The plan, the transport and `work`, which may be null, must outlive this.
  RankExecutor(const Plan& plan, ElementType type, std::uint64_t seed, int rank,
               Transport& transport, LocalWork* work = nullptr);

  /// Executes what this rank does in `run`, step by step, with collectives over the transport. The
  /// type must be able to (can_execute).
  void execute(const Run& run);

  /// A value that this rank has computed.
  [[nodiscard]] const LocalTensor& value(int id) const { return values_.at(id); }
  [[nodiscard]] bool has(int id) const { return values_.contains(id); }

  /// Which steps that compute ran where, by their kind.
  [[nodiscard]] const std::map<std::string, StepPlaces>& places() const { return places_; }

 private:
  void step(const Step& step);
  void compute(const Step& step);
  /// Whether `work_` is there and has done it.
  bool elsewhere(const std::function<bool(LocalWork&)>& work);

  // leaves.cpp
  [[nodiscard]] std::uint64_t key(const Step& step, std::int64_t expert, std::uint64_t part) const;
  void leaf(const Step& step);
  void input(const Step& step);
  void pad(const Step& step);

  // weights.cpp
  void linear(const Step& step);
  void mlp(const Step& step);
  void experts(const Step& step);
  void table(const Step& step);
  LocalTensor product(const LocalTensor& x, std::uint64_t key, std::int64_t row,
                      std::int64_t column, int columns, int shift);
  LocalTensor gated(const LocalTensor& x, const GatedWeights& weights);
  GatedWeights gated_weights(const Step& step, std::int64_t expert) const;
  /// Whether `work` has computed them.
  bool experts_elsewhere(const Step& step);

  // pointwise.cpp
  void pointwise(const Step& step);
  /// Whether `work` has computed the step.
  bool pointwise_elsewhere(const Step& step, const LocalTensor& a, const LocalTensor& b,
                           LocalTensor& out);
  void unary(const Step& step);
  void matmul(const Step& step);
  void select(const Step& step);
  void ids(const Step& step);

  // rows.cpp
  void rows(const Step& step);
  void topk(const Step& step);
  void sums(const Step& step);
  void maxima(const Step& step);
  void norm(const Step& step);
  void cut(const Step& step);
  void join(const Step& step);

  // collectives.cpp
  void collective(const Step& step);
  void reduce(const Step& step, const Call& call);
  void scatter(const Step& step, const Call& call);
  void gather(const Step& step, const Call& call);
  void dispatch(const Step& step, const Call& call);
  void combine(const Step& step, const Call& call);
  [[nodiscard]] std::vector<bool> was_sent(const Step& step) const;
  [[nodiscard]] std::vector<std::vector<std::byte>> returned_rows(const Step& step) const;
  LocalTensor gathered(const std::vector<int>& operands, const Call& call);
  [[nodiscard]] Call call_of(const Step& step) const;
  [[nodiscard]] std::size_t place(const Step& step) const;
  [[nodiscard]] std::vector<std::byte> packed(const LocalTensor& tensor) const;
  void unpack(std::span<const std::byte> bytes, LocalTensor& tensor) const;
  [[nodiscard]] std::size_t bytes_of(const LocalTensor& tensor) const;

  /// The result of a step, zero everywhere.
  LocalTensor& make(const Step& step, std::size_t result = 0);
  [[nodiscard]] LocalTensor blank(int value) const;
  [[nodiscard]] const LocalTensor& operand(const Step& step, std::size_t index) const {
    return values_.at(step.operands[index]);
  }

  const Plan& plan_;
  Arithmetic arithmetic_;
  std::uint64_t seed_;
  int rank_;
  Transport& transport_;
  LocalWork* work_;
  std::map<std::string, StepPlaces> places_;
  int served_ = 0;  // parts of the step that runs, by whom they were computed
  int refused_ = 0;
  std::map<int, LocalTensor> values_;
};

}  // namespace reducecheck::real
