// SPDX-License-Identifier: Apache-2.0
// Internal to sim/judge: two variants of a plan, run in floating point: rounding only?
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/certify/rounding_judge.hpp"
#include "sim/judge/traced_sum.hpp"
#include "sim/run/interpreter.hpp"

namespace reducecheck {

/// What a comparison of outputs comes to.
struct RoundingFinding {
  RoundingReport report;
  std::string reason;  // why some element is undecided; else empty
};

/// Judges pairs of values, left and right of the same output on a rank. An element whose two values
/// are sums of the same leaves is judged by their exact sum and the running bound of each order;
/// one whose leaves differ is undecided where the bits do.
template <class D>
class VariantRounding {
 public:
  VariantRounding(const Plan& plan, const Interpreter<D>& values, const SumOrders* orders)
      : plan_(plan), values_(values), orders_(orders) {}

  void judge(int left, int right, int rank);

  [[nodiscard]] RoundingFinding finding() const;

 private:
  std::int64_t judge_range(int left, int right, std::int64_t element, int rank);
  void replay(const SumSteps& steps, std::span<const float* const> leaves,
              std::span<double> bounds);
  void read(int value, std::int64_t element, std::int64_t count, std::vector<float>& numbers) const;
  void say_why(const TracedSum& left, const TracedSum& right);

  const Plan& plan_;
  const Interpreter<D>& values_;
  const SumOrders* orders_;
  RoundingJudge judge_;
  std::string reason_;
  std::vector<float> numbers_;  // of a replay
};

extern template class VariantRounding<Float32>;
extern template class VariantRounding<BFloat16>;
extern template class VariantRounding<Float16>;
extern template class VariantRounding<Fp8E4M3>;
extern template class VariantRounding<Fp8E5M2>;

}  // namespace reducecheck
