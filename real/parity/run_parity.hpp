// SPDX-License-Identifier: Apache-2.0
// A whole run on real ranks against the simulator's: every step on every rank, and every element of
// every output.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "real/execute/record.hpp"
#include "scenarios/unroll/plan.hpp"
#include "sim/judge/simulation.hpp"

namespace reducecheck::real {

struct RunParity {
  std::size_t steps = 0;        // compared, of all ranks
  std::size_t collectives = 0;  // of them
  std::size_t elements = 0;     // of outputs, of all ranks
  std::size_t different_steps = 0;
  std::size_t different_elements = 0;
  std::string first;          // the first step, in the order of execution, that differs
  std::string first_element;  // of an output

  [[nodiscard]] bool equal() const { return different_steps == 0 && different_elements == 0; }
};

/// Compares the records (rank_record) of all ranks with the simulation. NaN are compared by class.
RunParity compare_run(const Plan& plan, const Run& run, ElementType type,
                      const Simulation& simulation,
                      const std::vector<std::vector<std::uint64_t>>& records);

}  // namespace reducecheck::real
