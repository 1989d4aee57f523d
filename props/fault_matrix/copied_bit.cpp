// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/copied_bit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>

namespace reducecheck::matrix {
namespace {

struct Flip {
  int value = -1;  // of the plan
  std::size_t element = 0;
  std::uint64_t bit = 0;

  friend bool operator==(const Flip&, const Flip&) = default;
};

const PlanValue& planned(const Plan& plan, int value) {
  return plan.values[static_cast<std::size_t>(value)];
}

const Step& maker(const Plan& plan, int value) {
  return plan.steps[static_cast<std::size_t>(planned(plan, value).step)];
}

/// The member whose columns an element of a gather is in.
int giver_of(const Plan& plan, const Flip& flip) {
  const Step& gather = maker(plan, flip.value);
  auto column = static_cast<int>(flip.element) % planned(plan, flip.value).width;
  std::size_t member = 0;
  for (; column >= planned(plan, gather.operands[member]).width; ++member) {
    column -= planned(plan, gather.operands[member]).width;
  }
  return gather.members[member];
}

std::string told(const Plan& plan, const Flip& flip, const Places& places) {
  std::set<int> ranks;
  for (const auto& [rank, element] : places) ranks.insert(rank);
  const auto width = static_cast<std::size_t>(planned(plan, flip.value).width);
  return fmt::format(
      "{}: bit {} of element [{}, {}], which rank {} gave, is turned over on ranks "
      "{{{}}}, and nothing else differs",
      maker(plan, flip.value).text, std::countr_zero(flip.bit), flip.element / width,
      flip.element % width, giver_of(plan, flip), fmt::join(ranks, ","));
}

}  // namespace

std::optional<CopiedBit> copied_bit(const Plan& plan, const Run& run, const Simulation& simulation,
                                    const std::vector<std::vector<std::uint64_t>>& records,
                                    const real::RunParity& parity) {
  std::optional<Flip> flip;
  CopiedBit found;
  for (std::size_t rank = 0; rank < records.size(); ++rank) {
    std::size_t at = run.executions[rank].size();
    for (const std::vector<int>& output : run.outputs) {
      const int value = output[rank];
      if (value < 0) continue;
      const std::vector<std::uint64_t> expected = simulation.value(value);
      for (std::size_t i = 0; i < expected.size(); ++i, ++at) {
        const Flip here{value, i, expected[i] ^ records[rank][at]};
        if (here.bit == 0) continue;
        const bool copy = maker(plan, value).kind == StepKind::all_gather_cols;
        if (!copy || !std::has_single_bit(here.bit) || flip.value_or(here) != here) {
          return std::nullopt;
        }
        flip = here;
        found.places.emplace(static_cast<int>(rank), at);
      }
    }
  }
  if (!flip || parity.different_steps != found.places.size()) return std::nullopt;
  found.words = told(plan, *flip, found.places);
  return found;
}

}  // namespace reducecheck::matrix
