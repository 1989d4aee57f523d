// SPDX-License-Identifier: Apache-2.0
// What the simulator computes for every rank: the other side of a comparison with a real run.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/unroll/plan.hpp"

namespace reducecheck {

struct SimulationOptions {
  std::string type = "mod64";  // or the name of a format
  std::uint64_t seed = 1;
  std::string all_reduce;      // order of known_orders() for sums over ranks; empty: group order
  std::string reduce_scatter;  // the same for a reduce_scatter of rows in equal parts
  std::map<std::string, std::string> all_reduce_settings{};  // without a name: the default
};

/// All values of a plan, which must outlive this.
class Simulation {
 public:
  /// Runs the plan. Without a value `refusal` says in a sentence without a full stop why not: a
  /// type that the plan cannot be run in, an order that does not fit one of its sums.
  static std::optional<Simulation> run(const Plan& plan, const SimulationOptions& options,
                                       std::string& refusal);

  Simulation(Simulation&&) noexcept;
  Simulation& operator=(Simulation&&) noexcept;
  ~Simulation();

  /// Row-major; encodings of the type, ids as two's complement.
  [[nodiscard]] std::vector<std::uint64_t> value(int id) const;

 private:
  class Values;
  explicit Simulation(std::unique_ptr<Values> values);
  std::unique_ptr<Values> values_;
};

}  // namespace reducecheck
