// SPDX-License-Identifier: Apache-2.0
// Runs a plan over one scalar domain.
#pragma once

#include <cstdint>
#include <memory>

#include "scenarios/unroll/plan.hpp"
#include "sim/domain/domain.hpp"

namespace reducecheck {

class SumOrders;

/// Whether the domain can carry every step of the plan; Mod64 has no division.
template <class D>
bool runs_in(const Plan& plan);

/// All values of a plan in one domain. One arena holds them. A run of a plan and seed that were run
/// before allocates nothing, its `load` included; with another seed, scratch may grow to the rows
/// that the routing sends to the busiest expert.
template <class D>
class Interpreter {
 public:
  using Scalar = typename D::Scalar;

  Interpreter();
  ~Interpreter();
  Interpreter(Interpreter&&) noexcept;
  Interpreter& operator=(Interpreter&&) noexcept;

  /// Makes room for the values of `plan`, which must outlive the runs and satisfy runs_in<D>.
  /// Collectives add in the order of the group, rounding at each addition, or with `orders`, which
  /// are prepared for the plan, in the format of a floating domain, and outlive the runs, in those.
  void load(const Plan& plan, const SumOrders* orders = nullptr);

  /// Computes every step with the contents that `seed` gives to inputs and weights. The cost is
  /// that of the steps: one full layer, plus a small constant for each rank.
  void run(std::uint64_t seed);

  /// The elements of a value, row-major; valid until the next load or run.
  [[nodiscard]] const Scalar* numbers(int value) const;
  [[nodiscard]] const std::int64_t* ids(int value) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

extern template class Interpreter<Prime>;
extern template class Interpreter<Mod64>;
extern template class Interpreter<Float32>;
extern template class Interpreter<BFloat16>;
extern template class Interpreter<Float16>;
extern template class Interpreter<Fp8E4M3>;
extern template class Interpreter<Fp8E5M2>;

}  // namespace reducecheck
